package io.wellspring.engine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * The timers of a task in the order in which they fire: by due time, ties by the order of the stages, then the bytes of the key, then the
 * name. It holds what the open transaction sees; an abort drops it with the task.
 */
final class TimerQueue {
    private final TreeSet<Due> byEventTime = new TreeSet<>();
    private final TreeSet<Due> byProcessingTime = new TreeSet<>();

    /**
     * A timer that is set.
     *
     * @param stage whose timer it is
     * @param keyBytes the encoded key
     */
    record Due(StageRuntime stage, Object key, byte[] keyBytes, Timers.Timer timer) implements Comparable<Due> {
        private static final Comparator<Due> ORDER = Comparator.<Due>comparingLong(due -> due.timer.dueMillis())
                .thenComparingInt(due -> due.stage.index())
                .thenComparing(due -> due.keyBytes, Arrays::compareUnsigned)
                .thenComparing(due -> due.timer.name());

        @Override
        public int compareTo(Due other) {
            return ORDER.compare(this, other);
        }

        @Override
        public String toString() {
            return "timer '" + timer.name() + "' of key " + ShownKey.of(key) + " in stage " + stage.name();
        }
    }

    void add(Due due) {
        (due.timer().processingTime() ? byProcessingTime : byEventTime).add(due);
    }

    void remove(Due due) {
        (due.timer().processingTime() ? byProcessingTime : byEventTime).remove(due);
    }

    /**
     * The timer that fires next, if one is due; event time goes first.
     *
     * @param now gives the time on the task's clock, and is asked only where a timer waits for it
     * @return null where none is due: this is asked before each record
     */
    Due due(long watermarkMillis, LongSupplier now) {
        if (!byEventTime.isEmpty() && byEventTime.first().timer().dueMillis() <= watermarkMillis) {
            return byEventTime.first();
        }
        if (!byProcessingTime.isEmpty() && byProcessingTime.first().timer().dueMillis() <= now.getAsLong()) {
            return byProcessingTime.first();
        }
        return null;
    }
}
