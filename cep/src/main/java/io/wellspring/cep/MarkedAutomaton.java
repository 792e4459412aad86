package io.wellspring.cep;

import java.util.BitSet;
import java.util.List;

/**
 * What the kernel evaluates, in neutral terms: states and edges that are guarded by predicate bits of the current event alone.
 *
 * <p>A run begins with an event that an edge out of a start state takes (passing over does not begin anything). From then on it follows
 * every edge whose guard holds; a run that follows none ends. Each time an edge leads to a final state, the run is a match as it then is.
 *
 * @param stateCount states are numbered from 0
 * @param starts where runs begin
 * @param finals where runs are matches; usually nothing leads out of them
 */
record MarkedAutomaton(int stateCount, List<Edge> edges, BitSet starts, BitSet finals) {
    /** The mark of an edge that passes the event over. */
    static final int PASS = 0;

    MarkedAutomaton {
        edges = List.copyOf(edges);
        starts = (BitSet) starts.clone();
        finals = (BitSet) finals.clone();
        if (starts.isEmpty() || starts.length() > stateCount || finals.length() > stateCount) {
            throw new IllegalArgumentException("starts " + starts + " (at least one) and finals " + finals
                    + " are not among the states 0.." + (stateCount - 1));
        }
        for (Edge edge : edges) {
            if (edge.from >= stateCount || edge.to >= stateCount) {
                throw new IllegalArgumentException(edge + " leaves the states 0.." + (stateCount - 1));
            }
        }
    }

    /**
     * An edge.
     *
     * @param mask the predicate bits that its guard looks at
     * @param expected what they must be
     * @param mark under what the event is recorded, or {@link #PASS}
     */
    record Edge(int from, long mask, long expected, int mark, int to) {
        Edge {
            if (from < 0 || to < 0 || mark < 0) {
                throw new IllegalArgumentException(
                        "states and marks are not negative: " + from + " -" + mark + "-> " + to);
            }
            if ((expected & ~mask) != 0) {
                throw new IllegalArgumentException("an edge expects bits that its mask leaves out: "
                        + Long.toBinaryString(expected) + " of " + Long.toBinaryString(mask));
            }
        }

        boolean opens(long bits) {
            return (bits & mask) == expected;
        }
    }
}
