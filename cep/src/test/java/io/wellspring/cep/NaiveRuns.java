package io.wellspring.cep;

import io.wellspring.cep.MarkedAutomaton.Edge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All runs of an automaton, one by one, straight from what {@link MarkedAutomaton} says. */
final class NaiveRuns {
    private final MarkedAutomaton automaton;
    private final Horizon horizon;
    private Set<Run> runs = new LinkedHashSet<>();

    NaiveRuns(MarkedAutomaton automaton, Horizon horizon) {
        this.automaton = automaton;
        this.horizon = horizon;
    }

    record Taken(long position, int mark) {}

    private record Run(List<Taken> taken, long startMillis, int state) {}

    int size() {
        return runs.size();
    }

    /** Returns the matches that the event completes. */
    Set<List<Taken>> step(long bits, long position, long timeMillis) {
        var next = new LinkedHashSet<Run>();
        var matches = new HashSet<List<Taken>>();
        for (Run run : runs) {
            if (isInside(run, position, timeMillis)) {
                for (Edge edge : automaton.edges()) {
                    if (edge.from() == run.state() && edge.opens(bits)) {
                        follow(run, edge, position, next, matches);
                    }
                }
            }
        }
        for (Edge edge : automaton.edges()) {
            if (automaton.starts().get(edge.from()) && edge.opens(bits) && edge.mark() != MarkedAutomaton.PASS) {
                follow(new Run(List.of(), timeMillis, edge.from()), edge, position, next, matches);
            }
        }
        runs = next;
        return matches;
    }

    private void follow(Run run, Edge edge, long position, Set<Run> next, Set<List<Taken>> matches) {
        List<Taken> taken = run.taken();
        if (edge.mark() != MarkedAutomaton.PASS) {
            taken = new ArrayList<>(taken);
            taken.add(new Taken(position, edge.mark()));
        }
        next.add(new Run(taken, run.startMillis(), edge.to()));
        if (automaton.finals().get(edge.to())) {
            matches.add(taken);
        }
    }

    private boolean isInside(Run run, long position, long timeMillis) {
        if (horizon instanceof Horizon.Millis window) {
            return timeMillis - run.startMillis() < window.windowMillis();
        }
        return !(horizon instanceof Horizon.Events window)
                || position - run.taken().get(0).position() < window.windowEvents();
    }
}
