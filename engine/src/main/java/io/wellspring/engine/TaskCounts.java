package io.wellspring.engine;

/**
 * What a task has done and committed since it was opened.
 *
 * @param records records processed, the skipped and dead-lettered ones too
 * @param events events persisted to journals
 * @param skipped records passed over under {@link io.wellspring.api.Policy.Skip}
 * @param deadLettered records sent away under {@link io.wellspring.api.Policy.DeadLetter}
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
