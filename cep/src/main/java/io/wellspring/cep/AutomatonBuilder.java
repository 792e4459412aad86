package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Automaton.State;
import io.wellspring.cep.Automaton.Tested;
import io.wellspring.cep.Automaton.Transition;
import io.wellspring.cep.Condition.Atom;
import io.wellspring.cep.Wait.Greedy;
import io.wellspring.cep.Wait.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compiles a pattern: states are numbered in the order in which a walk from the beginning meets them, so equal patterns give equal
 * automata. Quantifiers are unrolled; the number of states is bounded.
 *
 * <p>The transitions of a wait for step B with absences A, loop ends U and greedy loops G:
 *
 * <pre>
 *   take           B and none of A, U, (until of B's first copy), G
 *   pass over      next: never;  followedBy: none of B, what might come instead of B, A, U, G;  followedByAny: none of A, U, G
 * </pre>
 *
 * A greedy loop that has an until gives each of these twice: with the until fulfilled, which lifts that guard from then on, and
 * without.
 */
final class AutomatonBuilder {
    private static final int MAX_STATES = 20_000;

    private final Block root;
    private final StepTable steps;
    private final List<Tested> conditions = new ArrayList<>();
    private final List<Atom> atoms = new ArrayList<>();
    private final IdentityHashMap<Part, Integer> conditionOf = new IdentityHashMap<>();
    private final IdentityHashMap<Part, Integer> untilOf = new IdentityHashMap<>();
    private final Map<Wait, Integer> numbers = new HashMap<>();
    private final List<Wait> waits = new ArrayList<>();
    private final Map<Place, Frontier> frontiers = new HashMap<>();

    AutomatonBuilder(Block root, StepTable steps) {
        this.root = root;
        this.steps = steps;
    }

    Automaton build() {
        var begin = new ArrayList<Transition>();
        for (Wait wait : Frontier.ofBegin(root, this::condition, this::until).waits()) {
            if (wait.place() != null) {
                begin.addAll(transitionsOf(wait.asBegin()));
            }
        }
        var states = new ArrayList<State>();
        for (int id = 0; id < waits.size(); id++) {
            Wait wait = waits.get(id);
            boolean pending = wait.place() == null && wait.link() == Link.NOT_FOLLOWED_BY;
            states.add(new State(label(wait), wait.gapMillis(), pending, transitionsOf(wait)));
        }
        return new Automaton(steps, conditions, atoms, states, begin);
    }

    private List<Transition> transitionsOf(Wait wait) {
        var transitions = new ArrayList<Transition>();
        var canLift = wait.greedy().stream().filter(loop -> loop.until() >= 0).toList();
        for (int choice = 0; choice < 1 << canLift.size(); choice++) {
            var lifted = new ArrayList<Greedy>();
            Set<Integer> must = new TreeSet<>();
            Set<Integer> mustNot = Wait.union(Wait.union(wait.absent(), wait.absentOnce()), wait.until());
            for (Greedy loop : wait.greedy()) {
                int place = canLift.indexOf(loop);
                if (place >= 0 && (choice >> place & 1) == 1) {
                    lifted.add(loop);
                    must.add(loop.until());
                    continue;
                }
                mustNot.add(loop.taken());
                if (loop.until() >= 0) {
                    mustNot.add(loop.until());
                }
            }
            addTransitions(wait, lifted, must, mustNot, transitions);
        }
        return transitions;
    }

    private void addTransitions(
            Wait wait, List<Greedy> lifted, Set<Integer> must, Set<Integer> mustNot, List<Transition> transitions) {
        if (wait.place() == null) {
            boolean completes = wait.link() == Link.NOT_NEXT;
            int[] targets = completes ? new int[0] : new int[] {number(wait.passed(lifted))};
            addIfPossible(transitions, must, mustNot, new Transition(null, null, -1, targets, completes));
            return;
        }
        Step<?> step = (Step<?>) wait.place().item().part();
        int fits = condition(step);
        Frontier next =
                frontiers.computeIfAbsent(wait.place(), place -> Frontier.after(place, this::condition, this::until));
        int[] targets = next.waits().stream().mapToInt(this::number).toArray();
        addIfPossible(
                transitions,
                Wait.union(must, Set.of(fits)),
                Wait.union(mustNot, wait.untilTake()),
                new Transition(null, null, steps.positive(step, "a pattern"), targets, next.accepts()));
        if (wait.link() == Link.FOLLOWED_BY || wait.link() == Link.FOLLOWED_BY_ANY) {
            Set<Integer> none = wait.link() == Link.FOLLOWED_BY
                    ? Wait.union(Wait.union(mustNot, wait.others()), Set.of(fits))
                    : mustNot;
            int[] again = {number(wait.passed(lifted))};
            addIfPossible(transitions, must, none, new Transition(null, null, -1, again, false));
        }
    }

    private void addIfPossible(List<Transition> transitions, Set<Integer> must, Set<Integer> mustNot, Transition edge) {
        for (int forbidden : mustNot) {
            for (int wanted : must) {
                Class<?> type = conditions.get(wanted).type();
                if (forbidden == wanted || conditions.get(forbidden).holdsForAll(type)) {
                    return;
                }
            }
        }
        transitions.add(
                new Transition(numbersOf(must), numbersOf(mustNot), edge.step(), edge.targets(), edge.accepts()));
    }

    private static int[] numbersOf(Set<Integer> conditions) {
        return conditions.stream().mapToInt(Integer::intValue).toArray();
    }

    private int number(Wait wait) {
        Integer known = numbers.get(wait);
        if (known != null) {
            return known;
        }
        if (waits.size() == MAX_STATES) {
            throw new ConfigException("A pattern (" + root + ") needs more than " + MAX_STATES
                    + " states once its quantifiers are unrolled; lower the counts of nested times(...)");
        }
        numbers.put(wait, waits.size());
        waits.add(wait);
        return waits.size() - 1;
    }

    private int condition(Part part) {
        return conditionOf.computeIfAbsent(part, p -> {
            Step<?> step = (Step<?>) p;
            return add(new Tested(
                    step.name() + " (" + step.type().getSimpleName() + ")",
                    step.type(),
                    step.condition().numbered(atoms)));
        });
    }

    private int until(Part part) {
        return untilOf.computeIfAbsent(part, p -> {
            Condition until = p instanceof Step<?> step ? step.until() : ((Group) p).until();
            if (until == null) {
                return -1;
            }
            Class<?> type = p instanceof Step<?> step ? step.type() : ((Group) p).untilType();
            return add(new Tested("until of " + p.label(), type, until.numbered(atoms)));
        });
    }

    private int add(Tested condition) {
        conditions.add(condition);
        return conditions.size() - 1;
    }

    private static String label(Wait wait) {
        if (wait.place() == null) {
            return wait.link() == Link.NOT_NEXT ? "complete with the next event" : "complete when the window closes";
        }
        var copies = new StringBuilder();
        for (Place place = wait.place(); place != null; place = place.parent()) {
            copies.insert(0, "." + place.copy());
        }
        return "wait for " + ((Step<?>) wait.place().item().part()).name() + copies + " " + wait.link();
    }
}
