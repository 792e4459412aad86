package io.wellspring.engine;

/**
 * What a task has done and committed since it was opened. What was aborted counts once, when it is processed again; so does the record before which a
 * task stops.
 *
 * @param records records taken from the task's sources and repartition topics and passed: each counts once, whether it was processed to its end, filtered
 *     out, skipped or dead-lettered, late ones too; timers do not count
 * @param events events persisted to journals, by timers too; changes of timers alone are none
 * @param skipped what was passed over under {@link io.wellspring.api.Policy.Skip}: a record counts each time that a stage or its source passes over it or
 *     its part of it, and once in {@code records}; a timer that is dropped, also under {@link io.wellspring.api.Policy.DeadLetter}, counts here and is in
 *     no other count
 * @param deadLettered what was sent away under {@link io.wellspring.api.Policy.DeadLetter}, or without a key under
 *     {@link io.wellspring.api.Policy.ParkKey}: a record counts each time that a stage or its source sends it away, and once in {@code records}. A record
 *     that is parked counts in {@code records} alone, and not again when it is released
 */
public record TaskCounts(long records, long events, long skipped, long deadLettered) {
    static final TaskCounts ZERO = new TaskCounts(0, 0, 0, 0);

    TaskCounts plus(TaskCounts other) {
        return new TaskCounts(
                records + other.records,
                events + other.events,
                skipped + other.skipped,
                deadLettered + other.deadLettered);
    }
}
