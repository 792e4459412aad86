package io.wellspring.engine;

import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a task works on at the moment: a record, a timer, or a key alone; the context that handlers see is set to it. Confined to the thread of the task's worker. */
final class InHand {
    private final TaskContext context;
    private final List<PartitionBuffer> buffers;
    private final LongSupplier watermarkMillis;

    /** Of these two, one is set while a record or timer is in hand. */
    private ConsumerRecord<byte[], byte[]> record;

    private TimerQueue.Due timer;

    /**
     * Nothing yet.
     *
     * @param buffers of the inputs, which know how their records are decoded; they may come later
     * @param watermarkMillis how far event time has come, {@link Long#MIN_VALUE} where that is not known
     */
    InHand(TaskContext context, List<PartitionBuffer> buffers, LongSupplier watermarkMillis) {
        this.context = context;
        this.buffers = buffers;
        this.watermarkMillis = watermarkMillis;
    }

    /** The record in hand; null where there is none. */
    ConsumerRecord<byte[], byte[]> record() {
        return record;
    }

    boolean isTimer() {
        return timer != null;
    }

    /** Takes a record in hand. */
    void take(PartitionBuffer.Head head) {
        record = head.record();
        timer = null;
        context.record(head.key(), record.key(), record.topic(), record.offset(), head.eventTimeMillis());
    }

    /** Nothing is in hand but a key. */
    void take(Object key, byte[] keyBytes) {
        record = null;
        timer = null;
        context.timer(key, keyBytes, reachedMillis());
    }

    /** Takes a timer in hand. */
    void take(TimerQueue.Due due) {
        record = null;
        timer = due;
        context.timer(
                due.key(),
                due.keyBytes(),
                due.timer().processingTime() ? reachedMillis() : due.timer().dueMillis());
    }

    /**
     * Takes a parked record in hand, as it came from its source.
     *
     * @return its value
     * @throws RuntimeException when it cannot be decoded
     */
    Object take(ParkedRecord parked) {
        ConsumerRecord<byte[], byte[]> original = parked.original();
        PartitionBuffer.Head head = buffers.stream()
                .filter(buffer -> buffer.input().topic().equals(original.topic()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Topic " + original.topic()
                        + ", from which the parked record came, is not read by the stage's task any more"))
                .decode(original);
        record = original;
        timer = null;
        context.record(head.key(), original.key(), original.topic(), original.offset(), parked.eventTimeMillis());
        if (head.failure() != null) {
            throw head.failure();
        }
        return head.value();
    }

    /** Words for a failure of what is in hand; asked before the context goes on. */
    Mishap mishap(String owner, RuntimeException failure) {
        return context.mishap(timer, owner, failure);
    }

    /** Where event time stands, for what happens in processing time. */
    private long reachedMillis() {
        long watermark = watermarkMillis.getAsLong();
        return watermark == Long.MIN_VALUE ? context.processingTimeMillis() : watermark;
    }
}
