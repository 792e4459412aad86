package io.wellspring.cep;

/**
 * The partial matches of one key as a persistent graph: the timed enumerable compact set (tECS) of Bucchi, Grez, Quintana, Riveros and
 * Vansummeren, "CORE: a Complex Event Recognition Engine", VLDB 2022 (arXiv 2111.04635).
 *
 * <p>A node stands for a set of partial matches. FIRST is the one that begins with an event; OUTPUT is what its child stands for, each
 * with one more event; UNION is what both children stand for, which have nothing in common. (The paper's bottom node and the output above
 * it are one here: a run begins with the event it takes.) {@code max} is the youngest start beneath a node; a start at or below the floor
 * is dead. Invariants:
 *
 * <ul>
 *   <li>children are older than parents, so ids rise along every path upwards;
 *   <li>time-ordered: the left child's max is the union's own and at least the right one's, which the union keeps beside it. So a live
 *       node has a live left child, and a dead right child is recognised without being read: it may be gone;
 *   <li>at most three left pointers lead from a node to one that is no union;
 *   <li>a node is safe if it is no union, or if its left child is none and its right child has at most two unions along its left
 *       pointers. Two safe nodes of equal max unite into a safe one ({@link #unite}).
 * </ul>
 *
 * <p>Memory: an id is a segment's number (22 bits, in a circle) and an offset. A node's max is at most the position it was made at, so a
 * sealed segment whose last node was made at or below the floor is dead as a whole: no counting of references, no objects per node. Not
 * thread-safe.
 */
final class Arena {
    private static final int OFFSET_BITS = 10;
    private static final int OFFSETS = (1 << OFFSET_BITS) - 1;
    private static final int NUMBERS = (1 << (32 - OFFSET_BITS)) - 1;
    private static final int MAX_SEGMENTS = 1 << 21;
    private static final int KEPT_WHEN_EMPTY = 8;
    private static final Segment[] NONE = {};

    private final SegmentPool pool;
    private Segment[] circle = NONE;
    private long firstNumber;
    /** One above the open segment's number. */
    private long endNumber;

    private Segment open;

    Arena(SegmentPool pool) {
        this.pool = pool;
    }

    /**
     * How far an arena is filled.
     *
     * @param endNumber one above the number of the open segment
     * @param used nodes in the open segment
     * @param lastPosition where the newest of them was made
     */
    record Mark(long endNumber, int used, long lastPosition) {}

    int first(long position, long timeMillis, int mark) {
        return append(position, Segment.FIRST, position, timeMillis, 0, mark);
    }

    int output(long position, int mark, int child, long childMax) {
        return append(position, Segment.OUTPUT, childMax, position, child, mark);
    }

    /** The left side is the younger one. */
    int union(long position, int left, long leftMax, int right, long rightMax) {
        return append(position, Segment.UNION, leftMax, rightMax, left, right);
    }

    /**
     * Unites two safe nodes of equal max that have nothing in common into a safe one, with at most three new nodes:
     *
     * <pre>
     *   a = (l1, r1)  b = (l2, r2)      (l1, (l2, (r, r')))   r is the one of r1 and r2 with the larger max of its own
     * </pre>
     *
     * Right children below the floor are left out.
     */
    int unite(long position, int a, int b, long max, long floor) {
        int aSide = withoutDeadRight(a, floor);
        int bSide = withoutDeadRight(b, floor);
        if (kind(aSide) != Segment.UNION) {
            return union(position, aSide, max, bSide, max);
        }
        if (kind(bSide) != Segment.UNION) {
            return union(position, bSide, max, aSide, max);
        }
        long aRightMax = other(aSide);
        long bRightMax = other(bSide);
        int rights = aRightMax >= bRightMax
                ? union(position, right(aSide), aRightMax, right(bSide), bRightMax)
                : union(position, right(bSide), bRightMax, right(aSide), aRightMax);
        int behind = union(position, left(bSide), max, rights, Math.max(aRightMax, bRightMax));
        return union(position, left(aSide), max, behind, max);
    }

    private int withoutDeadRight(int safe, long floor) {
        return kind(safe) == Segment.UNION && other(safe) <= floor ? left(safe) : safe;
    }

    int kind(int id) {
        return segmentOf(id).kind(id & OFFSETS);
    }

    long max(int id) {
        return segmentOf(id).max(id & OFFSETS);
    }

    long other(int id) {
        return segmentOf(id).other(id & OFFSETS);
    }

    int left(int id) {
        return segmentOf(id).left(id & OFFSETS);
    }

    int right(int id) {
        return segmentOf(id).right(id & OFFSETS);
    }

    // Segments by number, for those who go through all nodes and for snapshots.

    long firstNumber() {
        return firstNumber;
    }

    long endNumber() {
        return endNumber;
    }

    Segment segmentAt(long number) {
        return circle[(int) number & (circle.length - 1)];
    }

    long numberOf(int id) {
        return firstNumber + (((id >>> OFFSET_BITS) - (int) firstNumber) & NUMBERS);
    }

    static int offsetOf(int id) {
        return id & OFFSETS;
    }

    static int id(long number, int offset) {
        return (int) number << OFFSET_BITS | offset;
    }

    /** The position at which the newest node was made, or -1 if the arena is empty. */
    long newestPosition() {
        return firstNumber == endNumber ? -1 : segmentAt(endNumber - 1).lastPosition;
    }

    long nodeCount() {
        long count = 0;
        for (long number = firstNumber; number < endNumber; number++) {
            count += segmentAt(number).used;
        }
        return count;
    }

    // Dropping and cutting.

    /** Drops sealed segments from the old end that hold nothing younger than the floor. */
    void dropBelow(long floor) {
        while (firstNumber + 1 < endNumber && segmentAt(firstNumber).lastPosition <= floor) {
            dropFirst();
        }
    }

    /** Drops all segments below a number, the open one included where the number is the end. */
    void dropBefore(long number) {
        while (firstNumber < Math.min(number, endNumber)) {
            dropFirst();
        }
    }

    /** Drops everything; numbers go on rising. */
    void clear() {
        dropBefore(endNumber);
        if (circle.length > KEPT_WHEN_EMPTY) {
            circle = NONE;
        }
    }

    Mark mark() {
        return open == null ? new Mark(endNumber, 0, 0) : new Mark(endNumber, open.used, open.lastPosition);
    }

    /** Takes back what was appended since a mark. What has been dropped since then does not come back. */
    void cut(Mark mark) {
        while (endNumber > Math.max(mark.endNumber, firstNumber)) {
            endNumber--;
            pool.give(remove(endNumber));
        }
        endNumber = mark.endNumber;
        firstNumber = Math.min(firstNumber, endNumber);
        open = firstNumber < endNumber ? segmentAt(endNumber - 1) : null;
        if (open != null) {
            open.used = mark.used;
            open.lastPosition = mark.lastPosition;
        }
    }

    /** Puts a segment behind the others, as a snapshot had it. */
    void restore(Segment segment) {
        place(segment);
    }

    /** Numbers go on from here; the arena is empty. */
    void beginAt(long number) {
        firstNumber = number;
        endNumber = number;
    }

    private Segment segmentOf(int id) {
        return circle[(id >>> OFFSET_BITS) & (circle.length - 1)];
    }

    /** Ends the open segment, so that the next node begins another: for copying forward, which drops all segments before that. */
    void seal() {
        open = null;
    }

    int append(long position, int kind, long max, long other, int left, int right) {
        Segment to = open;
        if (to == null || to.used == to.capacity()) {
            to = begin();
        }
        to.lastPosition = position;
        return id(endNumber - 1, to.append(kind, max, other, left, right));
    }

    private Segment begin() {
        int capacity = firstNumber == endNumber
                ? SegmentPool.SMALLEST
                : Math.min(segmentAt(endNumber - 1).capacity() * 2, SegmentPool.LARGEST);
        place(pool.take(capacity));
        return open;
    }

    private void place(Segment segment) {
        if (endNumber - firstNumber >= circle.length) {
            widen();
        }
        circle[(int) endNumber & (circle.length - 1)] = segment;
        endNumber++;
        open = segment;
    }

    private void widen() {
        if (circle.length >= MAX_SEGMENTS) {
            throw new IllegalStateException("The partial matches of one key need more than " + MAX_SEGMENTS
                    + " segments: give the pattern a window");
        }
        var wider = new Segment[Math.max(2, circle.length * 2)];
        for (long number = firstNumber; number < endNumber; number++) {
            wider[(int) number & (wider.length - 1)] = segmentAt(number);
        }
        circle = wider;
    }

    private void dropFirst() {
        pool.give(remove(firstNumber));
        firstNumber++;
        if (firstNumber == endNumber) {
            open = null;
        }
    }

    private Segment remove(long number) {
        int at = (int) number & (circle.length - 1);
        Segment removed = circle[at];
        circle[at] = null;
        return removed;
    }
}
