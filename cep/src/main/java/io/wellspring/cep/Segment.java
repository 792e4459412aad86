package io.wellspring.cep;

/**
 * A run of nodes, three words each, side by side so that reading one costs one cache line:
 *
 * <pre>
 *   word 0   max &lt;&lt; 2 | kind
 *   word 1   FIRST: time in ms    OUTPUT: event position    UNION: max of the right child
 *   word 2   FIRST: 0 | mark      OUTPUT: child | mark      UNION: left | right     (32 bits each)
 * </pre>
 *
 * For a FIRST node max is the event's position too. A segment is immutable once the next one is begun (sealed); until then it is only added to.
 * Where events are kept it also holds those whose first node it has, in order.
 */
final class Segment {
    static final int FIRST = 0;
    static final int OUTPUT = 1;
    static final int UNION = 2;
    static final int WORDS = 3;

    final long[] words;
    int used;
    /** Where the newest node was made: nothing in here is younger. */
    long lastPosition;

    int eventCount;
    /** Null before the first; it never grows, as each event has a node. */
    private Occurrence[] events;

    Segment(int capacity) {
        words = new long[capacity * WORDS];
    }

    int capacity() {
        return words.length / WORDS;
    }

    int kind(int offset) {
        return (int) words[offset * WORDS] & 3;
    }

    long max(int offset) {
        return words[offset * WORDS] >> 2;
    }

    /** Time, event position or the right child's max, as the kind has it. */
    long other(int offset) {
        return words[offset * WORDS + 1];
    }

    /** The left child of a union, the child of an output. */
    int left(int offset) {
        return (int) (words[offset * WORDS + 2] >>> 32);
    }

    /** The right child of a union, the mark of the others. */
    int right(int offset) {
        return (int) words[offset * WORDS + 2];
    }

    int append(int kind, long max, long other, int left, int right) {
        int at = used * WORDS;
        words[at] = max << 2 | kind;
        words[at + 1] = other;
        words[at + 2] = (long) left << 32 | (right & 0xFFFFFFFFL);
        return used++;
    }

    Occurrence event(int index) {
        return events[index];
    }

    void add(Occurrence event) {
        if (events == null) {
            events = new Occurrence[capacity()];
        }
        events[eventCount++] = event;
    }

    /** The event at a position, or null. */
    Occurrence eventAt(long position) {
        int low = 0;
        int high = eventCount - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = events[middle].position();
            if (found == position) {
                return events[middle];
            }
            if (found < position) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }

    /** As it was when it held less: another one, which can be added to. */
    Segment copy(int usedThen, int eventsThen, long lastPositionThen) {
        var copy = new Segment(capacity());
        System.arraycopy(words, 0, copy.words, 0, usedThen * WORDS);
        copy.used = usedThen;
        copy.lastPosition = lastPositionThen;
        for (int index = 0; index < eventsThen; index++) {
            copy.add(events[index]);
        }
        return copy;
    }
}
