package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Contestant;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Entry;
import io.wellspring.benchmarks.contestant.Tuning;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The relay as one writes it by hand: one thread, one consumer, one transactional producer, offsets in the transaction, a
 * commit each 100 ms (option {@code commit}) and before a partition is given away. It is the practical limit of what a framework can reach, so it
 * does nothing else: any failure ends it.
 */
final class LoopContestant implements Contestant.Running {
    private final ContestantSettings settings;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread = new Thread(this::loop, "loop");
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    private final long commitNanos;
    private long commitAtNanos;

    private LoopContestant(ContestantSettings settings) {
        this.settings = settings;
        this.commitNanos = commitNanos(settings);
        consumer = new KafkaConsumer<>(consuming(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        producer = new KafkaProducer<>(
                producing(settings, settings.runId()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    static Map<String, Object> consuming(ContestantSettings settings) {
        Map<String, Object> consuming = new HashMap<>(Map.of(
                "bootstrap.servers",
                settings.bootstrapServers(),
                "group.id",
                settings.runId(),
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed"));
        consuming.putAll(Tuning.consumer(settings.tuned()));
        return consuming;
    }

    /** Option {@code backoff=MILLIS}: how soon a transaction that follows another at once is tried again; 100 ms in the client's defaults. */
    static Map<String, Object> producing(ContestantSettings settings, String transactionalId) {
        Map<String, Object> producing = new HashMap<>(
                Map.of("bootstrap.servers", settings.bootstrapServers(), "transactional.id", transactionalId));
        producing.putAll(Tuning.producer(settings.tuned()));
        String backoff = settings.option("backoff", "");
        if (!backoff.isEmpty()) {
            producing.put("retry.backoff.ms", backoff);
            producing.put("retry.backoff.max.ms", Integer.toString(5 * Integer.parseInt(backoff)));
        }
        return producing;
    }

    /** Option {@code commit=MILLIS}: the commit interval. */
    static long commitNanos(ContestantSettings settings) {
        return TimeUnit.MILLISECONDS.toNanos(Integer.parseInt(
                settings.option("commit", Integer.toString(ContestantSettings.COMMIT_INTERVAL_MILLIS))));
    }

    static void requireRelay(ContestantSettings settings) {
        if (!settings.workload().equals(Workload.RELAY.title())) {
            throw new IllegalArgumentException("the loop has no durable state, so it cannot run " + settings.workload()
                    + " [LoopContestant]; it runs relay");
        }
    }

    /** Started by the harness only. */
    public static void main(String[] arguments) {
        Contestant.run(arguments, LoopContestant::start);
    }

    static Contestant.Running start(ContestantSettings settings) {
        requireRelay(settings);
        LoopContestant loop = new LoopContestant(settings);
        loop.producer.initTransactions();
        loop.thread.setUncaughtExceptionHandler((thread, failure) -> Contestant.fail(failure));
        loop.thread.start();
        return loop;
    }

    private void loop() {
        try {
            consumer.subscribe(List.of(settings.inputTopic()), new CommitBeforeRevocation());
            while (true) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(untilCommit());
                if (!records.isEmpty()) {
                    relay(records);
                }
                if (!uncommitted.isEmpty() && System.nanoTime() >= commitAtNanos) {
                    commit();
                }
            }
        } catch (WakeupException closed) {
            commit();
            consumer.close();
            producer.close();
        }
    }

    private Duration untilCommit() {
        return uncommitted.isEmpty()
                ? Duration.ofNanos(commitNanos)
                : Duration.ofNanos(Math.max(0, commitAtNanos - System.nanoTime()));
    }

    private void relay(ConsumerRecords<byte[], byte[]> records) {
        if (uncommitted.isEmpty()) {
            producer.beginTransaction();
            commitAtNanos = System.nanoTime() + commitNanos;
        }
        for (ConsumerRecord<byte[], byte[]> input : records) {
            var unused =
                    producer.send(new ProducerRecord<>(settings.outputTopic(), input.key(), Entry.mark(input.value())));
        }
        uncommitted.putAll(records.nextOffsets());
    }

    /** A failed send makes this throw too, so no callback is needed. */
    private void commit() {
        if (!uncommitted.isEmpty()) {
            producer.sendOffsetsToTransaction(uncommitted, consumer.groupMetadata());
            producer.commitTransaction();
            uncommitted.clear();
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class CommitBeforeRevocation implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commit();
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            throw new IllegalStateException("lost " + partitions + " of group " + settings.runId());
        }
    }
}
