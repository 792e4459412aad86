package io.wellspring.engine;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;
import io.wellspring.journal.JournalEntry.Cause;
import io.wellspring.journal.JournalEntry.ParkingChange;

/**
 * How a key is parked in a stage: a value, and the row of a snapshot. The records of one parking are numbered from 1; those up to {@code taken}
 * were read back and processed.
 *
 * @param topic where the key's records go
 * @param sinceMillis when it was parked, by the task's clock
 * @param reason what failed last
 * @param timer the timer that failed last and waits to be tried again, or empty
 * @param firstTopic the topic of the source record that was parked first, empty while there is none
 * @param firstOffset that record's offset
 * @param added how many records were parked
 * @param taken how many of them are done
 */
record Parked(
        @Tag(1) String topic,
        @Tag(2) long sinceMillis,
        @Tag(3) String reason,
        @Tag(4) String timer,
        @Tag(5) String firstTopic,
        @Tag(6) long firstOffset,
        @Tag(7) long added,
        @Tag(8) long taken) {
    static final Codec<Parked> CODEC = Codecs.records(Parked.class);

    /**
     * What a change leaves of a key's being parked.
     *
     * @param before null where the key is not parked
     * @param cause the record that led to the change
     * @param nowMillis the time of the change
     * @return null where the key is not parked any more
     * @throws IllegalStateException when the change needs a parked key and this is none
     */
    static Parked after(Parked before, ParkingChange change, Cause cause, long nowMillis) {
        if (before == null) {
            return switch (change.kind()) {
                case PARKED -> new Parked(change.topic(), nowMillis, change.reason(), change.timer(), "", 0, 0, 0);
                case ADDED, TAKEN, ENDED ->
                    throw new IllegalStateException(change.kind() + " of a key that is not parked");
            };
        }
        return switch (change.kind()) {
            case PARKED -> before.failedAgain(change.reason(), change.timer());
            case ADDED -> before.withOneMore(cause);
            case TAKEN -> before.withOneLess();
            case ENDED -> null;
        };
    }

    long left() {
        return added - taken;
    }

    /**
     * Names one record of this parking among all that any pipeline ever parked: each source record is parked at most once by a stage, and where
     * a pipeline was begun anew, the time differs.
     */
    String id(String journal, long number) {
        return journal + " " + sinceMillis + " " + firstTopic + "@" + firstOffset + " " + number;
    }

    private Parked failedAgain(String why, String failedTimer) {
        return new Parked(topic, sinceMillis, why, failedTimer, firstTopic, firstOffset, added, taken);
    }

    private Parked withOneMore(Cause cause) {
        return added == 0
                ? new Parked(topic, sinceMillis, reason, timer, cause.topic(), cause.offset(), 1, 0)
                : new Parked(topic, sinceMillis, reason, timer, firstTopic, firstOffset, added + 1, taken);
    }

    private Parked withOneLess() {
        if (timer.isEmpty() && left() == 0) {
            throw new IllegalStateException("TAKEN where nothing is left of " + added + " parked records");
        }
        return new Parked(
                topic, sinceMillis, reason, "", firstTopic, firstOffset, added, timer.isEmpty() ? taken + 1 : taken);
    }
}
