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
 *
 * <p>A <em>lasting</em> arena is only ever added to: segments that are dropped are not used again, and where another one would take the place of
 * one in the circle there is a new circle. So a {@link View} stays good for ever, also for another thread, and another arena can go on from it.
 */
final class Arena {
    private static final int OFFSET_BITS = 10;
    private static final int OFFSETS = (1 << OFFSET_BITS) - 1;
    private static final int NUMBERS = (1 << (32 - OFFSET_BITS)) - 1;
    private static final int MAX_SEGMENTS = 1 << 21;
    private static final int KEPT_WHEN_EMPTY = 8;
    private static final Segment[] NONE = {};

    private final SegmentPool pool;
    private final boolean lasting;
    private Segment[] circle = NONE;
    private long firstNumber;
    /** One above the open segment's number. */
    private long endNumber;

    private Segment open;

    Arena(SegmentPool pool, boolean lasting) {
        this.pool = pool;
        this.lasting = lasting;
    }

    /** A lasting arena that goes on from a view, at the cost of a copy of its open segment. */
    Arena(SegmentPool pool, View view) {
        this(pool, true);
        firstNumber = view.firstNumber;
        endNumber = view.endNumber;
        if (firstNumber < endNumber) {
            circle = view.circle;
            renew();
            open = view.segmentAt(endNumber - 1).copy(view.used, view.eventCount, view.lastPosition);
            circle[(int) (endNumber - 1) & (circle.length - 1)] = open;
        }
    }

    /**
     * What a lasting arena held at a moment.
     *
     * @param endNumber one above the number of the segment that was open
     * @param used nodes in that segment
     * @param eventCount events in it
     * @param lastPosition where the newest of its nodes was made
     */
    record View(Segment[] circle, long firstNumber, long endNumber, int used, int eventCount, long lastPosition) {
        Segment segmentAt(long number) {
            return circle[(int) number & (circle.length - 1)];
        }

        /** How many of a segment's nodes there were. */
        int usedOf(long number) {
            return number == endNumber - 1 ? used : segmentAt(number).used;
        }

        int eventsOf(long number) {
            return number == endNumber - 1 ? eventCount : segmentAt(number).eventCount;
        }

        long lastPositionOf(long number) {
            return number == endNumber - 1 ? lastPosition : segmentAt(number).lastPosition;
        }
    }

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

    // Events, where they are kept.

    /** Keeps the event of the newest nodes. */
    void add(Occurrence event) {
        long number = endNumber - 1;
        while (number > firstNumber && segmentAt(number - 1).lastPosition >= event.position()) {
            number--;
        }
        segmentAt(number).add(event);
    }

    /** The event at a position above the floor that a node names. */
    Occurrence event(long position) {
        long low = firstNumber;
        long high = endNumber - 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (segmentAt(middle).lastPosition < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return segmentAt(low).eventAt(position);
    }

    // Dropping.

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
        if (lasting || circle.length > KEPT_WHEN_EMPTY) {
            circle = NONE;
        }
    }

    /** All that is in it now. */
    View view() {
        return open == null
                ? new View(circle, endNumber, endNumber, 0, 0, 0)
                : new View(circle, firstNumber, endNumber, open.used, open.eventCount, open.lastPosition);
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
        if (endNumber - firstNumber >= circle.length || (lasting && segmentAt(endNumber) != null)) {
            renew();
        }
        circle[(int) endNumber & (circle.length - 1)] = segment;
        endNumber++;
        open = segment;
    }

    /** A circle for segments of these numbers, with room for as many again. */
    static Segment[] circle(long firstNumber, long endNumber) {
        long live = endNumber - firstNumber;
        if (live < 0 || live >= MAX_SEGMENTS) {
            throw new IllegalArgumentException("The partial matches of one key need " + live
                    + " segments, and there are at most " + MAX_SEGMENTS + ": give the pattern a window");
        }
        return new Segment[live < 2 ? 2 : 2 * Integer.highestOneBit(2 * (int) live - 1)];
    }

    private void renew() {
        Segment[] wider = circle(firstNumber, endNumber);
        for (long number = firstNumber; number < endNumber; number++) {
            wider[(int) number & (wider.length - 1)] = segmentAt(number);
        }
        circle = wider;
    }

    private void dropFirst() {
        if (!lasting) {
            pool.give(remove(firstNumber));
        }
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
