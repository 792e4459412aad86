package io.wellspring.engine;

import io.wellspring.api.error.CodecException;
import io.wellspring.engine.TaskGroup.Input;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The polled, not yet processed records of one partition, the first of them decoded. Bounded by pausing: what one poll brings may go over
 * the bound, then the partition rests until half of it is processed.
 */
final class PartitionBuffer {
    private final Input input;
    private final TopicPartition partition;
    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
    private final Function<Object, Instant> eventTime;
    private Head head;
    private long bytes;
    private long nextOffset;
    private boolean paused;

    @SuppressWarnings("unchecked") // SourceOptions<V> was made for the values of this topic
    PartitionBuffer(Input input, TopicPartition partition) {
        this.input = input;
        this.partition = partition;
        this.eventTime = (Function<Object, Instant>) input.options().extractor().orElse(null);
    }

    Input input() {
        return input;
    }

    TopicPartition partition() {
        return partition;
    }

    void add(List<ConsumerRecord<byte[], byte[]>> polled) {
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            records.add(record);
            bytes += size(record);
        }
    }

    boolean isEmpty() {
        return records.isEmpty();
    }

    int size() {
        return records.size();
    }

    long bytes() {
        return bytes;
    }

    /** Whether it holds so many records, or so many bytes, or more. */
    boolean isOver(int maxRecords, long maxBytes) {
        return records.size() >= maxRecords || (bytes >= maxBytes && !records.isEmpty());
    }

    /** The offset of the first record. */
    long firstOffset() {
        return records.getFirst().offset();
    }

    /** The offset behind the last record that was removed. */
    long nextOffset() {
        return nextOffset;
    }

    /** The first record with its event time; decoded once, however often it is asked for. */
    Head head() {
        if (head == null) {
            head = decode(records.getFirst());
        }
        return head;
    }

    void removeHead() {
        ConsumerRecord<byte[], byte[]> record = records.removeFirst();
        bytes -= size(record);
        nextOffset = record.offset() + 1;
        head = null;
    }

    /**
     * Where a restart would have to go on.
     *
     * @param consumed the consumer's position, which has passed over control records behind the last record
     */
    long position(long consumed) {
        return records.isEmpty()
                ? Math.max(consumed, nextOffset)
                : records.getFirst().offset();
    }

    void reset(long position) {
        records.clear();
        head = null;
        bytes = 0;
        nextOffset = position;
    }

    boolean paused() {
        return paused;
    }

    void paused(boolean now) {
        paused = now;
    }

    /** About how much heap a record takes. */
    static long size(ConsumerRecord<byte[], byte[]> record) {
        return 64L + Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
    }

    /** Decodes a record of this partition, also one that is not in the buffer. */
    Head decode(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                throw new CodecException("The record has no value (a tombstone); streams carry values only");
            }
            Object key = record.key() == null ? null : input.keys().decode(record.key());
            Object value = input.values().decode(record.value());
            return new Head(record, key, value, eventTime(record, value), null);
        } catch (RuntimeException failure) {
            return new Head(record, null, null, record.timestamp(), failure);
        }
    }

    private long eventTime(ConsumerRecord<byte[], byte[]> record, Object value) {
        return eventTime == null ? record.timestamp() : eventTime.apply(value).toEpochMilli();
    }

    /**
     * The first record of a partition.
     *
     * @param failure why it cannot be decoded, or null
     */
    record Head(
            ConsumerRecord<byte[], byte[]> record,
            Object key,
            Object value,
            long eventTimeMillis,
            RuntimeException failure) {}
}
