package io.wellspring.engine;

import java.time.Duration;
import java.util.Collection;

/**
 * Keeps the committed positions of quiet inputs from ageing. Behind the last record that was read may lie what is no record: markers, and what aborted
 * transactions left. The consumer passes over it, but nothing is processed, so nothing would be committed; once retention has deleted it, the committed
 * position would lie before the log's beginning as if records were lost, and nobody could tell by then. So a task that only its positions have moved in
 * takes part in a transaction too: now and then, and when the engine is closed. Confined to the worker's thread.
 */
final class QuietInputs {
    static final Duration EVERY = Duration.ofMinutes(1);

    private long lookedNanos;

    QuietInputs(long nowNanos) {
        this.lookedNanos = nowNanos;
    }

    /** Looks once an interval; only while no commit is under way. */
    void look(Collection<OwnedTask> tasks, Membership membership, Commits commits, long nowNanos) {
        if (nowNanos - lookedNanos >= EVERY.toNanos()) {
            lookedNanos = nowNanos;
            lookNow(tasks, membership, commits);
        }
    }

    /** Lets the next commit hold what has moved. */
    void lookNow(Collection<OwnedTask> tasks, Membership membership, Commits commits) {
        for (OwnedTask task : tasks) {
            if (task.running() && !task.task().touched() && task.hasMoved(membership::position)) {
                task.task().touch();
                commits.opened();
            }
        }
    }
}
