package io.wellspring.engine;

import java.time.Duration;

/** How many rebuilds a worker may need in a stretch of time before it gives up instead of going round for ever. */
final class Faults {
    private final int most;
    private final long windowNanos;
    private final long[] times;
    private int count;

    Faults(int most, Duration window) {
        this.most = most;
        this.windowNanos = window.toNanos();
        this.times = new long[most];
    }

    /** Counts a fault, and says whether that is one too many. */
    boolean tooMany(long nowNanos) {
        int slot = count % most;
        boolean full = count >= most && nowNanos - times[slot] < windowNanos;
        times[slot] = nowNanos;
        count++;
        return full;
    }
}
