package io.wellspring.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How far event time has come in a task: the smallest, over its inputs, of the largest event time seen less the input's allowed lateness.
 * It never goes back.
 *
 * <p>An input that has nothing to read, and has had nothing for a while, does not hold the others back; when it wakes, what it brings may be
 * late. Where all inputs rest, the furthest of them counts. A single input never waits for another one, so it is never called idle.
 */
final class Watermark {
    private final long[] latenessMillis;
    private final long[] seenMillis;
    private final long[] lastMillis;
    private final boolean[] idle;
    private final long idleAfterMillis;
    private long millis;

    Watermark(List<TaskGroup.Input> inputs, Duration idleAfter, long nowMillis) {
        this.latenessMillis = inputs.stream()
                .mapToLong(input -> input.options().lateness().toMillis())
                .toArray();
        this.seenMillis = new long[inputs.size()];
        this.lastMillis = new long[inputs.size()];
        this.idle = new boolean[inputs.size()];
        this.idleAfterMillis = idleAfter.toMillis();
        start(Long.MIN_VALUE, nowMillis);
    }

    long millis() {
        return millis;
    }

    /** Goes on where the committed position stands; no input is idle yet. */
    void start(long committedMillis, long nowMillis) {
        millis = committedMillis;
        Arrays.fill(lastMillis, nowMillis);
        Arrays.fill(idle, false);
        for (int i = 0; i < seenMillis.length; i++) {
            // The input has come at least this far; had it come further, its next record will say so.
            seenMillis[i] = committedMillis == Long.MIN_VALUE ? Long.MIN_VALUE : committedMillis + latenessMillis[i];
        }
    }

    /** Takes in the event time of a record of an input. */
    void saw(int input, long timeMillis) {
        if (timeMillis > seenMillis[input]) {
            seenMillis[input] = timeMillis;
            recompute();
        }
    }

    /**
     * Looks whether an input rests.
     *
     * @param nothingToRead whether no record is in hand and the broker is known to have none
     * @param nowMillis the time on the task's clock
     */
    void look(int input, boolean nothingToRead, long nowMillis) {
        if (!nothingToRead) {
            lastMillis[input] = nowMillis;
            idle[input] = false;
        } else if (!idle[input] && nowMillis - lastMillis[input] >= idleAfterMillis) {
            idle[input] = true;
            recompute();
        }
    }

    private void recompute() {
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        boolean allIdle = true;
        for (int i = 0; i < seenMillis.length; i++) {
            long reached = seenMillis[i] == Long.MIN_VALUE ? Long.MIN_VALUE : seenMillis[i] - latenessMillis[i];
            most = Math.max(most, reached);
            if (!idle[i]) {
                allIdle = false;
                least = Math.min(least, reached);
            }
        }
        millis = Math.max(millis, allIdle ? most : least);
    }
}
