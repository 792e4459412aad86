package io.wellspring.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much heap the tables of all workers take, by estimate. Workers report what theirs take; each looks at the sums. Thread-safe.
 */
final class TableBudget {
    private static final TableBudget OF_PROCESS = new TableBudget();

    private final AtomicLong changed = new AtomicLong();
    private final AtomicLong clean = new AtomicLong();

    /** That of all engines in this process; one that is stepped by a test has its own. */
    static TableBudget ofProcess() {
        return OF_PROCESS;
    }

    /** What the stores do not hold yet. */
    long changedBytes() {
        return changed.get();
    }

    /** What they hold too. */
    long cleanBytes() {
        return clean.get();
    }

    Share share() {
        return new Share();
    }

    /** The part of one worker, for its thread. */
    final class Share {
        private long ownChanged;
        private long ownClean;

        void report(long changedBytes, long cleanBytes) {
            changed.addAndGet(changedBytes - ownChanged);
            clean.addAndGet(cleanBytes - ownClean);
            ownChanged = changedBytes;
            ownClean = cleanBytes;
        }

        TableBudget budget() {
            return TableBudget.this;
        }

        long changedBytes() {
            return ownChanged;
        }
    }
}
