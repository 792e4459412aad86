package io.wellspring.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Tasks that are to be tried again, each after a delay that doubles with every failure in a row. Confined to the worker's thread. */
final class Delayed {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final LongSupplier nanos;
    private final Map<TaskId, Long> dueNanos = new TreeMap<>();
    private final Map<TaskId, Integer> failures = new TreeMap<>();

    Delayed(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Notes a failure of a task; returns after how many milliseconds it is due. */
    long add(TaskId task) {
        int failed = failures.merge(task, 1, Integer::sum);
        long millis = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(failed - 1, 10));
        dueNanos.put(task, nanos.getAsLong() + millis * 1_000_000);
        return millis;
    }

    /** Takes out the tasks whose time has come. */
    List<TaskId> due() {
        if (dueNanos.isEmpty()) {
            return List.of();
        }
        long now = nanos.getAsLong();
        List<TaskId> due = new ArrayList<>();
        dueNanos.forEach((task, at) -> {
            if (now - at >= 0) {
                due.add(task);
            }
        });
        due.forEach(dueNanos::remove);
        return due;
    }

    /** Does not try a task again; its failures still count, should it be added once more. */
    void cancel(TaskId task) {
        dueNanos.remove(task);
    }

    /** Forgets a task's failures: it runs. */
    void forget(TaskId task) {
        dueNanos.remove(task);
        failures.remove(task);
    }
}
