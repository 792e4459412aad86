package io.wellspring.cep;

import io.wellspring.cep.MarkedAutomaton.Edge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An automaton made deterministic as events come: a state here is a set of the automaton's states, a symbol stands for the predicate bits
 * of an event. For a state and a symbol there is at most one successor per mark, so that no match is found twice.
 *
 * <p>What was computed is kept in int arrays: a row per symbol holds, by state, where in the pool the successors stand:
 *
 * <pre>
 *   pool   ... | n | mark 1, target 1, accepts 1 | .. | mark n, target n, accepts n | ...      passing over comes last; no target: 0
 * </pre>
 *
 * A bit per row and state says that the state passes the event over and stays itself: such states are not visited. The tables are bounded:
 * when one is full they are emptied before the next event, and the new {@link #generation} tells keys to ask anew for the numbers of the
 * sets they hold. A table is larger than its bound only for the sets that one key holds. Not thread-safe.
 */
final class Determinised {
    /** The state from which runs begin. None stays in it. */
    static final int BEGIN = 0;

    static final int NO_TARGET = 0;
    static final int ENTRY = 3;
    private static final int UNKNOWN = -1;
    private static final BitSet NO_SET = new BitSet();

    /**
     * How much is remembered.
     *
     * @param states sets of states
     * @param symbols different predicate bits
     * @param poolInts words for successors
     */
    record Bounds(int states, int symbols, int poolInts) {
        static final Bounds USUAL = new Bounds(1024, 1024, 1 << 18);
    }

    private final List<List<Edge>> edges;
    private final BitSet starts;
    private final BitSet finals;
    private final long guardBits;
    private final Bounds bounds;
    private final Map<BitSet, Integer> numbers = new HashMap<>();
    private final List<BitSet> sets = new ArrayList<>();
    private final LongNumbers symbols = new LongNumbers();
    private long[] tested = new long[64];
    private int[][] rows = new int[16][];
    private long[][] inert = new long[16][];
    private int[] pool = new int[256];
    private int poolUsed;
    private int generation;
    private long computedCount;

    Determinised(MarkedAutomaton automaton, Bounds bounds) {
        this.bounds = bounds;
        starts = automaton.starts();
        finals = automaton.finals();
        guardBits = automaton.edges().stream().mapToLong(Edge::mask).reduce(0, (left, right) -> left | right);
        edges = new ArrayList<>();
        for (int state = 0; state < automaton.stateCount(); state++) {
            int from = state;
            edges.add(automaton.edges().stream()
                    .filter(edge -> edge.from() == from)
                    .toList());
        }
        forget();
    }

    /** Rises whenever numbers of states and symbols become void. */
    int generation() {
        return generation;
    }

    int stateCount() {
        return sets.size();
    }

    /** How often successors were computed instead of looked up. */
    long computedCount() {
        return computedCount;
    }

    /** Empties tables that are full; numbers are stable until the next call. What is held are the sets that one key needs. */
    void makeRoom(int heldStates) {
        if (sets.size() > Math.max(bounds.states, 2 * heldStates)
                || symbols.size() > bounds.symbols
                || poolUsed > bounds.poolInts) {
            forget();
        }
    }

    /** The number of a set that is not empty. */
    int number(BitSet set) {
        Integer known = numbers.get(set);
        return known != null ? known : add((BitSet) set.clone());
    }

    BitSet set(int state) {
        return sets.get(state);
    }

    /** The predicate bits that guards of a state look at. */
    long tested(int state) {
        return tested[state];
    }

    /** The number of what guards can see of an event. */
    int symbol(long bits) {
        int before = symbols.size();
        int symbol = symbols.number(bits & guardBits);
        if (symbol == before) {
            if (symbol == rows.length) {
                rows = Arrays.copyOf(rows, symbol * 2);
                inert = Arrays.copyOf(inert, symbol * 2);
            }
            rows[symbol] = unknown(tested.length);
            inert[symbol] = new long[tested.length / Long.SIZE];
        }
        return symbol;
    }

    /** By state, whether an event changes nothing there; as far as it was asked for. */
    long[] inert(int symbol) {
        return inert[symbol];
    }

    /** Where in {@link #pool} the successors stand. */
    int successors(int state, int symbol) {
        int at = rows[symbol][state];
        return at != UNKNOWN ? at : compute(state, symbol);
    }

    int pool(int at) {
        return pool[at];
    }

    private int compute(int state, int symbol) {
        computedCount++;
        var byMark = new TreeMap<Integer, BitSet>((left, right) -> Integer.compare(right, left));
        long bits = symbols.key(symbol);
        BitSet from = state == BEGIN ? starts : sets.get(state);
        for (int source = from.nextSetBit(0); source >= 0; source = from.nextSetBit(source + 1)) {
            for (Edge edge : edges.get(source)) {
                if (edge.opens(bits) && (state != BEGIN || edge.mark() != MarkedAutomaton.PASS)) {
                    byMark.computeIfAbsent(edge.mark(), mark -> new BitSet()).set(edge.to());
                }
            }
        }
        int at = poolUsed;
        append(byMark.size());
        byMark.forEach((mark, reached) -> {
            boolean accepts = reached.intersects(finals);
            append(mark);
            append(target(reached));
            append(accepts ? 1 : 0);
        });
        rows[symbol][state] = at;
        if (byMark.size() == 1 && pool[at + 1] == MarkedAutomaton.PASS && pool[at + 2] == state && pool[at + 3] == 0) {
            inert[symbol][state >> 6] |= 1L << state;
        }
        return at;
    }

    /** What goes on: final states out of which nothing leads have had their say. */
    private int target(BitSet reached) {
        var left = new BitSet();
        reached.stream().filter(state -> !edges.get(state).isEmpty()).forEach(left::set);
        return left.isEmpty() ? NO_TARGET : number(left);
    }

    private int add(BitSet set) {
        int number = sets.size();
        numbers.put(set, number);
        sets.add(set);
        if (number == tested.length) {
            widen();
        }
        tested[number] = 0;
        (number == BEGIN ? starts : set)
                .stream()
                        .boxed()
                        .flatMap(state -> edges.get(state).stream())
                        .forEach(edge -> tested[number] |= edge.mask());
        return number;
    }

    private void widen() {
        int from = tested.length;
        tested = Arrays.copyOf(tested, from * 2);
        for (int symbol = 0; symbol < symbols.size(); symbol++) {
            rows[symbol] = Arrays.copyOf(rows[symbol], tested.length);
            Arrays.fill(rows[symbol], from, tested.length, UNKNOWN);
            inert[symbol] = Arrays.copyOf(inert[symbol], tested.length / Long.SIZE);
        }
    }

    private void forget() {
        generation++;
        numbers.clear();
        sets.clear();
        symbols.clear();
        Arrays.fill(rows, null);
        Arrays.fill(inert, null);
        tested = new long[64];
        pool = new int[256];
        poolUsed = 0;
        add(NO_SET); // takes number 0, so that no set of states gets it
    }

    private void append(int word) {
        if (poolUsed == pool.length) {
            pool = Arrays.copyOf(pool, poolUsed * 2);
        }
        pool[poolUsed++] = word;
    }

    private static int[] unknown(int size) {
        var row = new int[size];
        Arrays.fill(row, UNKNOWN);
        return row;
    }
}
