package io.wellspring.cep;

import io.wellspring.cep.Automaton.State;
import io.wellspring.cep.Automaton.Transition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * Moves the matching of one key: a pure function from a state and an event, or from a state and a time, to the next state and the
 * matches that come out. It holds nothing between calls.
 *
 * <p>An event first lets time pass to its own time: runs whose window has closed end, absences at the end become matches. Then every
 * run follows each transition whose guard holds, and the beginning does so for the event alone. Under a skip strategy matches wait
 * in a fixed order ({@link Reports}). A state that stays as it is comes back as the same object.
 *
 * <p>The cost of an event is linear in the runs of its key, which are bounded.
 */
final class Evaluator {
    private final Plan plan;
    private final Automaton automaton;
    private final boolean reportsInOrderOfTime;

    Evaluator(Plan plan) {
        this.plan = plan;
        this.automaton = plan.automaton();
        this.reportsInOrderOfTime =
                automaton.hasPending() || plan.terms().skip().kind() != Skip.Kind.NONE;
    }

    /**
     * What came out.
     *
     * @param state the state after
     * @param cause what changed it
     * @param matches what is reported, in order
     * @param expired what its window closed, each partial match once
     */
    record Outcome(MatchState state, Cause cause, List<Partial> matches, List<Expired> expired) {}

    /** What made a state another one. */
    enum Cause {
        /** It is the same. */
        NOTHING,
        /** The time of the event, not the event. */
        TIME,
        /** The event. */
        EVENT
    }

    /** A partial match that its window closed. */
    record Expired(Partial taken, long deadlineMillis) {}

    /** Takes in an event, which lies not before the state's newest unless the pattern matches in order of arrival. */
    Outcome step(MatchState before, Occurrence event, Answers answers) {
        Outcome passed = advance(before, event.timeMillis());
        MatchState state = passed.state();
        var moves = new Moves(event, state.runs().size() + 1);
        boolean changed = false;
        for (Run run : state.runs()) {
            int from = moves.runs.size();
            for (Transition transition : automaton.state(run.state()).transitions()) {
                if (opens(transition, answers, run.taken())) {
                    moves.follow(transition, run.taken());
                }
            }
            changed |= moves.runs.size() != from + 1 || !moves.runs.get(from).equals(run);
        }
        for (Transition transition : automaton.begin()) {
            if (opens(transition, answers, null)) {
                moves.follow(transition, null);
            }
        }
        changed |= moves.runs.size() != state.runs().size();
        // Each event moves a window that counts them.
        changed |= plan.terms().countsEvents() && !state.runs().isEmpty();
        if (!changed && moves.completed.isEmpty()) {
            return passed;
        }
        List<Run> runs = changed ? new ArrayList<>(new LinkedHashSet<>(moves.runs)) : state.runs();
        Closing closing =
                close(runs, run -> isCountedOut(run, event) ? event.timeMillis() : Time.NEVER, event.timeMillis());
        moves.completed.addAll(closing.completed());
        Reports reports = Reports.of(plan, closing.alive(), state.held(), moves.completed);
        var matches = new ArrayList<>(passed.matches());
        matches.addAll(reports.reported());
        var expired = new ArrayList<>(passed.expired());
        expired.addAll(closing.expired());
        boolean moved = plan.terms().countsEvents() && !reports.runs().isEmpty();
        if (!moved && reports.runs().equals(state.runs()) && reports.held().equals(state.held())) {
            return new Outcome(state, passed.cause(), matches, expired);
        }
        long newest = Math.max(state.newestMillis(), event.timeMillis());
        var after = new MatchState(event.position() + 1, newest, reports.runs(), reports.held());
        return new Outcome(after, Cause.EVENT, matches, expired);
    }

    /**
     * Lets time pass: ends what its window closed, completes what only waited for that, reports what nothing holds back any longer. Where
     * time brings matches, deadline by deadline, so that it does not matter in how many steps time passes.
     */
    Outcome advance(MatchState before, long timeMillis) {
        List<Run> runs = before.runs();
        List<Partial> held = before.held();
        var matches = new ArrayList<Partial>();
        var expired = new ArrayList<Expired>();
        boolean closed = false;
        for (long first = firstDeadline(runs); isOver(first, timeMillis); first = firstDeadline(runs)) {
            closed = true;
            long until = reportsInOrderOfTime ? first : timeMillis;
            Closing closing = close(runs, this::deadline, until);
            Reports reports = Reports.of(plan, closing.alive(), held, closing.completed());
            runs = reports.runs();
            held = reports.held();
            matches.addAll(reports.reported());
            expired.addAll(closing.expired());
        }
        if (!closed) {
            return new Outcome(before, Cause.NOTHING, List.of(), List.of());
        }
        var after = new MatchState(before.nextPosition(), Math.max(before.newestMillis(), timeMillis), runs, held);
        return new Outcome(after, Cause.TIME, matches, expired);
    }

    /** What windows do to runs. */
    private record Closing(List<Run> alive, Set<Partial> completed, List<Expired> expired) {}

    private Closing close(List<Run> runs, ToLongFunction<Run> deadlineOf, long timeMillis) {
        var alive = new ArrayList<Run>();
        var completed = new LinkedHashSet<Partial>();
        var expired = new HashMap<Partial, Long>();
        for (Run run : runs) {
            long deadline = deadlineOf.applyAsLong(run);
            if (!isOver(deadline, timeMillis)) {
                alive.add(run);
            } else if (automaton.state(run.state()).pending()) {
                completed.add(run.taken());
            } else {
                expired.merge(run.taken(), deadline, Math::min);
            }
        }
        alive.forEach(run -> expired.remove(run.taken()));
        completed.forEach(expired::remove);
        return new Closing(alive, completed, inOrder(expired));
    }

    /** When time alone changes the state next, or {@link Time#NEVER}. */
    long firstDeadline(MatchState state) {
        return firstDeadline(state.runs());
    }

    private long firstDeadline(List<Run> runs) {
        long first = Time.NEVER;
        for (Run run : runs) {
            first = Math.min(first, deadline(run));
        }
        return first;
    }

    private boolean opens(Transition transition, Answers answers, Partial soFar) {
        for (int condition : transition.must()) {
            if (!answers.holds(condition, soFar)) {
                return false;
            }
        }
        for (int condition : transition.mustNot()) {
            if (answers.holds(condition, soFar)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOver(long deadline, long timeMillis) {
        return deadline <= timeMillis && deadline != Time.NEVER;
    }

    /** Whether the event is the last that the run's window by number has room for. */
    private boolean isCountedOut(Run run, Occurrence event) {
        return event.position() - run.taken().first().position() >= plan.terms().windowEvents() - 1L;
    }

    private long deadline(Run run) {
        State state = automaton.state(run.state());
        long byWindow = Time.plus(run.taken().first().timeMillis(), plan.terms().windowMillis());
        return Math.min(byWindow, Time.plus(run.taken().event().timeMillis(), state.gapMillis()));
    }

    private static List<Expired> inOrder(Map<Partial, Long> expired) {
        return expired.entrySet().stream()
                .map(entry -> new Expired(entry.getKey(), entry.getValue()))
                .sorted((left, right) -> Partial.compareMatches(left.taken(), right.taken()))
                .toList();
    }

    /** Where the transitions of one event lead. */
    private static final class Moves {
        private final Occurrence event;
        private final List<Run> runs;
        private final Set<Partial> completed = new LinkedHashSet<>();
        private final Map<Child, Partial> children = new HashMap<>();

        private Moves(Occurrence event, int expected) {
            this.event = event;
            this.runs = new ArrayList<>(expected);
        }

        /** Names a take, so that equal takes are one object. */
        private record Child(Partial parent, int step) {}

        private void follow(Transition transition, Partial soFar) {
            Partial taken = transition.step() < 0
                    ? soFar
                    : children.computeIfAbsent(
                            new Child(soFar, transition.step()),
                            child -> new Partial(child.parent(), child.step(), event));
            for (int target : transition.targets()) {
                runs.add(new Run(target, taken));
            }
            if (transition.accepts()) {
                completed.add(taken);
            }
        }
    }
}
