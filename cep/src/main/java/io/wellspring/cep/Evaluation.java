package io.wellspring.cep;

import io.wellspring.cep.Automaton.State;
import io.wellspring.cep.Automaton.Tested;
import io.wellspring.cep.Automaton.Transition;
import io.wellspring.cep.Condition.Both;
import io.wellspring.cep.Condition.Either;
import io.wellspring.cep.Condition.Test;
import io.wellspring.cep.MarkedAutomaton.Edge;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which evaluator a pattern gets. The {@link Kernel} takes those whose guards the current event alone decides, whose runs end
 * by one window from the start, and whose matches are reported when they complete. All others go to the {@link Evaluator}, which keeps each
 * run by itself.
 */
sealed interface Evaluation {
    /** The kernel. */
    record Constant(MarkedAutomaton automaton, Horizon horizon) implements Evaluation {}

    /**
     * The evaluator of runs.
     *
     * @param reasons what the kernel cannot do, at least one
     */
    record PerPartialMatch(List<String> reasons) implements Evaluation {}

    static Evaluation of(Plan plan) {
        List<String> reasons = reasons(plan);
        return reasons.isEmpty()
                ? new Constant(marked(plan.automaton()), horizon(plan))
                : new PerPartialMatch(List.copyOf(reasons));
    }

    /**
     * Which evaluator the pattern gets as a stage.
     *
     * @param timeouts whether the partial matches that a window closes are asked for
     */
    static Evaluation ofStage(Plan plan, boolean timeouts) {
        var reasons = new ArrayList<>(reasons(plan));
        if (!plan.terms().hasWindow()) {
            reasons.add("without a window nothing ever ends what the stage would have to store");
        }
        if (timeouts) {
            reasons.add("timeouts are told by the oldest start");
        }
        return reasons.isEmpty() ? of(plan) : new PerPartialMatch(List.copyOf(reasons));
    }

    /** The step of a mark. */
    static int stepOf(int mark) {
        return mark - 1;
    }

    private static List<String> reasons(Plan plan) {
        var reasons = new ArrayList<String>();
        Automaton automaton = plan.automaton();
        for (Tested tested : automaton.conditions()) {
            if (isAcrossSteps(tested.condition())) {
                reasons.add("the condition of " + tested.name() + " looks at earlier events of the match");
            }
        }
        if (plan.terms().skip().kind() != Skip.Kind.NONE) {
            reasons.add("a skip strategy decides by the oldest start");
        }
        if (automaton.hasPending()) {
            reasons.add("an absence at the end completes when the window of each start closes");
        }
        if (automaton.states().stream().anyMatch(state -> state.gapMillis() != Time.NEVER)) {
            reasons.add("a bound between one event and the next is measured from each run's last event");
        }
        boolean byTime = plan.terms().windowMillis() != Time.NEVER;
        if (byTime && plan.terms().basis() == TimeBasis.EVENT_TIME_AS_THEY_ARRIVE) {
            reasons.add(
                    "a window in time over events whose times may go back does not close in the order of the starts");
        }
        if (byTime && plan.terms().countsEvents()) {
            reasons.add("there are two windows, in time and by number");
        }
        if (automaton.conditions().size() > Predicates.MOST || automaton.atomCount() > Predicates.MOST) {
            reasons.add("there are more than " + Predicates.MOST + " conditions");
        }
        if (automaton.size() > Determinised.Bounds.USUAL.states()) {
            reasons.add("there are " + automaton.size() + " states, more than " + Determinised.Bounds.USUAL.states());
        }
        return reasons;
    }

    private static boolean isAcrossSteps(Condition condition) {
        if (condition instanceof Test test) {
            return test.atom().isAcrossSteps();
        }
        if (condition instanceof Both both) {
            return isAcrossSteps(both.left()) || isAcrossSteps(both.right());
        }
        return condition instanceof Either either && (isAcrossSteps(either.left()) || isAcrossSteps(either.right()));
    }

    private static Horizon horizon(Plan plan) {
        Terms terms = plan.terms();
        if (terms.countsEvents()) {
            return new Horizon.Events(terms.windowEvents());
        }
        return terms.windowMillis() == Time.NEVER ? new Horizon.Unbounded() : new Horizon.Millis(terms.windowMillis());
    }

    /** The pattern's states under their numbers, then the beginning and the end. */
    private static MarkedAutomaton marked(Automaton automaton) {
        int begin = automaton.size();
        int end = begin + 1;
        var edges = new ArrayList<Edge>();
        automaton.begin().forEach(transition -> addEdges(begin, transition, end, edges));
        for (int number = 0; number < automaton.size(); number++) {
            State state = automaton.state(number);
            for (Transition transition : state.transitions()) {
                addEdges(number, transition, end, edges);
            }
        }
        return new MarkedAutomaton(end + 1, edges, only(begin), only(end));
    }

    private static void addEdges(int from, Transition transition, int end, List<Edge> edges) {
        long must = bits(transition.must());
        long mask = must | bits(transition.mustNot());
        int mark = transition.step() < 0 ? MarkedAutomaton.PASS : transition.step() + 1;
        for (int target : transition.targets()) {
            edges.add(new Edge(from, mask, must, mark, target));
        }
        if (transition.accepts()) {
            edges.add(new Edge(from, mask, must, mark, end));
        }
    }

    private static long bits(int[] conditions) {
        long bits = 0;
        for (int condition : conditions) {
            bits |= 1L << condition;
        }
        return bits;
    }

    private static BitSet only(int state) {
        var set = new BitSet();
        set.set(state);
        return set;
    }
}
