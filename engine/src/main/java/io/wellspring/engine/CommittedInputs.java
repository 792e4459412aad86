package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.OffsetMetadata;
import io.wellspring.journal.ReadAhead;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The committed positions of a task's inputs, and the checks that they fit snapshot and journal (I9, I10). What does not fit was moved by hand,
 * has expired, or lost its tail; going on would process records twice or never, so each is a {@link CorruptException}.
 */
final class CommittedInputs {
    private static final String CHOICES =
            " Restore the offsets, or start anew: stop the engines, then delete the pipeline's state"
                    + " directory, its journal topics and its group's offsets together";

    private final TaskId task;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final Map<TopicPartition, ReadAhead> ahead = new HashMap<>();
    private final Set<TopicPartition> inputs;
    private final OffsetMetadata metadata;

    CommittedInputs(TaskId task, Map<TopicPartition, OffsetAndMetadata> committed) {
        this.task = task;
        this.inputs = Set.copyOf(committed.keySet());
        OffsetMetadata found = null;
        for (var entry : committed.entrySet()) {
            OffsetAndMetadata offset = entry.getValue();
            if (offset != null) {
                positions.put(entry.getKey(), offset.offset());
                Optional<OffsetMetadata> said = OffsetMetadata.decode(offset.metadata());
                said.flatMap(OffsetMetadata::ahead).ifPresent(read -> ahead.put(entry.getKey(), read));
                found = newer(found, said.orElse(null));
            }
        }
        this.metadata = found;
    }

    /** The committed positions; an input that was never committed is missing. */
    Map<TopicPartition, Long> positions() {
        return positions;
    }

    /** What is done beyond these positions, for inputs of which something is. */
    Map<TopicPartition, ReadAhead> ahead() {
        return Map.copyOf(ahead);
    }

    Optional<OffsetMetadata> metadata() {
        return Optional.ofNullable(metadata);
    }

    void checkNotBefore(SnapshotMark mark) {
        for (SnapshotMark.InputMark input : mark.inputs()) {
            var partition = new TopicPartition(input.topic(), task.partition());
            Long committed = positions.get(partition);
            if (committed == null && input.position() > 0 && inputs.contains(partition)) {
                throw new CorruptException("Task " + task + " has a snapshot that contains " + partition + " up to "
                        + input.position()
                        + ", but its group has no committed offset there: the offsets expired or were deleted."
                        + CHOICES);
            }
            if (committed != null && committed < input.position()) {
                throw new CorruptException("Task " + task + " has a snapshot that contains " + partition + " up to "
                        + input.position() + ", but the committed offset is " + committed
                        + ": it was moved back by hand, or belongs to another cluster." + CHOICES);
            }
        }
    }

    /** Checks the last replayed event against the positions: what it came from must have been committed with it. */
    void checkCause(String place, JournalEntry last) {
        var cause = new TopicPartition(last.cause().topic(), task.partition());
        Long committed = positions.get(cause);
        if (positions.isEmpty() || (committed == null && inputs.contains(cause))) {
            throw new CorruptException("Task " + task + " has events in its journal up to " + place
                    + ", but its group has no committed offset of " + cause + ": the offsets expired or were deleted."
                    + CHOICES);
        }
        long readEnd = ahead.containsKey(cause) ? ahead.get(cause).readEnd() : 0;
        if (committed != null && last.cause().offset() >= Math.max(committed, readEnd)) {
            throw new CorruptException("Task " + task + " has an event at " + place + " that came from " + cause + "@"
                    + last.cause().offset() + ", but the committed offset is " + committed
                    + ": it was moved back by hand."
                    + CHOICES);
        }
    }

    /** Checks that a journal still reaches the end that was committed with the offsets. */
    void checkEnd(String stage, TopicPartition journal, long highWatermark) {
        Long end = metadata == null ? null : metadata.journalEnds().get(stage);
        if (end != null && highWatermark < end) {
            throw new CorruptException("Journal " + journal + " ends at " + highWatermark
                    + ", but the committed offsets say that its events reach " + end
                    + ": it lost its tail (an unclean leader election, or the topic was restored from an older copy)."
                    + CHOICES);
        }
    }

    private static OffsetMetadata newer(OffsetMetadata a, OffsetMetadata b) {
        return a == null || (b != null && b.watermarkMillis() > a.watermarkMillis()) ? b : a;
    }
}
