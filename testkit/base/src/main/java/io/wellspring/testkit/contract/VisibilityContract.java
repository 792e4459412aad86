package io.wellspring.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

/** What of a log is visible to whom, and what is kept of a record. */
public abstract class VisibilityContract extends ClusterContract {
    /** For the suites of clusters. */
    protected VisibilityContract() {}

    @Test
    void showsRecordsOfATransactionOnlyOnceItIsCommitted() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        AssignedReader committed = reader("read_committed", log);
        producer.beginTransaction();
        send(producer, log, "a");
        send(producer, log, "b");

        assertThat(reader("read_uncommitted", log).readUpTo(2).values()).containsExactly("a", "b");
        committed.poll();
        assertThat(committed.consumer.position(log)).isZero();
        assertThat(committed.records).isEmpty();

        producer.commitTransaction();
        assertThat(committed.readUpTo(3).values()).containsExactly("a", "b");
    }

    @Test
    void neverShowsAbortedRecordsToReadCommitted() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        transaction(producer, log, false, "dropped");
        transaction(producer, log, true, "kept");
        transaction(producer, log, false, "dropped too");
        awaitDecided(log);

        assertThat(reader("read_committed", log).readUpTo(6).values()).containsExactly("kept");
        assertThat(reader("read_uncommitted", log).readUpTo(6).values())
                .as("read_uncommitted shows them, but no marker")
                .containsExactly("dropped", "kept", "dropped too");
    }

    @Test
    void givesEachMarkerAnOffset() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);

        assertThat(transaction(producer, log, true, "a")).isZero();
        assertThat(transaction(producer, log, false, "b")).isEqualTo(2);
        assertThat(transaction(producer, log, true, "c")).isEqualTo(4);

        awaitDecided(log);
        assertThat(highWatermark(log)).isEqualTo(6);
        assertThat(reader("read_committed", log).readUpTo(6).records)
                .extracting(ConsumerRecord::offset)
                .containsExactly(0L, 4L);
    }

    @Test
    void writesNoMarkerForATransactionWithoutRecords() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        producer.commitTransaction();
        producer.beginTransaction();
        producer.abortTransaction();

        assertThat(transaction(producer, log, true, "a")).isZero();
    }

    @Test
    void endsAtTheFirstOpenTransactionForReadCommitted() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> plain = producer(Map.of());
        Producer<byte[], byte[]> holder = transactional(name + "-holder");
        Producer<byte[], byte[]> other = transactional(name + "-other");
        send(plain, log, "before");
        holder.beginTransaction();
        send(holder, log, "open");
        send(plain, log, "after");
        transaction(other, log, true, "committed after");
        await("the other's marker", () -> highWatermark(log) == 5);

        assertThat(lastStableOffset(log)).isEqualTo(1);
        AssignedReader committed = reader("read_committed", log);
        assertThat(committed.consumer.endOffsets(List.of(log)))
                .as("endOffsets is the last stable offset")
                .containsEntry(log, 1L);
        assertThat(reader("read_uncommitted", log).consumer.endOffsets(List.of(log)))
                .containsEntry(log, 5L);
        committed.readUpTo(1);
        committed.poll();
        assertThat(committed.values()).containsExactly("before");

        holder.abortTransaction();
        assertThat(committed.readUpTo(6).values()).containsExactly("before", "after", "committed after");
        assertThat(end(log, IsolationLevel.READ_COMMITTED)).isEqualTo(6);
    }

    @Test
    void movesThePositionPastMarkersAndAbortedRecordsWithoutGivingOutARecord() {
        TopicPartition log = onePartition();
        transaction(transactional(name), log, false, "x", "y", "z");
        awaitDecided(log);

        assertThat(reader("read_committed", log).readUpTo(4).records).isEmpty();
    }

    @Test
    void tellsInterleavedTransactionsOfOnePartitionApart() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> one = transactional(name + "-one");
        Producer<byte[], byte[]> two = transactional(name + "-two");
        one.beginTransaction();
        two.beginTransaction();
        send(one, log, "one 1");
        send(two, log, "two 1");
        send(one, log, "one 2");
        send(two, log, "two 2");
        two.commitTransaction();
        one.abortTransaction();
        awaitDecided(log);

        assertThat(reader("read_committed", log).readUpTo(6).values()).containsExactly("two 1", "two 2");
    }

    @Test
    void commitsAllPartitionsOfATransaction() {
        String topic = topic(3);
        TopicPartition[] logs = {
            new TopicPartition(topic, 0), new TopicPartition(topic, 1), new TopicPartition(topic, 2)
        };
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        send(producer, logs[0], "a");
        send(producer, logs[2], "c");
        producer.commitTransaction();
        awaitDecided(logs);

        assertThat(highWatermark(logs[0])).isEqualTo(2);
        assertThat(highWatermark(logs[1]))
                .as("no marker where nothing was sent")
                .isZero();
        assertThat(highWatermark(logs[2])).isEqualTo(2);
    }

    @Test
    void putsKeyedRecordsWhereMurmur2SaysAndKeepsTheirOrder() {
        String topic = topic(6);
        Producer<byte[], byte[]> producer = producer(Map.of());
        // Computed once by Kafka's own partitioner over 6 partitions.
        Map<String, Integer> partitions =
                Map.of("", 3, "a", 4, "b", 2, "alice", 3, "bob", 0, "carol", 2, "order-4711", 1, "\u00fc", 2);
        partitions.forEach((key, partition) -> {
            for (int number = 0; number < 3; number++) {
                Future<RecordMetadata> sent =
                        producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), (key + number).getBytes(UTF_8)));
                producer.flush();
                assertThat(answer(sent).partition())
                        .as("partition of '%s'", key)
                        .isEqualTo(partition);
            }
        });
    }

    @Test
    void keepsKeyValueTimeAndHeaders() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = producer(Map.of());
        List<Header> headers = List.of(
                new RecordHeader("h", new byte[] {1}), new RecordHeader("h", null), new RecordHeader("g", null));
        Future<RecordMetadata> full = producer.send(
                new ProducerRecord<>(log.topic(), 0, 1_234L, "k".getBytes(UTF_8), "v".getBytes(UTF_8), headers));
        Future<RecordMetadata> bare = producer.send(new ProducerRecord<>(log.topic(), 0, 0L, null, null, null));
        Future<RecordMetadata> empty =
                producer.send(new ProducerRecord<>(log.topic(), 0, 5L, new byte[0], new byte[0]));
        producer.flush();

        assertThat(answer(full).timestamp()).isEqualTo(1_234);
        assertThat(answer(full).serializedKeySize()).isEqualTo(1);
        assertThat(answer(bare).offset()).isEqualTo(1);
        assertThat(answer(empty).offset()).isEqualTo(2);
        List<ConsumerRecord<byte[], byte[]>> read =
                reader("read_committed", log).readUpTo(3).records;
        assertThat(read).extracting(ConsumerRecord::timestamp).containsExactly(1_234L, 0L, 5L);
        assertThat(read.get(0).key()).isEqualTo("k".getBytes(UTF_8));
        assertThat(read.get(0).value()).isEqualTo("v".getBytes(UTF_8));
        assertThat(read.get(0).headers()).containsExactlyElementsOf(headers);
        assertThat(read.get(0).leaderEpoch()).isPresent();
        assertThat(read.get(1).key()).isNull();
        assertThat(read.get(1).value()).isNull();
        assertThat(read.get(1).headers()).isEmpty();
        assertThat(read.get(2).key()).isEmpty();
        assertThat(read.get(2).value()).isEmpty();
    }

    /** One whole transaction; gives the offset of its first record. */
    private long transaction(Producer<byte[], byte[]> producer, TopicPartition log, boolean commit, String... values) {
        producer.beginTransaction();
        long first = send(producer, log, values[0]).offset();
        for (int next = 1; next < values.length; next++) {
            send(producer, log, values[next]);
        }
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
        return first;
    }
}
