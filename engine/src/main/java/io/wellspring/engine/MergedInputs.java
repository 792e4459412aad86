package io.wellspring.engine;

import io.wellspring.journal.ReadAhead;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * Each input in the order of its offsets, and of several inputs the one whose first record has the smallest event time; ties go by the order of
 * declaration. An input that has no record in hand holds the others back for as long as the broker is known, or not yet known, to have more; so
 * what was written before the task reads it is merged the same way each time.
 */
final class MergedInputs extends InputOrder {
    private int chosen = NONE;

    MergedInputs(List<PartitionBuffer> buffers, Watermark watermark, LongPredicate plausible, LongConsumer reached) {
        super(buffers, watermark, plausible, reached);
    }

    @Override
    void start(long watermarkMillis, Map<TopicPartition, ReadAhead> ahead, long nowMillis) {
        if (!ahead.isEmpty()) {
            throw WaitingInputs.wasInOrder(ahead.keySet());
        }
        watermark.start(watermarkMillis, nowMillis);
        sayReached();
    }

    @Override
    void look(Predicate<TopicPartition> caughtUp, long nowMillis) {
        // A single input never waits for another one.
        if (buffers.size() > 1) {
            for (int i = 0; i < buffers.size(); i++) {
                PartitionBuffer buffer = buffers.get(i);
                watermark.look(i, buffer.isEmpty() && caughtUp.test(buffer.partition()), nowMillis);
            }
            sayReached();
        }
    }

    /** The watermark learns of all records that are looked at. */
    @Override
    int next(Predicate<TopicPartition> caughtUp) {
        chosen = NONE;
        long earliest = 0;
        for (int i = 0; i < buffers.size(); i++) {
            PartitionBuffer buffer = buffers.get(i);
            if (buffer.isEmpty()) {
                if (buffers.size() > 1 && !caughtUp.test(buffer.partition())) {
                    chosen = NONE;
                    return NONE;
                }
            } else {
                PartitionBuffer.Head head = buffer.head();
                long time = head.eventTimeMillis();
                if (head.failure() == null && plausible.test(time)) {
                    saw(i, time);
                }
                if (chosen == NONE || time < earliest) {
                    chosen = i;
                    earliest = time;
                }
            }
        }
        return chosen;
    }

    private void saw(int input, long timeMillis) {
        watermark.saw(input, timeMillis);
        sayReached();
    }

    @Override
    PartitionBuffer.Head head() {
        return buffers.get(chosen).head();
    }

    @Override
    void done(boolean processed) {
        PartitionBuffer buffer = buffers.get(chosen);
        // The time of a record that could not be processed is not to be believed.
        if (processed) {
            saw(chosen, buffer.head().eventTimeMillis());
        }
        buffer.removeHead();
    }

    @Override
    long watermarkMillis() {
        return watermark.millis();
    }

    @Override
    boolean hasRecords() {
        return buffers.stream().anyMatch(buffer -> !buffer.isEmpty());
    }

    @Override
    long position(int input, long consumed) {
        return buffers.get(input).position(consumed);
    }

    @Override
    Optional<ReadAhead> ahead(int input, long consumed) {
        return Optional.empty();
    }
}
