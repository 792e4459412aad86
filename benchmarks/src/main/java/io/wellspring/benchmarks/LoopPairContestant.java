package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Contestant;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Entry;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
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
 * {@link LoopContestant} with two transactional producers in turn: while one commits, the other takes the next records. What is gained is the wait for
 * commits, and nothing else is different.
 *
 * <p>Two orders have to be kept, for pending offsets are applied in the order in which they were sent, and a record must not overtake one that may still
 * fail: the second producer sends its first record only after <em>every send</em> of the first has succeeded, and its offsets only after the
 * <em>commit</em> of the first has returned.
 */
final class LoopPairContestant implements Contestant.Running {
    private final ContestantSettings settings;
    private final long commitNanos;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<KafkaProducer<byte[], byte[]>> producers;
    private final ExecutorService committer = Executors.newSingleThreadExecutor();
    private final Thread thread = new Thread(this::loop, "loop-pair");
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();
    private CompletableFuture<Void> committing = CompletableFuture.completedFuture(null);
    private int turn;
    private long commitAtNanos;

    private LoopPairContestant(ContestantSettings settings) {
        this.settings = settings;
        this.commitNanos = LoopContestant.commitNanos(settings);
        this.consumer = new KafkaConsumer<>(
                LoopContestant.consuming(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.producers = List.of(producer("a"), producer("b"));
    }

    private KafkaProducer<byte[], byte[]> producer(String suffix) {
        return new KafkaProducer<>(
                LoopContestant.producing(settings, settings.runId() + "-" + suffix),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Started by the harness only. */
    public static void main(String[] arguments) {
        Contestant.run(arguments, LoopPairContestant::start);
    }

    static Contestant.Running start(ContestantSettings settings) {
        LoopContestant.requireRelay(settings);
        LoopPairContestant loop = new LoopPairContestant(settings);
        loop.producers.forEach(KafkaProducer::initTransactions);
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
            commitAll();
            committer.shutdown();
            consumer.close();
            producers.forEach(KafkaProducer::close);
        }
    }

    private Duration untilCommit() {
        return uncommitted.isEmpty()
                ? Duration.ofNanos(commitNanos)
                : Duration.ofNanos(Math.max(0, commitAtNanos - System.nanoTime()));
    }

    private void relay(ConsumerRecords<byte[], byte[]> records) {
        KafkaProducer<byte[], byte[]> producer = producers.get(turn);
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

    /** Begins to commit, and hands the turn over once all sends have succeeded. */
    private void commit() {
        if (uncommitted.isEmpty()) {
            return;
        }
        KafkaProducer<byte[], byte[]> producer = producers.get(turn);
        producer.flush(); // a failed send fails the commit, too; the other's records are then in a transaction that is
        // never committed
        join();
        Map<TopicPartition, OffsetAndMetadata> offsets = Map.copyOf(uncommitted);
        ConsumerGroupMetadata group = consumer.groupMetadata();
        committing = CompletableFuture.runAsync(
                () -> {
                    producer.sendOffsetsToTransaction(offsets, group);
                    producer.commitTransaction();
                },
                committer);
        uncommitted.clear();
        turn = 1 - turn;
    }

    private void commitAll() {
        commit();
        join();
    }

    private void join() {
        try {
            committing.join();
        } catch (CompletionException failed) {
            throw new IllegalStateException("a commit failed", failed.getCause());
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private final class CommitBeforeRevocation implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            commitAll();
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            throw new IllegalStateException("lost " + partitions + " of group " + settings.runId());
        }
    }
}
