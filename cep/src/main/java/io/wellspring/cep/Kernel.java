package io.wellspring.cep;

import java.util.Arrays;

/**
 * Evaluates a {@link MarkedAutomaton} at a cost per event that depends neither on the window nor on how many partial matches are alive:
 * the algorithm of CORE (arXiv 2111.04635), changed in three things. Only states that an event moves are visited: the others keep
 * their list where it is. Lists are not visited by age: where two meet, the younger one takes the other one in. Final states out of which
 * nothing leads hold no list.
 *
 * <p>Per event: the visited states' lists are taken out. A taking successor gets one new output node over the whole list, which is merged
 * into one node for it; the passing successor gets the list itself. Then runs begin. An event that moves nothing allocates nothing; other
 * events allocate only while tables and pools grow.
 *
 * <p>One kernel serves all keys of a task: keys share what is determinised, segments and lists. Not thread-safe.
 */
final class Kernel {
    private static final int MAX_LIVE_STATES = 1 << 14;
    private static final int SEGMENTS_KEPT = 64;

    private final Determinised determinised;
    private final Horizon horizon;
    private final SegmentPool segments = new SegmentPool(SEGMENTS_KEPT);
    private final UnionListPool lists = new UnionListPool();
    private final Completed completed = new Completed();
    private UnionList[] visited = new UnionList[16];
    private int[] successors = new int[16];

    Kernel(MarkedAutomaton automaton, Horizon horizon) {
        this(automaton, horizon, Determinised.Bounds.USUAL);
    }

    Kernel(MarkedAutomaton automaton, Horizon horizon, Determinised.Bounds bounds) {
        this.determinised = new Determinised(automaton, bounds);
        this.horizon = horizon;
    }

    KeyPartials newKey() {
        return new KeyPartials(horizon, segments, lists, false);
    }

    /** A key that can be saved. */
    KeyPartials newLastingKey() {
        return new KeyPartials(horizon, segments, lists, true);
    }

    /** A lasting key that goes on from a root, which may be of another kernel for the same automaton. */
    KeyPartials open(KeyRoot root) {
        return new KeyPartials(horizon, segments, lists, root, determinised);
    }

    /** The predicate bits that matter to a key's next event; those outside may be anything, so their predicates need not be asked. */
    long tested(KeyPartials key) {
        return key.tested(determinised);
    }

    /**
     * Takes in an event.
     *
     * @param bits which predicates hold, at least those that are {@link #tested}
     * @param position of the event in its key, not negative, rising
     * @param timeMillis its time, not falling where the window is one of time
     * @return whether it changed anything but time: if not, a replay may leave it out
     */
    boolean step(KeyPartials key, long bits, long position, long timeMillis) {
        completed.reset(key.arena());
        determinised.makeRoom(key.liveCount());
        key.renumber(determinised);
        key.arrive(position, timeMillis);
        completed.floor(key.floor());
        int symbol = determinised.symbol(bits);
        int count = takeVisited(key, symbol);
        boolean changed = false;
        for (int i = 0; i < count; i++) {
            changed |= move(key, visited[i], successors[i]);
            visited[i] = null;
        }
        return begin(key, symbol) || changed;
    }

    /** What the last event completed. */
    Completed completed() {
        return completed;
    }

    /**
     * Whether an event would change anything but time; it is not taken in.
     *
     * @param bits as for {@link #step}
     */
    boolean reacts(KeyPartials key, long bits) {
        determinised.makeRoom(key.liveCount());
        key.renumber(determinised);
        int symbol = determinised.symbol(bits);
        if (determinised.pool(determinised.successors(Determinised.BEGIN, symbol)) > 0) {
            return true;
        }
        for (int state = key.next(0); state >= 0; state = key.next(state + 1)) {
            determinised.successors(state, symbol);
            if ((determinised.inert(symbol)[state >> 6] & 1L << state) == 0) {
                return true;
            }
        }
        return horizon instanceof Horizon.Events && !key.isEmpty();
    }

    SegmentPool segments() {
        return segments;
    }

    private int takeVisited(KeyPartials key, int symbol) {
        int count = 0;
        int words = Math.min(key.live().length, determinised.inert(symbol).length); // numbers end with the shorter one
        for (int word = 0; word < words; word++) {
            long reacting = key.live()[word] & ~determinised.inert(symbol)[word];
            for (; reacting != 0; reacting &= reacting - 1) {
                int state = (word << 6) + Long.numberOfTrailingZeros(reacting);
                int at = determinised.successors(state, symbol);
                if ((determinised.inert(symbol)[word] & 1L << state) != 0) {
                    continue; // asked for the first time
                }
                if (count == visited.length) {
                    visited = Arrays.copyOf(visited, count * 2);
                    successors = Arrays.copyOf(successors, count * 2);
                }
                visited[count] = key.take(state);
                successors[count++] = at;
            }
        }
        return count;
    }

    /** Moves the runs of a state; false if there were none left. */
    private boolean move(KeyPartials key, UnionList list, int at) {
        if (list.prune(key.floor())) {
            lists.give(list);
            return false;
        }
        boolean passes = false;
        int end = at + 1 + Determinised.ENTRY * determinised.pool(at);
        for (int entry = at + 1; entry < end; entry += Determinised.ENTRY) {
            int mark = determinised.pool(entry);
            int target = determinised.pool(entry + 1);
            boolean accepts = determinised.pool(entry + 2) != 0;
            passes = mark == MarkedAutomaton.PASS && target != Determinised.NO_TARGET;
            if (mark != MarkedAutomaton.PASS) {
                int merged = list.merge(key.arena(), key.position());
                int node = key.arena().output(key.position(), mark, merged, list.max(0));
                arrive(key, target, accepts, node, list.max(0));
            } else if (accepts) {
                completed.add(list.merge(key.arena(), key.position()));
            }
            if (passes) {
                arrive(key, target, list);
            }
        }
        if (!passes) {
            lists.give(list);
        }
        return true;
    }

    private boolean begin(KeyPartials key, int symbol) {
        int at = determinised.successors(Determinised.BEGIN, symbol);
        int end = at + 1 + Determinised.ENTRY * determinised.pool(at);
        for (int entry = at + 1; entry < end; entry += Determinised.ENTRY) {
            int node = key.begin(determinised.pool(entry));
            arrive(key, determinised.pool(entry + 1), determinised.pool(entry + 2) != 0, node, key.position());
        }
        return end > at + 1;
    }

    private void arrive(KeyPartials key, int target, boolean accepts, int node, long max) {
        if (accepts) {
            completed.add(node);
        }
        if (target == Determinised.NO_TARGET) {
            return;
        }
        UnionList there = key.own(target);
        if (there == null) {
            there = lists.take(target, determinised.set(target));
            put(key, there);
        }
        there.addOutput(key.arena(), key.position(), node, max, key.floor());
    }

    private void arrive(KeyPartials key, int target, UnionList list) {
        UnionList there = key.own(target);
        if (there != null && there.prune(key.floor())) {
            lists.give(key.take(target));
            there = null;
        }
        if (there == null) {
            list.renumber(target, determinised.set(target));
            put(key, list);
        } else if (list.max(0) > there.max(0)) {
            key.take(target);
            list.renumber(target, determinised.set(target));
            put(key, list);
            absorb(key, list, there);
        } else {
            absorb(key, there, list);
        }
    }

    private void absorb(KeyPartials key, UnionList younger, UnionList older) {
        int node = older.merge(key.arena(), key.position());
        younger.insert(key.arena(), key.position(), node, older.max(0), key.floor());
        lists.give(older);
    }

    private void put(KeyPartials key, UnionList list) {
        if (key.liveCount() == MAX_LIVE_STATES) {
            throw new IllegalStateException(
                    "The partial matches of one key are in more than " + MAX_LIVE_STATES
                            + " different sets of the automaton's "
                            + determinised.set(list.state()).length()
                            + " states: this pattern needs the evaluator of runs. The key can only be restored to a saved root.");
        }
        key.put(list);
    }
}
