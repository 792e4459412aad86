package io.wellspring.cep;

import io.wellspring.cep.MarkedAutomaton.Edge;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Automata of sequences: step i takes events whose bit i is set. */
final class Sequences {
    private Sequences() {}

    static MarkedAutomaton skipTillAny(int steps) {
        return sequence(steps, false);
    }

    static MarkedAutomaton skipTillNext(int steps) {
        return sequence(steps, true);
    }

    private static MarkedAutomaton sequence(int steps, boolean next) {
        List<Edge> edges = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            long bit = 1L << i;
            edges.add(new Edge(i, bit, bit, i + 1, i + 1));
            if (i > 0) {
                edges.add(new Edge(i, next ? bit : 0, 0, MarkedAutomaton.PASS, i));
            }
        }
        var starts = new BitSet();
        starts.set(0);
        var finals = new BitSet();
        finals.set(steps);
        return new MarkedAutomaton(steps + 1, edges, starts, finals);
    }
}
