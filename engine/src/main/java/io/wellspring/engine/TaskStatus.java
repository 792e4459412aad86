package io.wellspring.engine;

import java.time.Duration;
import java.util.Optional;

/** How a task is, at one moment. The task's name is its group and partition, such as {@code 0-3}. */
public sealed interface TaskStatus {
    /**
     * The task.
     *
     * @return its group and partition
     */
    String task();

    /** Where a recovery began. */
    enum Basis {
        /** A snapshot in the state directory. */
        SNAPSHOT,
        /** A backup: there was no snapshot in the state directory, or the journal does not reach back to it. */
        BACKUP,
        /** The beginning of the journal: there was no snapshot. */
        BEGINNING,
        /** A standby, which went on where it had read to. */
        STANDBY
    }

    /**
     * The task rebuilds its state; its partitions rest meanwhile.
     *
     * @param task the task
     * @param basis where it began
     * @param replayed journal events folded so far
     * @param from the offset where replay began, summed over the task's journals
     * @param at the offset reached
     * @param end the offset to reach
     * @param eventsPerSecond the rate so far
     * @param remaining the time left at that rate; zero until a rate is known
     */
    record Recovering(
            String task,
            Basis basis,
            long replayed,
            long from,
            long at,
            long end,
            double eventsPerSecond,
            Duration remaining)
            implements TaskStatus {
        /** While a backup is looked for and copied. */
        static Recovering fromBackup(TaskId task) {
            return new Recovering(task.toString(), Basis.BACKUP, 0, 0, 0, 0, 0, Duration.ZERO);
        }
    }

    /**
     * The task does not go on now, and will by itself: it cannot be opened or recovered while the disk or the cluster is away, or it rests because
     * as many keys are parked as it may hold, until some are released or dropped.
     *
     * @param task the task
     * @param error what is in the way
     */
    record Waiting(String task, RuntimeException error) implements TaskStatus {}

    /**
     * The task processes records.
     *
     * @param task the task
     * @param basis where its last recovery began
     * @param replayed how many journal events that recovery folded
     * @param counts what it has done since
     * @param parkedKeys how many keys its stages have parked, each with records or a timer that wait
     * @param unsaved why the disk takes no snapshots of the task at present, such as for want of room; empty where it does. They are tried again and
     *     again, and the task rests when too much waits for the disk. Nothing is lost, but after 5 minutes the worker leaves the group, so that
     *     others take over its tasks
     */
    record Running(
            String task,
            Basis basis,
            long replayed,
            TaskCounts counts,
            int parkedKeys,
            Optional<RuntimeException> unsaved)
            implements TaskStatus {}

    /**
     * The task has stopped and waits for a person; everything committed stands.
     *
     * @param task the task
     * @param error why, where, and what to do
     */
    record Failed(String task, RuntimeException error) implements TaskStatus {}
}
