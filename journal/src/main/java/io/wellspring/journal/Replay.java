package io.wellspring.journal;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.WellspringException;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The replay of one journal partition: where it is, what it waits for, whether it is through. It knows no client.
 *
 * <pre>
 *   STARTING --assigned--> READING --end reached--> TAILING
 *                             |                        |
 *                             +---- out of range ------+--> STRAYED --range known--> ENDED
 *   any --stopped or failed--> ENDED
 * </pre>
 */
final class Replay {
    enum State {
        /** The consumer does not have the partition yet. */
        STARTING,
        /** Entries come; the end is not reached. */
        READING,
        /** The end was reached once; what is written later is delivered too. */
        TAILING,
        /** The consumer says that the position is outside the log; a new range will tell in which direction. */
        STRAYED,
        /** Stopped or failed. Nothing is delivered any more. */
        ENDED
    }

    final TopicPartition journal;
    final int fromEpoch;
    final ReplayVisitor visitor;

    private final long from;
    private State state = State.STARTING;
    private JournalEnds.Asked asked;
    private LogRange range;
    private long at;
    private long entries;
    private int dueIndex;
    private long askedAgainAt = -1;

    /** Whether the consumer knew the leader before its last poll, without which it does not compare epochs. */
    boolean leaderKnown;

    Replay(TopicPartition journal, long from, int fromEpoch, ReplayVisitor visitor) {
        this.journal = journal;
        this.from = from;
        this.fromEpoch = fromEpoch;
        this.visitor = visitor;
        this.at = from;
    }

    State state() {
        return state;
    }

    void become(State next) {
        boolean legal = switch (next) {
            case STARTING -> false;
            case READING -> state == State.STARTING;
            case TAILING -> state == State.READING;
            case STRAYED -> state == State.READING || state == State.TAILING;
            case ENDED -> true;
        };
        if (!legal) {
            throw new IllegalStateException(
                    "the replay of journal " + journal + " cannot go from " + state + " to " + next);
        }
        state = next;
    }

    boolean wantsRange() {
        return range == null && asked == null && state != State.ENDED;
    }

    void asked(JournalEnds.Asked question) {
        asked = question;
    }

    boolean awaitsRange() {
        return asked != null;
    }

    /**
     * Takes the range when it is there.
     *
     * @throws WellspringException when it cannot be had, or the log does not hold what is needed
     */
    void takeRange() {
        asked.poll(journal).ifPresent(known -> {
            asked = null;
            range = known;
            if (at < known.start()) {
                throw ReplayFaults.cut(journal, at, known);
            }
            // Where records are still read, the position may have passed the answer legally; the beginning may not.
            long needed = state == State.STRAYED ? at : from;
            if (needed > known.end()) {
                throw ReplayFaults.shorter(journal, needed, known);
            }
            if (state == State.STRAYED) {
                throw ReplayFaults.strayed(journal, at, known);
            }
        });
    }

    /** Forgets the range, so that a new one is asked for. */
    void forgetRange() {
        range = null;
        asked = null;
    }

    LogRange range() {
        return range;
    }

    long at() {
        return at;
    }

    /** How many offsets lie before the end; for a known range. */
    long remaining() {
        return Math.max(0, range.end() - at);
    }

    /** The consumer stands here: control records and aborted ones before it are passed over. */
    void passTo(long position) {
        at = position;
    }

    /**
     * Delivers a record.
     *
     * @throws WellspringException when it cannot be read or applied
     */
    void deliver(ConsumerRecord<byte[], byte[]> journaled) {
        JournalEntry entry = JournalFormat.decode(journaled);
        if (entry.effectIndex() != dueIndex) {
            throw ReplayFaults.brokenEffect(journaled, entry, dueIndex);
        }
        try {
            visitor.visit(journaled.offset(), journaled.leaderEpoch().orElse(-1), entry);
        } catch (RuntimeException e) {
            throw ReplayFaults.unapplied(journaled, e);
        }
        dueIndex = entry.effectIndex() + 1 >= entry.effectSize() ? 0 : dueIndex + 1;
        at = journaled.offset() + 1;
        entries++;
    }

    /**
     * Settles whether the replay is through, once its position is known to have reached the end.
     *
     * <p>The end may lie inside an effect whose transaction was open when it was asked for, and the last poll may have stopped just
     * there. So an unfinished effect asks for the end again. What was delivered is committed, so its marker lies behind all records of
     * the effect and below the high watermark: an end that has not moved means that the rest of the effect does not exist.
     *
     * @throws CorruptException when the journal ends inside an effect
     */
    void reachEnd() {
        if (dueIndex == 0) {
            become(State.TAILING);
        } else if (range.end() <= askedAgainAt) {
            throw ReplayFaults.unfinishedEffect(journal, range.end(), dueIndex);
        } else {
            askedAgainAt = at;
            forgetRange();
        }
    }

    ReplayProgress progress() {
        return new ReplayProgress(
                from,
                at,
                range == null ? OptionalLong.empty() : OptionalLong.of(range.end()),
                entries,
                state == State.TAILING);
    }
}
