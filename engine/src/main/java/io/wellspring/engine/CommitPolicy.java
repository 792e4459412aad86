package io.wellspring.engine;

import java.time.Duration;

/**
 * When to commit: at the latest each interval; at once when the input is drained, but no sooner than a gap after the last commit. The gap is
 * stretched to what the last commit took, so commits never take more than half of the time of a quiet pipeline. Pure; times are monotonic
 * nanoseconds.
 */
final class CommitPolicy {
    private final long intervalNanos;
    private final long gapNanos;
    private long lastEndNanos;
    private long lastTookNanos;

    CommitPolicy(Duration interval, Duration gap, long nowNanos) {
        this.intervalNanos = interval.toNanos();
        this.gapNanos = gap.toNanos();
        this.lastEndNanos = nowNanos - intervalNanos;
    }

    /**
     * Whether a commit is due.
     *
     * @param openedNanos when the first record of the transaction was processed
     * @param drained whether no record is in hand
     */
    boolean due(long nowNanos, long openedNanos, boolean drained) {
        return nowNanos - openedNanos >= intervalNanos
                || (drained && nowNanos - lastEndNanos >= Math.max(gapNanos, lastTookNanos));
    }

    /** Whether the interval is over, however much input waits. */
    boolean overtime(long nowNanos, long openedNanos) {
        return nowNanos - openedNanos >= intervalNanos;
    }

    void ended(long beganNanos, long endedNanos) {
        lastEndNanos = endedNanos;
        lastTookNanos = endedNanos - beganNanos;
    }
}
