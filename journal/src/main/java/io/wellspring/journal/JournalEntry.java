package io.wellspring.journal;

import java.util.List;

/**
 * One event of a journal, or without one a change of timers or of the key's being parked, with what a replay needs to check and apply it; see journal.proto for what each part means to other readers.
 * The arrays are not copied: who hands one in does not change it afterwards. For that reason two entries with equal content are not
 * equal.
 *
 * @param key the encoded key, which is the Kafka record's key
 * @param event the encoded event, empty where the entry has none
 * @param sequence the event's number among the events of its key in this journal: 1, 2, 3, ...; without an event that of the key's last
 *     one, 0 where there is none
 * @param effectIndex the event's place in its effect, from 0
 * @param effectSize how many events the effect has; 0 where the entry has none
 * @param eventTimeMillis when the event happened, in milliseconds since 1970, negative before; also the Kafka record's timestamp, where it is not negative
 * @param processingTimeMillis when it was processed by the task's clock, in milliseconds since 1970
 * @param cause the record that led to it
 * @param timers what becomes of the key's timers once the event is applied, in order; only the last event of an effect has any
 * @param parking what becomes of the key's being parked, in order; only an entry without an event has any
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
        List<TimerChange> timers,
        List<ParkingChange> parking) {

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
     * @param parking what becomes of the key's being parked
     * @throws IllegalArgumentException when one of them is out of its range
     */
    public JournalEntry {
        timers = List.copyOf(timers);
        parking = List.copyOf(parking);
        if (effectSize == 0 && !(timers.isEmpty() && parking.isEmpty())) {
            if (sequence < 0 || effectIndex != 0 || event.length > 0) {
                throw new IllegalArgumentException("effectSize=0 goes with no event, not with sequence=" + sequence
                        + ", effectIndex=" + effectIndex + " and an event of " + event.length + " bytes");
            }
        } else if (sequence < 1) {
            throw new IllegalArgumentException("sequence=" + sequence + " is below 1");
        } else if (effectIndex < 0 || effectIndex >= effectSize) {
            throw new IllegalArgumentException("effectIndex=" + effectIndex + " is outside 0.." + (effectSize - 1)
                    + " of effectSize=" + effectSize);
        } else if (!parking.isEmpty()) {
            throw new IllegalArgumentException("parking=" + parking + " goes with no event");
        }
    }

    /**
     * An entry that does not tell whether its key is parked.
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
    public JournalEntry(
            byte[] key,
            byte[] event,
            long sequence,
            int effectIndex,
            int effectSize,
            long eventTimeMillis,
            long processingTimeMillis,
            Cause cause,
            List<TimerChange> timers) {
        this(
                key,
                event,
                sequence,
                effectIndex,
                effectSize,
                eventTimeMillis,
                processingTimeMillis,
                cause,
                timers,
                List.of());
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
     * Whether there is an event; otherwise the entry changes timers or parks its key only.
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

    /** What becomes of a key's being parked. */
    public enum ParkingKind {
        /** It is parked from here on, or what was tried again has failed again. */
        PARKED,
        /** The record that caused the entry went to the parked topic. */
        ADDED,
        /** What was next is done: the timer that had failed, or else the first parked record that was left. */
        TAKEN,
        /** It is not parked any more. */
        ENDED
    }

    /**
     * A change of the key's being parked.
     *
     * @param kind what becomes of it
     * @param reason why, for {@link ParkingKind#PARKED}; else empty
     * @param timer the timer that failed, for {@link ParkingKind#PARKED}; else, and where a record failed, empty
     * @param topic where the key's records go, for {@link ParkingKind#PARKED}; else empty
     */
    public record ParkingChange(ParkingKind kind, String reason, String timer, String topic) {
        /**
         * A change that says no more than what it is.
         *
         * @param kind what becomes of it
         */
        public ParkingChange(ParkingKind kind) {
            this(kind, "", "", "");
        }
    }

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
