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
 * For a FIRST node max is the event's position too. A segment is immutable once the next one is begun (sealed), but for being cut.
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
}
