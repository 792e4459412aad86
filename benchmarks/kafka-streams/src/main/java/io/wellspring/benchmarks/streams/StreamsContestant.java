package io.wellspring.benchmarks.streams;

import io.wellspring.benchmarks.contestant.Contestant;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Tuning;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * Kafka Streams with {@code exactly_once_v2}. Options: {@code profile=tuned}, {@code threads=N}, {@code membership=static},
 * {@code commit=MILLIS}, {@code standbys=N}, {@code session=MILLIS}, and for the ledger
 * {@code store=rocksdb|memory|memory-unlogged}. Keys and values stay byte arrays, which is its fastest way.
 */
final class StreamsContestant {
    private StreamsContestant() {}

    /** Started by the harness only. */
    public static void main(String[] arguments) {
        Contestant.run(arguments, StreamsContestant::start);
    }

    private static Contestant.Running start(ContestantSettings settings) throws InterruptedException {
        KafkaStreams streams = new KafkaStreams(Topologies.of(settings), properties(settings));
        CountDownLatch running = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                running.countDown();
            }
        });
        streams.setUncaughtExceptionHandler(failure -> {
            Contestant.fail(failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        AtomicLong restored = new AtomicLong();
        streams.setGlobalStateRestoreListener(new CountingRestores(restored));
        streams.start();
        running.await();
        Contestant.sayRestored(restored.get());
        return () -> streams.close(Duration.ofSeconds(10));
    }

    /** Counts what is restored. */
    private record CountingRestores(AtomicLong restored) implements StateRestoreListener {
        @Override
        public void onRestoreStart(TopicPartition changelog, String store, long startingOffset, long endingOffset) {}

        @Override
        public void onBatchRestored(TopicPartition changelog, String store, long endOffset, long records) {
            restored.addAndGet(records);
        }

        @Override
        public void onRestoreEnd(TopicPartition changelog, String store, long total) {}
    }

    private static Properties properties(ContestantSettings settings) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.runId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                Integer.parseInt(
                        settings.option("commit", Integer.toString(ContestantSettings.COMMIT_INTERVAL_MILLIS))));
        properties.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, Integer.parseInt(settings.option("standbys", "0")));
        if (!settings.option("standbys", "").isEmpty()) {
            // One of a pair: otherwise who comes second only warms up, and is given tasks by a rebalance ten minutes
            // later.
            properties.put(StreamsConfig.ACCEPTABLE_RECOVERY_LAG_CONFIG, Long.MAX_VALUE);
        }
        if (!settings.option("session", "").isEmpty()) {
            properties.put(
                    StreamsConfig.mainConsumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                    Integer.parseInt(settings.option("session", "")));
        }
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.parseInt(settings.option("threads", "1")));
        if (settings.option("membership", "dynamic").equals("static")) {
            properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), settings.runId());
        }
        Tuning.producer(settings.tuned())
                .forEach((name, value) -> properties.put(StreamsConfig.producerPrefix(name), value));
        Tuning.consumer(settings.tuned())
                .forEach((name, value) -> properties.put(StreamsConfig.mainConsumerPrefix(name), value));
        if (settings.tuned()) {
            // A task that buffers fewer records than a poll brings would pause its partitions again and again.
            properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
        }
        return properties;
    }
}
