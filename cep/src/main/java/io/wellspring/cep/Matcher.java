package io.wellspring.cep;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Evaluator.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A pattern as an event-sourced stage. Deciding asks the predicates and emits matches; what changed the state is journaled as the event and
 * the bare answers, so {@link #evolve} takes the same way again without user code. An event that changes nothing journals
 * nothing, and a key without partial matches is forgotten. A timer waits for the first window that closes, so what time alone brings comes as
 * soon as the watermark has passed it.
 */
final class Matcher<K> implements EventSourced<K, Arrival, Change, MatchState> {
    static final Out<Match> MATCHES = Out.named("matches", Match.class);
    static final Out<Timeout> TIMEOUTS = Out.named("timeouts", Timeout.class);
    static final Out<Object> LATE = Out.named("late", Object.class);

    /** How many events the partial matches of a key may hold, for each that maxPartialMatches allows. */
    private static final int EVENTS_PER_PARTIAL_MATCH = 16;

    private static final String WINDOW = "window";

    private final String name;
    private final Plan plan;
    private final Evaluator evaluator;

    Matcher(String name, Plan plan) {
        this.name = name;
        this.plan = plan;
        this.evaluator = new Evaluator(plan);
    }

    @Override
    public MatchState initial(K key) {
        return MatchState.EMPTY;
    }

    @Override
    public Effect<Change, MatchState> decide(MatchState state, Arrival arrival, Context<K> context) {
        long time = time(context);
        if (time < state.newestMillis() && plan.terms().basis() == TimeBasis.EVENT_TIME) {
            return none().emit(LATE, any -> arrival.value());
        }
        Answers answers = Answers.asking(plan, context.key(), arrival.value());
        var event = new Occurrence(state.nextPosition(), time, arrival.source(), arrival.value());
        Outcome outcome = evaluator.step(state, event, answers);
        checkBound(outcome.state(), context.key());
        var moved = new Change.Moved(arrival.source(), time, arrival.value(), answers.kept());
        return reporting(outcome, moved, new Change.TimePassed(time), context.key());
    }

    /** Lets time pass without an event. */
    @Override
    public Effect<Change, MatchState> onTimer(MatchState state, String timer, Context<K> context) {
        long time = time(context);
        Outcome outcome = evaluator.advance(state, time);
        if (outcome.cause() == Evaluator.Cause.NOTHING) {
            return waiting(none(), state); // the timer is gone, what it waited for is not
        }
        var passed = new Change.TimePassed(time);
        return reporting(outcome, passed, passed, context.key());
    }

    @Override
    public MatchState evolve(MatchState state, Change change) {
        MatchState after;
        if (change instanceof Change.Moved moved) {
            var event = new Occurrence(state.nextPosition(), moved.timeMillis(), moved.source(), moved.value());
            Answers answers = Answers.repeating(plan, moved.value(), moved.answers());
            after = evaluator.step(state, event, answers).state();
            answers.ended();
        } else {
            after = evaluator
                    .advance(state, ((Change.TimePassed) change).timeMillis())
                    .state();
        }
        return after.isEmpty() ? null : after;
    }

    /** Asked when deciding only: what is journaled is within the bound that held then. */
    private void checkBound(MatchState after, K key) {
        // Each may hold a chain of its own, so the chains' lengths count too: a loop of n events holds n times n of
        // them.
        long events = Stream.concat(after.runs().stream().map(Run::taken), after.held().stream())
                .filter(Objects::nonNull)
                .mapToLong(Partial::length)
                .sum();
        if (events > (long) EVENTS_PER_PARTIAL_MATCH * plan.terms().maxPartialMatches()) {
            throw new ConfigException("Pattern " + name + ", key " + key
                    + ": an event would leave partial matches that hold " + events
                    + " events between them, more than " + EVENTS_PER_PARTIAL_MATCH + " for each of maxPartialMatches="
                    + plan.terms().maxPartialMatches()
                    + ". Shorten within(...), end loops with until(...), or raise the bound");
        }
        int size = after.runs().size() + after.held().size();
        if (size > plan.terms().maxPartialMatches()) {
            throw new ConfigException("Pattern " + name + ", key " + key + ": an event would leave " + size
                    + " partial and waiting matches, more than maxPartialMatches="
                    + plan.terms().maxPartialMatches()
                    + ". Narrow the conditions, shorten within(...), prefer followedBy to followedByAny, add a skip strategy, or"
                    + " raise the bound");
        }
    }

    private Effect<Change, MatchState> waiting(Effect<Change, MatchState> effect, MatchState after) {
        long deadline = evaluator.firstDeadline(after);
        // A key that is forgotten loses its timer anyway.
        if (deadline == Time.NEVER) {
            return effect.cancelTimer(WINDOW);
        }
        Instant due = Instant.ofEpochMilli(deadline);
        return inProcessingTime() ? effect.timerAtProcessingTime(WINDOW, due) : effect.timer(WINDOW, due);
    }

    private boolean inProcessingTime() {
        return plan.terms().basis() == TimeBasis.PROCESSING_TIME;
    }

    private long time(Context<K> context) {
        return inProcessingTime() ? context.processingTime().toEpochMilli() : context.eventTimeMillis();
    }

    private List<Match> matches(List<Partial> reported, K key) {
        if (plan.counting()) {
            return List.of(new Match(plan.steps(), reported.get(0), key, reported.size()));
        }
        return reported.stream()
                .map(taken -> new Match(plan.steps(), taken, key))
                .toList();
    }

    private Effect<Change, MatchState> reporting(Outcome outcome, Change byEvent, Change byTime, K key) {
        Effect<Change, MatchState> effect = switch (outcome.cause()) {
            case NOTHING -> none();
            case TIME -> waiting(persist(byTime), outcome.state());
            case EVENT -> waiting(persist(byEvent), outcome.state());
        };
        if (!outcome.matches().isEmpty()) {
            List<Match> matches = matches(outcome.matches(), key);
            effect = effect.emitAll(MATCHES, any -> matches);
        }
        if (!outcome.expired().isEmpty()) {
            List<Timeout> timeouts = outcome.expired().stream()
                    .map(expired -> new Timeout(
                            new Match(plan.steps(), expired.taken(), key),
                            Instant.ofEpochMilli(expired.deadlineMillis())))
                    .toList();
            effect = effect.emitAll(TIMEOUTS, any -> timeouts);
        }
        return effect;
    }
}
