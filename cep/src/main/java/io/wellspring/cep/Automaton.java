package io.wellspring.cep;

import io.wellspring.cep.Condition.Atom;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A pattern as states that wait and transitions guarded by conditions on the current event. A run (a state and what it has matched)
 * follows every transition whose guard holds; one that follows none ends.
 *
 * <p>A state waits for one step in one way. So a take leads to several states: the loop's next copy, each step that may follow, each
 * with its own contiguity. Contiguity, absence, until and greedy are all in the guards.
 */
final class Automaton {
    private final StepTable steps;
    private final List<Tested> conditions;
    private final List<Atom> atoms;
    private final List<State> states;
    private final List<Transition> begin;

    Automaton(StepTable steps, List<Tested> conditions, List<Atom> atoms, List<State> states, List<Transition> begin) {
        this.steps = steps;
        this.conditions = List.copyOf(conditions);
        this.atoms = List.copyOf(atoms);
        this.states = List.copyOf(states);
        this.begin = List.copyOf(begin);
    }

    /** A condition that guards name by number: asked only about events of a class. */
    record Tested(String name, Class<?> type, Condition condition) {
        /** Whether every event that this class check lets through holds. */
        boolean holdsForAll(Class<?> eventType) {
            return condition instanceof Condition.Always && type.isAssignableFrom(eventType);
        }
    }

    /**
     * Where a run waits.
     *
     * @param gapMillis the run ends when this much time has passed since its last event
     * @param pending whether the run waits for nothing but time: when its time is over it is a match
     */
    record State(String label, long gapMillis, boolean pending, List<Transition> transitions) {}

    /**
     * An edge.
     *
     * @param must the conditions that hold
     * @param mustNot the conditions that do not
     * @param step the step that takes the event, or -1 where it is passed over
     * @param targets the states that go on
     * @param accepts whether the run, with the event if it was taken, is a match
     */
    record Transition(int[] must, int[] mustNot, int step, int[] targets, boolean accepts) {
        @Override
        public String toString() {
            String guard = Arrays.stream(must).mapToObj(c -> "c" + c).collect(Collectors.joining(" "))
                    + Arrays.stream(mustNot).mapToObj(c -> " !c" + c).collect(Collectors.joining());
            return "[" + guard.strip() + "] " + (step < 0 ? "pass over" : "take " + step) + " -> "
                    + Arrays.toString(targets) + (accepts ? " match" : "");
        }
    }

    List<Transition> begin() {
        return begin;
    }

    State state(int id) {
        return states.get(id);
    }

    /** Whether time alone can complete a match. */
    boolean hasPending() {
        return states.stream().anyMatch(State::pending);
    }

    int size() {
        return states.size();
    }

    int atomCount() {
        return atoms.size();
    }

    Tested condition(int number) {
        return conditions.get(number);
    }

    List<Tested> conditions() {
        return conditions;
    }

    List<State> states() {
        return states;
    }

    StepTable steps() {
        return steps;
    }

    String describe() {
        var text = new StringBuilder();
        for (int c = 0; c < conditions.size(); c++) {
            Tested tested = conditions.get(c);
            text.append('c').append(c).append(": ").append(tested.name());
            text.append(" where ").append(tested.condition()).append('\n');
        }
        for (int s = 0; s < steps.size(); s++) {
            text.append("step ")
                    .append(s)
                    .append(": ")
                    .append(steps.get(s).step().name())
                    .append('\n');
        }
        begin.forEach(transition -> text.append("begin ").append(transition).append('\n'));
        for (int id = 0; id < states.size(); id++) {
            State state = states.get(id);
            text.append("state ").append(id).append(": ").append(state.label());
            if (state.gapMillis() != Time.NEVER) {
                text.append(", within ").append(state.gapMillis()).append(" ms of its last event");
            }
            text.append('\n');
            state.transitions()
                    .forEach(transition -> text.append("  ").append(transition).append('\n'));
        }
        return text.toString();
    }
}
