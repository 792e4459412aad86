package io.wellspring.engine;

import java.time.Duration;

/**
 * For how long due commits wait for the end of a rebalance that their worker takes part in. Between the group's new generation and the moment in which the worker learns it
 * they would be refused, and the tasks recover. A round in which somebody is slow to join, or dead, takes as long as his session; until all have joined the old
 * generation is good, so after a first wait the worker commits on as before.
 */
final class JoinPatience {
    /** For all commits of a round together. */
    static final Duration BOUND = Duration.ofSeconds(1);

    private boolean waited;
    private long sinceNanos;

    /**
     * Looks at a turn.
     *
     * @param joining whether the worker has asked to join and was not told of its assignment yet
     * @param due whether a commit is due but for this
     * @return whether it waits
     */
    boolean holds(boolean joining, boolean due, long nowNanos) {
        if (!joining) {
            waited = false;
            return false;
        }
        if (due && !waited) {
            waited = true;
            sinceNanos = nowNanos;
        }
        return waited && nowNanos - sinceNanos < BOUND.toNanos();
    }
}
