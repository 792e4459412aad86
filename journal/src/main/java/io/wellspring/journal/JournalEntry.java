package io.wellspring.journal;

import java.util.List;

/**
 * One event of a journal, or a change of timers without one, with what a replay needs to check and apply it; see journal.proto for what each part means to other readers.
 * The arrays are not copied: who hands one in does not change it afterwards. For that reason two entries with equal content are not
 * equal.
 *
 * @param key the encoded key, which is the Kafka record's key
 * @param event the encoded event, empty where the entry has none
 * @param sequence the event's number among the events of its key in this journal: 1, 2, 3, ...; without an event that of the key's last
 *     one, 0 where there is none
 * @param effectIndex the event's place in its effect, from 0
 * @param effectSize how many events the effect has; 0 where the entry has none, and changes timers only
 * @param eventTimeMillis when the event happened, in milliseconds since 1970, negative before; also the Kafka record's timestamp, where it is not negative
 * @param processingTimeMillis when it was processed by the task's clock, in milliseconds since 1970
 * @param cause the record that led to it
 * @param timers what becomes of the key's timers once the event is applied, in order; only the last event of an effect has any
 */
public record JournalEntry(
        byte[] key,
        byte[] event,
        long sequence,
        int effectIndex,
        int effectSize,
        long eventTimeMillis,
        long processingTimeMillis,
        Cause cause,
        List<TimerChange> timers) {

    /**
     * Checks the numbers.
     *
     * @param key the encoded key
     * @param event the encoded event
     * @param sequence the event's number among the events of its key
     * @param effectIndex the event's place in its effect
     * @param effectSize how many events the effect has
     * @param eventTimeMillis when the event happened
     * @param processingTimeMillis when it was processed
     * @param cause the record that led to it
     * @param timers what becomes of the key's timers
     * @throws IllegalArgumentException when one of them is out of its range
     */
    public JournalEntry {
        timers = List.copyOf(timers);
        if (effectSize == 0 && !timers.isEmpty()) {
            if (sequence < 0 || effectIndex != 0 || event.length > 0) {
                throw new IllegalArgumentException("effectSize=0 goes with no event, not with sequence=" + sequence
                        + ", effectIndex=" + effectIndex + " and an event of " + event.length + " bytes");
            }
        } else if (sequence < 1) {
            throw new IllegalArgumentException("sequence=" + sequence + " is below 1");
        } else if (effectIndex < 0 || effectIndex >= effectSize) {
            throw new IllegalArgumentException("effectIndex=" + effectIndex + " is outside 0.." + (effectSize - 1)
                    + " of effectSize=" + effectSize);
        }
    }

    /**
     * An event that changes no timers.
     *
     * @param key the encoded key
     * @param event the encoded event
     * @param sequence the event's number among the events of its key
     * @param effectIndex the event's place in its effect
     * @param effectSize how many events the effect has
     * @param eventTimeMillis when the event happened
     * @param processingTimeMillis when it was processed
     * @param cause the record that led to it
     * @throws IllegalArgumentException when one of them is out of its range
     */
    public JournalEntry(
            byte[] key,
            byte[] event,
            long sequence,
            int effectIndex,
            int effectSize,
            long eventTimeMillis,
            long processingTimeMillis,
            Cause cause) {
        this(key, event, sequence, effectIndex, effectSize, eventTimeMillis, processingTimeMillis, cause, List.of());
    }

    /**
     * Whether there is an event; otherwise the entry changes timers only.
     *
     * @return true for an event
     */
    public boolean hasEvent() {
        return effectSize > 0;
    }

    /** What becomes of a timer. */
    public enum TimerKind {
        /** It was cancelled. */
        CANCELLED,
        /** It has fired, and with that is gone. */
        FIRED,
        /** It is set to an event time. */
        EVENT_TIME,
        /** It is set to a time on the task's clock. */
        PROCESSING_TIME
    }

    /**
     * A change of one of the key's timers.
     *
     * @param name names the timer among those of its key
     * @param kind what becomes of it
     * @param dueMillis when it fires, in milliseconds since 1970; 0 where it is gone
     */
    public record TimerChange(String name, TimerKind kind, long dueMillis) {}

    /**
     * Where the record lay that led to an event. Its partition is the task's, thus the journal's own.
     *
     * @param topic the topic, empty for {@link #NONE}
     * @param offset the offset in its partition
     */
    public record Cause(String topic, long offset) {
        /** No record led to the event, but a timer. */
        public static final Cause NONE = new Cause("", 0);
    }
}
