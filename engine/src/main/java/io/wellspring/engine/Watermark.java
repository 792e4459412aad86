package io.wellspring.engine;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How far event time has come in a task: the smallest, over its inputs, of the largest event time seen less the input's allowed lateness.
 * It never goes back.
 *
 * <p>An input that has nothing to read, and has had nothing for a while, does not hold the others back; when it wakes, what it brings may be
 * late. Where all inputs rest, the furthest of them counts, and where records wait for their turn, nothing is taken off it: what waits shall not
 * wait for ever.
 *
 * <p>Idleness is time in which the input could have been read. A process that stood still, or a worker that waited for its cluster, knows at its first look
 * only what it knew before: what came meanwhile has not been fetched yet. So of the time between two looks no more than half the bound counts, and
 * at least as much has to be seen to pass after it.
 */
final class Watermark {
    private final long[] latenessMillis;
    private final long[] seenMillis;
    private final long[] lookedMillis;
    private final long[] emptyMillis;
    private final boolean[] idle;
    private final long idleAfterMillis;
    private final boolean recordsWait;
    private long millis;

    /** Over the inputs of a task; {@code recordsWait} where it processes them in the order of their event time. */
    Watermark(List<TaskGroup.Input> inputs, Duration idleAfter, boolean recordsWait, long nowMillis) {
        this.recordsWait = recordsWait;
        this.latenessMillis = inputs.stream()
                .mapToLong(input -> input.options().lateness().toMillis())
                .toArray();
        this.seenMillis = new long[inputs.size()];
        this.lookedMillis = new long[inputs.size()];
        this.emptyMillis = new long[inputs.size()];
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
        Arrays.fill(lookedMillis, nowMillis);
        Arrays.fill(emptyMillis, 0);
        Arrays.fill(idle, false);
        for (int i = 0; i < seenMillis.length; i++) {
            // The input has come at least this far; had it come further, its next record will say so. Where records
            // wait, those that brought it
            // there may wait still, and are read again.
            seenMillis[i] = committedMillis == Long.MIN_VALUE || recordsWait
                    ? committedMillis
                    : committedMillis + latenessMillis[i];
        }
    }

    /** Takes in the event time of a record of an input. */
    void saw(int input, long timeMillis) {
        if (timeMillis > seenMillis[input]) {
            seenMillis[input] = timeMillis;
            recompute();
        }
    }

    /** How far one input alone would let the watermark come; {@link Long#MAX_VALUE} while it is idle. */
    long reachedMillis(int input) {
        return idle[input] ? Long.MAX_VALUE : reached(input);
    }

    private long reached(int input) {
        return seenMillis[input] == Long.MIN_VALUE ? Long.MIN_VALUE : seenMillis[input] - latenessMillis[input];
    }

    /** Lets the watermark come to a time that the inputs have not brought it to. */
    void force(long timeMillis) {
        millis = Math.max(millis, timeMillis);
    }

    /**
     * Looks whether an input rests.
     *
     * @param nothingToRead whether no record is in hand and the broker is known to have none
     * @param nowMillis the time on the task's clock
     */
    void look(int input, boolean nothingToRead, long nowMillis) {
        long sinceMillis = nowMillis - lookedMillis[input];
        lookedMillis[input] = nowMillis;
        if (!nothingToRead) {
            emptyMillis[input] = 0;
            idle[input] = false;
            return;
        }
        emptyMillis[input] += Math.max(0, Math.min(sinceMillis, idleAfterMillis / 2));
        if (!idle[input] && emptyMillis[input] >= idleAfterMillis) {
            idle[input] = true;
            recompute();
        }
    }

    private void recompute() {
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        boolean allIdle = true;
        for (int i = 0; i < seenMillis.length; i++) {
            long reached = reached(i);
            most = Math.max(most, recordsWait ? seenMillis[i] : reached);
            if (!idle[i]) {
                allIdle = false;
                least = Math.min(least, reached);
            }
        }
        millis = Math.max(millis, allIdle ? most : least);
    }
}
