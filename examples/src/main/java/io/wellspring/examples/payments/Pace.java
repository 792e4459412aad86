package io.wellspring.examples.payments;

import java.time.Duration;

/** Slows down small inputs, which would be through before a kill could come. */
final class Pace {
    /** How long the work before a kill, and behind the last one, should last at least, were it done by one thread. */
    private static final Duration LEAST_WORK = Duration.ofMillis(1_500);

    /** Shorter rests than this are not kept by operating systems; an input this dense lasts long enough by itself. */
    private static final long LEAST_REST_NANOS = 50_000;

    /** What the pipeline may work off in so few transactions that a kill can hardly come between them. */
    private static final long FEW_RECORDS = 5_000;

    private Pace() {}

    /** Whether a kill has to come inside a transaction, when nothing is committed yet. */
    static boolean killsInsideTransactions(long records) {
        return records < FEW_RECORDS;
    }

    /** How long to rest at each record; zero for full speed. */
    static long nanosPerRecord(long records, int kills) {
        if (kills == 0) {
            return 0;
        }
        long rest = LEAST_WORK.toNanos() * (kills + 1) / records;
        return rest < LEAST_REST_NANOS ? 0 : rest;
    }
}
