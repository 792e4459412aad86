package io.wellspring.cep;

import java.util.Arrays;

/**
 * The partial matches of one key: an arena and a union list per live state. What lies at or below the floor is dead; dead things are
 * dropped when somebody comes across them, and all of them at once when the last start has left the window.
 *
 * <p>The floor by time comes from the arena itself: FIRST nodes hold their times, and a cursor passes each node once, in the order in which
 * they were made. So nothing is kept beside the arena that grows with the window.
 *
 * <p>A lasting key can be {@link #save saved} as a root, which is a value: what the key does later does not change it, and another key can go on
 * from it. That costs a reference for each live state, as a list is copied when it is changed for the first time after that. Not
 * thread-safe.
 */
final class KeyPartials {
    private static final long NEVER = Long.MAX_VALUE;
    private static final int COPY_FORWARD_FROM_SEGMENTS = 8;

    private final Arena arena;
    private final Horizon horizon;
    private final UnionListPool pool;
    private UnionList[] lists = new UnionList[4];
    private long[] live = new long[1];
    private int liveCount;
    private int generation;
    private long floor = -1;
    private long position = -1;
    private long timeMillis = Long.MIN_VALUE;
    private long newestStart = -1;
    private long newestStartMillis;
    /** When the oldest live start leaves the window. */
    private long expiryMillis = NEVER;

    private long cursorNumber;
    private int cursorOffset;
    private long copyAtSegments = COPY_FORWARD_FROM_SEGMENTS;
    /** What it was saved as, as long as nothing has happened since. */
    private KeyRoot saved;

    private long testedBits;
    private boolean testedKnown;

    KeyPartials(Horizon horizon, SegmentPool segments, UnionListPool pool, boolean lasting) {
        this.horizon = horizon;
        this.pool = pool;
        this.arena = new Arena(segments, lasting);
    }

    /** A lasting key that goes on from a root. */
    KeyPartials(Horizon horizon, SegmentPool segments, UnionListPool pool, KeyRoot root, Determinised determinised) {
        this.horizon = horizon;
        this.pool = pool;
        this.arena = new Arena(segments, root.arena());
        floor = root.floor();
        position = root.position();
        timeMillis = root.timeMillis();
        newestStart = root.newestStart();
        newestStartMillis = root.newestStartMillis();
        expiryMillis = root.expiryMillis();
        cursorNumber = root.cursorNumber();
        cursorOffset = root.cursorOffset();
        generation = determinised.generation();
        for (UnionList list : root.lists()) {
            int state = determinised.number(list.states());
            UnionList copy = pool.take(state, determinised.set(state));
            copy.copyFrom(list);
            copy.renumber(state, determinised.set(state));
            put(copy);
        }
        saved = root;
    }

    Arena arena() {
        return arena;
    }

    long floor() {
        return floor;
    }

    /** The position of the newest event. */
    long position() {
        return position;
    }

    /** The newest time. */
    long timeMillis() {
        return timeMillis;
    }

    long newestStart() {
        return newestStart;
    }

    /** When time alone changes something next: the oldest start leaves the window. Long.MAX_VALUE if never. */
    long expiryMillis() {
        return expiryMillis;
    }

    /** Whether nothing is held: the key can be forgotten if positions may begin anew. */
    boolean isEmpty() {
        return liveCount == 0;
    }

    int liveCount() {
        return liveCount;
    }

    int generation() {
        return generation;
    }

    long[] live() {
        return live;
    }

    /** The list of a state, or null. */
    UnionList list(int state) {
        return state < lists.length ? lists[state] : null;
    }

    /** The list of a state to be changed, or null. */
    UnionList own(int state) {
        UnionList list = list(state);
        if (list != null && list.isShared()) {
            list = ownCopy(list);
            lists[state] = list;
        }
        return list;
    }

    private UnionList ownCopy(UnionList shared) {
        UnionList copy = pool.take(shared.state(), shared.states());
        copy.copyFrom(shared);
        return copy;
    }

    /** Takes the list of a state away, to be changed. */
    UnionList take(int state) {
        UnionList taken = own(state);
        remove(state);
        return taken;
    }

    private UnionList remove(int state) {
        UnionList taken = lists[state];
        lists[state] = null;
        live[state >> 6] &= ~(1L << state);
        liveCount--;
        testedKnown = false;
        return taken;
    }

    /** Puts a list where its state has none. */
    void put(UnionList list) {
        int state = list.state();
        if (state >= lists.length) {
            lists = Arrays.copyOf(lists, Math.max(state + 1, lists.length * 2));
            live = Arrays.copyOf(live, (lists.length + 63) >> 6);
        }
        lists[state] = list;
        live[state >> 6] |= 1L << state;
        liveCount++;
        testedKnown = false;
    }

    /** The predicate bits that the guards of live states and of the beginning look at; the others may be anything. */
    long tested(Determinised determinised) {
        renumber(determinised);
        if (!testedKnown) {
            testedBits = determinised.tested(Determinised.BEGIN);
            for (int state = next(0); state >= 0; state = next(state + 1)) {
                testedBits |= determinised.tested(state);
            }
            testedKnown = true;
        }
        return testedBits;
    }

    /** The first live state from a number on, or -1. */
    int next(int from) {
        for (int word = from >> 6; word < live.length; word++) {
            long bits = word == from >> 6 ? live[word] & (-1L << from) : live[word];
            if (bits != 0) {
                return (word << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return -1;
    }

    /** Asks for the numbers of its sets of states if those it has are void. */
    void renumber(Determinised determinised) {
        if (generation == determinised.generation()) {
            return;
        }
        generation = determinised.generation();
        UnionList[] old = lists;
        lists = new UnionList[old.length];
        live = new long[live.length];
        liveCount = 0;
        for (UnionList list : old) {
            if (list != null) {
                int state = determinised.number(list.states());
                UnionList own = list.isShared() ? ownCopy(list) : list;
                own.renumber(state, determinised.set(state));
                put(own);
            }
        }
    }

    /** Takes note of an event that comes now, and moves the floor. */
    void arrive(long newPosition, long newTimeMillis) {
        if (newPosition <= position) {
            throw new IllegalArgumentException(
                    "position " + newPosition + " does not rise: the key's newest event has position " + position);
        }
        advance(newTimeMillis);
        position = newPosition;
        if (liveCount == 0) {
            clear();
        }
        if (horizon instanceof Horizon.Events window) {
            floor = Math.max(floor, newPosition - window.windowEvents());
            if (newestStart <= floor) {
                clear();
            } else {
                drop();
            }
        } else if (horizon instanceof Horizon.Unbounded) {
            copyForward();
        }
    }

    /** Lets time pass: drops what leaves the window. */
    void advance(long newTimeMillis) {
        saved = null;
        if (newTimeMillis >= expiryMillis && expiryMillis != NEVER) {
            expire(newTimeMillis);
        }
        if (newTimeMillis < timeMillis && horizon instanceof Horizon.Millis) {
            throw new IllegalArgumentException("time " + newTimeMillis + " falls: the key is at " + timeMillis
                    + "; a window by time needs events in the order of their times");
        }
        timeMillis = Math.max(timeMillis, newTimeMillis);
    }

    /** A run begins with the event that arrived. */
    int begin(int mark) {
        newestStart = position;
        newestStartMillis = timeMillis;
        int node = arena.first(position, timeMillis, mark);
        if (expiryMillis == NEVER && horizon instanceof Horizon.Millis window) {
            expiryMillis = plus(timeMillis, window.windowMillis());
        }
        return node;
    }

    private void expire(long nowMillis) {
        long window = ((Horizon.Millis) horizon).windowMillis();
        for (; cursorNumber < arena.endNumber(); cursorNumber++) {
            Segment segment = arena.segmentAt(cursorNumber);
            for (; cursorOffset < segment.used; cursorOffset++) {
                if (segment.kind(cursorOffset) != Segment.FIRST) {
                    continue;
                }
                long leavesMillis = plus(segment.other(cursorOffset), window);
                if (leavesMillis > nowMillis) {
                    expiryMillis = leavesMillis;
                    drop();
                    return;
                }
                floor = segment.max(cursorOffset);
            }
            if (cursorNumber + 1 == arena.endNumber()) {
                break; // the open segment may get more nodes
            }
            cursorOffset = 0;
        }
        clear();
    }

    private void clear() {
        for (int state = next(0); state >= 0; state = next(state + 1)) {
            UnionList list = remove(state);
            if (!list.isShared()) {
                pool.give(list);
            }
        }
        expiryMillis = NEVER;
        drop();
    }

    private void drop() {
        if (liveCount > 0) {
            arena.dropBelow(floor);
        } else if (arena.firstNumber() < arena.endNumber()) {
            arena.clear();
            cursorNumber = arena.endNumber();
            cursorOffset = 0;
        }
    }

    private void copyForward() {
        if (arena.endNumber() - arena.firstNumber() > copyAtSegments) {
            for (int state = next(0); state >= 0; state = next(state + 1)) {
                own(state);
            }
            new ForwardCopy(arena, position).copy(lists);
            long kept = arena.endNumber() - arena.firstNumber();
            copyAtSegments = Math.max(COPY_FORWARD_FROM_SEGMENTS, 2 * kept);
        }
    }

    // Roots.

    /** What the key is now; for lasting keys. */
    KeyRoot save() {
        if (saved == null) {
            saved = new KeyRoot(
                    arena.view(),
                    floor,
                    position,
                    timeMillis,
                    newestStart,
                    newestStartMillis,
                    expiryMillis,
                    cursorNumber,
                    cursorOffset,
                    sharedLists());
        }
        return saved;
    }

    private UnionList[] sharedLists() {
        var shared = new UnionList[liveCount];
        int at = 0;
        for (int state = next(0); state >= 0; state = next(state + 1)) {
            shared[at++] = lists[state].share();
        }
        return shared;
    }

    /** Whether nothing has happened since it was saved as this. */
    @SuppressWarnings("ReferenceEquality") // what it was saved as, not what is like it
    boolean isAt(KeyRoot root) {
        return saved == root;
    }

    private static long plus(long millis, long window) {
        long sum = millis + window;
        return sum < millis ? NEVER : sum;
    }
}
