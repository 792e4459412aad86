package io.wellspring.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a worker's tasks wait for answers that are worth having and can be done without: each of them for as long as the bound; while the worker
 * lets go of tasks, and once it ends, all of them together. Otherwise a thousand tasks would wait one after the other for a cluster that is away. Any
 * thread may ask; one changes it.
 */
final class Patience {
    /** A snapshot must not wait for long. */
    private static final Duration BOUND = Duration.ofSeconds(2);

    private final LongSupplier nanos;

    /** Null while each waits for itself. */
    private volatile Long endNanos;

    private boolean ended;

    Patience(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How long to wait now; nothing, or less, where there is no time left. */
    Duration left() {
        Long end = endNanos;
        return end == null ? BOUND : Duration.ofNanos(end - nanos.getAsLong());
    }

    /** The worker ends: from the first call on, the time runs for all. */
    void end() {
        ended = true;
        begin();
    }

    /** Lets the time run for all while something is done, also within such a stretch. */
    void during(Runnable what) {
        boolean outermost = endNanos == null;
        begin();
        try {
            what.run();
        } finally {
            if (outermost && !ended) {
                endNanos = null;
            }
        }
    }

    private void begin() {
        if (endNanos == null) {
            endNanos = nanos.getAsLong() + BOUND.toNanos();
        }
    }
}
