package io.wellspring.engine;

import io.wellspring.journal.ReadAhead;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/** Which record of a task's inputs goes next, and how far event time has come by that. Confined to the thread of the task's worker. */
abstract sealed class InputOrder permits MergedInputs, WaitingInputs {
    static final int NONE = -1;

    final List<PartitionBuffer> buffers;
    final Watermark watermark;
    final LongPredicate plausible;
    private final LongConsumer reached;

    /**
     * Over the inputs of a task.
     *
     * @param plausible whether an event time may move the watermark: one that no journal takes must not make timers fire before its record is
     *     refused
     * @param reached told how far event time has come, whenever it may have moved
     */
    InputOrder(List<PartitionBuffer> buffers, Watermark watermark, LongPredicate plausible, LongConsumer reached) {
        this.buffers = buffers;
        this.watermark = watermark;
        this.plausible = plausible;
        this.reached = reached;
    }

    /** Goes on where the committed position stands. */
    abstract void start(long watermarkMillis, Map<TopicPartition, ReadAhead> ahead, long nowMillis);

    /** Looks which inputs rest. */
    abstract void look(Predicate<TopicPartition> caughtUp, long nowMillis);

    /**
     * Chooses the input whose record goes next, or none. Asked again before {@link #done} it chooses anew.
     *
     * @param caughtUp whether the broker has nothing behind what was read of a partition
     * @return the input's number, or {@link #NONE}
     */
    abstract int next(Predicate<TopicPartition> caughtUp);

    /** The record that goes next. */
    abstract PartitionBuffer.Head head();

    /** The record that went next is done with; {@code processed} unless a policy took it away. */
    abstract void done(boolean processed);

    /** How far event time has come, as stages and timers see it. */
    abstract long watermarkMillis();

    /** Whether a record is in hand that may go on now. */
    abstract boolean hasRecords();

    /**
     * Where a restart would have to go on with an input.
     *
     * @param consumed the consumer's position, which has passed over control records behind the last record
     */
    abstract long position(int input, long consumed);

    /** What is done beyond that position; empty where nothing is. */
    abstract Optional<ReadAhead> ahead(int input, long consumed);

    /** About how much heap the records take that came in and wait for their turn. */
    long waitingBytes() {
        return 0;
    }

    /** Sets how much that may be. */
    void waitingRoom(long bytes) {}

    final void sayReached() {
        reached.accept(watermarkMillis());
    }
}
