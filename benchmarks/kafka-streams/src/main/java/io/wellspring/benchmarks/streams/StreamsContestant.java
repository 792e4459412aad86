package io.wellspring.benchmarks.streams;

import io.wellspring.benchmarks.contestant.Contestant;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Tuning;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * Kafka Streams with {@code exactly_once_v2}. Options: {@code profile=tuned}, {@code threads=N}, and for the ledger
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
        streams.start();
        running.await();
        return () -> streams.close(Duration.ofSeconds(10));
    }

    private static Properties properties(ContestantSettings settings) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.runId());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, ContestantSettings.COMMIT_INTERVAL_MILLIS);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.parseInt(settings.option("threads", "1")));
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
