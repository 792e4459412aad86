package io.wellspring.engine;

import io.wellspring.api.error.RetryableException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Since when the disk takes nothing of a task, be it that no snapshot can be written or that its store cannot be opened. What the task changes piles up in memory and
 * would have to be replayed, so there is a bound. It counts on where a task is opened anew, as after an aborted transaction. Confined to the worker's thread.
 */
final class DiskRefusals {
    /** How long a disk may refuse all of a task. */
    static final Duration BOUND = Duration.ofMinutes(5);

    private final Map<TaskId, Refusal> refusals = new TreeMap<>();

    /**
     * A task of which nothing could be written.
     *
     * @param why the last failure
     */
    record Refusal(TaskId task, long sinceNanos, RetryableException why) {
        private boolean isTooLong(long nowNanos) {
            return nowNanos - sinceNanos >= BOUND.toNanos();
        }
    }

    /** A task's store could not be opened, or one of its snapshots not be written. */
    void refused(TaskId task, RetryableException why, long nowNanos) {
        Refusal before = refusals.get(task);
        refusals.put(task, new Refusal(task, before == null ? nowNanos : before.sinceNanos(), why));
    }

    /**
     * Looks at the snapshots of open tasks.
     *
     * @param owned whether a task is still this worker's, open or not
     * @return a task that had better be another machine's
     */
    Optional<Refusal> look(Collection<OwnedTask> tasks, Predicate<TaskId> owned, long nowNanos) {
        for (OwnedTask task : tasks) {
            if (task.open() && !task.following()) {
                Snapshots snapshots = task.snapshots();
                snapshots.refusal().ifPresent(why -> refused(task.id(), why, nowNanos));
                if (snapshots.refusal().isEmpty()
                        && (snapshots.hasWritten() || (task.running() && !snapshots.unsaved()))) {
                    refusals.remove(task.id());
                }
            }
        }
        refusals.keySet().removeIf(task -> !owned.test(task));
        return refusals.values().stream()
                .filter(refusal -> refusal.isTooLong(nowNanos))
                .findFirst();
    }
}
