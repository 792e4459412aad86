package io.wellspring.engine;

import java.util.Collection;

/**
 * Decides which tasks of a worker write a snapshot. Each for itself by time and by changed states; besides, all together by volume: while more journal
 * entries than the bound lie behind the snapshots, the task with the most of them writes one. So what the worker would have to replay is bounded
 * whatever the number of its tasks, and a busy task does not make the quiet ones write.
 *
 * <p>The volume counts offsets, markers of transactions too, as a replay has to pass them.
 */
final class SnapshotTurn {
    private final long maxEvents;

    /**
     * Nothing is decided yet.
     *
     * @param maxEvents how many journal entries may lie behind the snapshots of all tasks
     */
    SnapshotTurn(long maxEvents) {
        this.maxEvents = maxEvents;
    }

    /**
     * Settles the writes that have ended and begins those that are due; called while no commit is under way, before anything is processed.
     *
     * @return how many ended or began
     */
    int take(Collection<OwnedTask> tasks, long nowNanos) {
        int done = 0;
        long tail = 0;
        for (OwnedTask task : tasks) {
            if (task.running() || task.phase() == OwnedTask.Phase.RECOVERING) {
                done += task.snapshots().poll(nowNanos) ? 1 : 0;
                if (task.betweenTransactions() && task.snapshots().due(nowNanos)) {
                    task.snapshots().begin(nowNanos, task.mark());
                    done++;
                }
            }
            tail += tail(task);
        }
        while (tail > maxEvents) {
            OwnedTask longest = longest(tasks, nowNanos);
            if (longest == null) {
                break;
            }
            tail -= tail(longest);
            longest.snapshots().begin(nowNanos, longest.mark());
            done++;
        }
        return done;
    }

    private static OwnedTask longest(Collection<OwnedTask> tasks, long nowNanos) {
        OwnedTask longest = null;
        for (OwnedTask task : tasks) {
            if (tail(task) > (longest == null ? 0 : tail(longest))
                    && task.betweenTransactions()
                    && task.snapshots().possible(nowNanos)) {
                longest = task;
            }
        }
        return longest;
    }

    /** A recovery writes by time and by states only: its journal is there to be replayed. */
    private static long tail(OwnedTask task) {
        return task.running() ? task.snapshots().tail(task.reached()) : 0;
    }
}
