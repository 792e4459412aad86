package io.wellspring.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Decides which tasks of a worker write a snapshot, and keeps tables within the budget of the process.
 *
 * <p>Each task for itself writes by time and by changed states. Besides, all together by volume: while more journal entries than the bound lie behind the
 * snapshots, the task with the most of them writes one. So what the worker would have to replay is bounded whatever the number of its
 * tasks, and a busy task does not make the quiet ones write. The volume counts offsets, markers of transactions too, as a replay has to pass them.
 *
 * <p>And all together by bytes, of all workers of the process:
 * <pre>
 *                  limit / 2                       limit
 * |---- changed ------|------------------------------|
 *                     |  the task with the most      |  workers rest until what they changed is written
 *                     |  changed bytes writes        |
 * |---- changed and clean ---------------------------|
 *                                                    |  clean states go, the least recently used first, to 9/10
 * </pre>
 * A worker that has changed nothing itself does not rest, so each comes round: its changes are written, and it goes on.
 */
final class SnapshotTurn {
    private static final double ROOM_TO_MAKE = 0.1;

    private final long maxEvents;
    private final long limitBytes;
    private final TableBudget.Share share;

    /**
     * Nothing is decided yet.
     *
     * @param maxEvents how many journal entries may lie behind the snapshots of all tasks
     * @param limitBytes how much heap the tables of the process may take
     * @param share this worker's part of it
     */
    SnapshotTurn(long maxEvents, long limitBytes, TableBudget.Share share) {
        this.maxEvents = maxEvents;
        this.limitBytes = limitBytes;
        this.share = share;
    }

    /**
     * Settles the writes that have ended and begins those that are due; called while no commit is under way, before anything is processed.
     *
     * @return how many ended or began
     */
    int take(Collection<OwnedTask> all, long nowNanos) {
        List<OwnedTask> tasks = new ArrayList<>(all.size());
        int done = 0;
        for (OwnedTask task : all) {
            if (task.open()) {
                tasks.add(task);
                done += task.snapshots().poll(nowNanos) ? 1 : 0;
                if (task.betweenTransactions() && task.snapshots().due(nowNanos)) {
                    task.snapshots().begin(nowNanos, task.mark());
                    done++;
                }
            }
        }
        done += writeLargest(tasks, nowNanos, SnapshotTurn::tail, sum(tasks, SnapshotTurn::tail) - maxEvents);
        report(tasks);
        if (share.budget().changedBytes() > limitBytes / 2) {
            long dirty = sum(tasks, SnapshotTurn::dirtyBytes);
            // What is being written counts until it is, but need not be written once more.
            done += writeLargest(tasks, nowNanos, SnapshotTurn::dirtyBytes, dirty - allowed(dirty));
        }
        makeRoom(tasks);
        return done;
    }

    /** Whether there is something for a turn to write, or to wait for until it is written; what a replay brings is counted. */
    boolean due(Collection<OwnedTask> all, long nowNanos) {
        List<OwnedTask> tasks = all.stream().filter(OwnedTask::open).toList();
        report(tasks);
        return share.budget().changedBytes() > limitBytes / 2
                || tasks.stream()
                        .anyMatch(task -> task.snapshots().due(nowNanos)
                                || task.snapshots().overdue(nowNanos));
    }

    /** Whether the tables are so full of changes that standbys rest, before tasks that run have to. */
    boolean crowded() {
        return share.budget().changedBytes() >= limitBytes / 4 * 3;
    }

    /** Whether the process' tables are full of changes, some of them this worker's. */
    boolean full() {
        return share.budget().changedBytes() >= limitBytes && share.changedBytes() > 0;
    }

    void close() {
        share.report(0, 0);
    }

    /** This worker's part of what may stay unwritten, by what it has of all changes. */
    private long allowed(long dirty) {
        return (long) (limitBytes / 2.0 * dirty / Math.max(1, share.budget().changedBytes()));
    }

    private void report(Collection<OwnedTask> tasks) {
        share.report(
                sum(tasks, task -> task.task().tables().changedBytes()),
                sum(tasks, task -> task.task().tables().cleanBytes()));
    }

    private void makeRoom(List<OwnedTask> tasks) {
        long clean = share.budget().cleanBytes();
        long used = share.budget().changedBytes() + clean;
        if (used > limitBytes && clean > 0) {
            double drop = Math.min(1, (used - limitBytes * (1 - ROOM_TO_MAKE)) / clean);
            tasks.forEach(task -> task.task().tables().dropClean(drop));
            report(tasks);
        }
    }

    private static int writeLargest(
            List<OwnedTask> tasks, long nowNanos, ToLongFunction<OwnedTask> measure, long tooMuch) {
        int began = 0;
        for (long left = tooMuch; left > 0; began++) {
            OwnedTask largest = null;
            for (OwnedTask task : tasks) {
                if (measure.applyAsLong(task) > (largest == null ? 0 : measure.applyAsLong(largest))
                        && task.betweenTransactions()
                        && task.snapshots().possible(nowNanos)) {
                    largest = task;
                }
            }
            if (largest == null) {
                break;
            }
            left -= measure.applyAsLong(largest);
            largest.snapshots().begin(nowNanos, largest.mark());
        }
        return began;
    }

    private static long sum(Collection<OwnedTask> tasks, ToLongFunction<OwnedTask> measure) {
        long sum = 0;
        for (OwnedTask task : tasks) {
            sum += measure.applyAsLong(task);
        }
        return sum;
    }

    /** A recovery does not write by volume: its journal is there to be replayed. */
    private static long tail(OwnedTask task) {
        return task.running() ? task.snapshots().tail(task.reached()) : 0;
    }

    private static long dirtyBytes(OwnedTask task) {
        return task.task().tables().dirtyBytes();
    }
}
