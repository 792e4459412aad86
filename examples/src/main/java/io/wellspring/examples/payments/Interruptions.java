package io.wellspring.examples.payments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The spans in which not every task ran somewhere, as told by the engines. */
final class Interruptions {
    private final int tasks;
    private final List<Long> millis = new ArrayList<>();
    private long beganNanos;
    private boolean whole;

    /**
     * Begins with nothing running, which is no interruption.
     *
     * @param tasks how many there are
     */
    Interruptions(int tasks) {
        this.tasks = tasks;
    }

    /** Takes in how many tasks run; gives the length of the interruption that has just ended, or zero. */
    Duration look(int running, long nowNanos) {
        boolean wasWhole = whole;
        whole = running >= tasks;
        if (wasWhole && !whole) {
            beganNanos = nowNanos;
        }
        if (whole && !wasWhole && beganNanos != 0) {
            long took = TimeUnit.NANOSECONDS.toMillis(nowNanos - beganNanos);
            millis.add(took);
            return Duration.ofMillis(took);
        }
        return Duration.ZERO;
    }

    /** For how long not every task has run now; zero while all do, and before they did for the first time. */
    Duration lasting(long nowNanos) {
        return whole || beganNanos == 0 ? Duration.ZERO : Duration.ofNanos(nowNanos - beganNanos);
    }

    boolean whole() {
        return whole;
    }

    int count() {
        return millis.size();
    }

    Duration total() {
        return Duration.ofMillis(millis.stream().mapToLong(Long::longValue).sum());
    }

    /** The length that so many of a hundred do not exceed; zero if there was none. */
    Duration percentile(int percent) {
        if (millis.isEmpty()) {
            return Duration.ZERO;
        }
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        return Duration.ofMillis(sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100)));
    }
}
