package io.wellspring.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic read_committed, without a group, and shows every record to a check. It shares the machine with the
 * contestant, so it takes large fetches.
 */
final class OutputReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration DRAIN = Duration.ofSeconds(15);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions = new ArrayList<>();
    private final OutputCheck check;
    private final Arrivals arrivals;

    OutputReader(String bootstrapServers, String topic, int partitionCount, OutputCheck check) {
        this(bootstrapServers, topic, partitionCount, check, (partition, value, nowNanos) -> {});
    }

    OutputReader(String bootstrapServers, String topic, int partitionCount, OutputCheck check, Arrivals arrivals) {
        this.check = check;
        this.arrivals = arrivals;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "max.poll.records",
                        20_000,
                        "max.partition.fetch.bytes",
                        4 * 1024 * 1024,
                        "receive.buffer.bytes",
                        1024 * 1024),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        for (int partition = 0; partition < partitionCount; partition++) {
            partitions.add(new TopicPartition(topic, partition));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Is shown each output as it arrives. */
    @FunctionalInterface
    interface Arrivals {
        /**
         * An output has arrived.
         *
         * @param nowNanos when the poll that brought it returned, by {@link System#nanoTime}
         */
        void arrived(int partition, byte[] value, long nowNanos);
    }

    /**
     * Reads until every input is answered.
     *
     * @throws RunFailedException when the client ends before that, or nothing arrives for as long as patience allows
     */
    Figures readAll(Client client, long bornAtNanos, Duration patience) {
        Milestone birth = new Milestone(0, bornAtNanos, Duration.ZERO);
        Milestone first = null;
        Milestone middle = null;
        long arrivedAtNanos = System.nanoTime();
        while (true) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            long nowNanos = System.nanoTime();
            if (records.isEmpty()) {
                failIfStuck(client, nowNanos - arrivedAtNanos, patience);
                continue;
            }
            arrivedAtNanos = nowNanos;
            accept(records, nowNanos);
            if (first == null) {
                first = new Milestone(check.worked(), nowNanos, client.cpu());
            }
            if (middle == null && check.distinct() >= check.expected() / 2) {
                middle = new Milestone(check.worked(), nowNanos, client.cpu());
            }
            if (check.distinct() == check.expected()) {
                Milestone last = new Milestone(check.worked(), nowNanos, client.cpu());
                return Figures.of(birth, first, middle, last);
            }
        }
    }

    /**
     * Reads until so many inputs are answered.
     *
     * @return when the last of them was, by {@link System#nanoTime}
     * @throws RunFailedException when the client ends before that, or nothing arrives for as long as patience allows
     */
    long readUntil(int answered, Client client, Duration patience) {
        long arrivedAtNanos = System.nanoTime();
        while (check.distinct() < answered) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            long nowNanos = System.nanoTime();
            if (records.isEmpty()) {
                failIfStuck(client, nowNanos - arrivedAtNanos, patience);
            } else {
                arrivedAtNanos = nowNanos;
                accept(records, nowNanos);
            }
        }
        return arrivedAtNanos;
    }

    /** How many inputs are answered. */
    int answered() {
        return check.distinct();
    }

    private void failIfStuck(Client client, long idleNanos, Duration patience) {
        String so = " after " + check.distinct() + " of " + check.expected() + " outputs";
        if (!client.isAlive()) {
            throw new RunFailedException("the contestant ended" + so);
        }
        if (idleNanos > patience.toNanos()) {
            throw new RunFailedException("no output for " + patience.toSeconds() + " s" + so + ": " + check.verdict());
        }
    }

    /** Reads what else was committed by now: a second answer may come after the last first one. */
    Verdict drain() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long deadlineNanos = System.nanoTime() + DRAIN.toNanos();
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
            if (System.nanoTime() > deadlineNanos) {
                throw new RunFailedException(
                        "the end of the outputs " + ends + " was not reached within " + DRAIN.toSeconds() + " s");
            }
            accept(consumer.poll(POLL), System.nanoTime());
        }
        return check.verdict();
    }

    private void accept(ConsumerRecords<byte[], byte[]> records, long nowNanos) {
        for (ConsumerRecord<byte[], byte[]> output : records) {
            arrivals.arrived(output.partition(), output.value(), nowNanos);
            check.accept(output.key(), output.value());
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
