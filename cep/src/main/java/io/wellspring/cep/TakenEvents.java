package io.wellspring.cep;

import java.util.BitSet;

/**
 * The events that the partial matches of one key hold, by position: a circle that grows, oldest first. Not thread-safe.
 */
final class TakenEvents {
    private static final int SMALLEST = 4;
    private static final int KEPT_WHEN_EMPTY = 64;

    private long[] positions = new long[SMALLEST];
    private long[] timesMillis = new long[SMALLEST];
    private Object[] values = new Object[SMALLEST];
    /** By place, what was made of an event for matches that hold it. */
    private Occurrence[] made = new Occurrence[SMALLEST];

    private int first;
    private int size;

    int size() {
        return size;
    }

    /** Adds an event behind the others. */
    void add(long position, long timeMillis, Object value) {
        if (size == values.length) {
            resize(2 * size);
        }
        int at = at(size++);
        positions[at] = position;
        timesMillis[at] = timeMillis;
        values[at] = value;
    }

    /** The event at a position, which is held. */
    Occurrence get(long position) {
        int at = at(indexOf(position));
        if (made[at] == null) {
            made[at] = new Occurrence(position, timesMillis[at], 0, values[at]);
        }
        return made[at];
    }

    /** Drops events at or below the floor; most of the room too when none is left. */
    void dropBelow(long floor) {
        while (size > 0 && positions[first] <= floor) {
            values[first] = null;
            made[first] = null;
            first = at(1);
            size--;
        }
        if (size == 0 && values.length > KEPT_WHEN_EMPTY) {
            shrink();
        }
    }

    /** Keeps only what an arena still names: for keys without a window, whose floor stays where it is. */
    void retain(Arena arena) {
        var named = new BitSet(size);
        for (long number = arena.firstNumber(); number < arena.endNumber(); number++) {
            Segment segment = arena.segmentAt(number);
            for (int offset = 0; offset < segment.used; offset++) {
                int kind = segment.kind(offset);
                if (kind != Segment.UNION) {
                    named.set(indexOf(kind == Segment.FIRST ? segment.max(offset) : segment.other(offset)));
                }
            }
        }
        int kept = 0;
        for (int index = named.nextSetBit(0); index >= 0; index = named.nextSetBit(index + 1)) {
            move(at(index), at(kept++));
        }
        for (int index = kept; index < size; index++) {
            values[at(index)] = null;
            made[at(index)] = null;
        }
        size = kept;
    }

    private void move(int from, int to) {
        positions[to] = positions[from];
        timesMillis[to] = timesMillis[from];
        values[to] = values[from];
        made[to] = made[from];
    }

    private int indexOf(long position) {
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (positions[at(middle)] < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int at(int index) {
        return (first + index) & (values.length - 1);
    }

    private void shrink() {
        first = 0;
        positions = new long[SMALLEST];
        timesMillis = new long[SMALLEST];
        values = new Object[SMALLEST];
        made = new Occurrence[SMALLEST];
    }

    private void resize(int capacity) {
        var widerPositions = new long[capacity];
        var widerTimes = new long[capacity];
        var widerValues = new Object[capacity];
        var widerMade = new Occurrence[capacity];
        for (int index = 0; index < size; index++) {
            int from = at(index);
            widerPositions[index] = positions[from];
            widerTimes[index] = timesMillis[from];
            widerValues[index] = values[from];
            widerMade[index] = made[from];
        }
        positions = widerPositions;
        timesMillis = widerTimes;
        values = widerValues;
        made = widerMade;
        first = 0;
    }
}
