package io.wellspring.cep;

import io.wellspring.cep.MarkedAutomaton.Edge;
import java.util.BitSet;
import java.util.List;

/** Automata of loops: the first step takes events whose bit 0 is set, the loop those whose bit 1 is. */
final class Loops {
    private Loops() {}

    /** Any events of the loop, and none in between is required. */
    static MarkedAutomaton allCombinations() {
        var starts = new BitSet();
        starts.set(0);
        var finals = new BitSet();
        finals.set(2);
        return new MarkedAutomaton(
                3,
                List.of(
                        new Edge(0, 1, 1, 1, 1),
                        new Edge(1, 0, 0, MarkedAutomaton.PASS, 1),
                        new Edge(1, 2, 2, 2, 1),
                        new Edge(1, 2, 2, 2, 2)),
                starts,
                finals);
    }
}
