package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Evaluator.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** Matches keys by the {@link Evaluator}. */
final class RunMatching<K> implements KeyedMatching<K> {
    private final Plan plan;
    private final Evaluator evaluator;
    private final BiConsumer<? super K, ? super Match> matches;
    private final Map<K, Key> keys = new HashMap<>();
    private long nowMillis = Long.MIN_VALUE;

    RunMatching(Plan plan, BiConsumer<? super K, ? super Match> matches) {
        this.plan = plan;
        this.evaluator = new Evaluator(plan);
        this.matches = matches;
    }

    /**
     * A key.
     *
     * @param newestMillis the time of its newest event
     */
    private record Key(MatchState state, long newestMillis) {}

    @Override
    public boolean event(K name, Object value, long timeMillis) {
        Key key = keys.getOrDefault(name, new Key(MatchState.EMPTY, Long.MIN_VALUE));
        if (plan.terms().basis() == TimeBasis.EVENT_TIME && timeMillis < Math.max(nowMillis, key.newestMillis())) {
            return false;
        }
        MatchState state = key.state();
        var event = new Occurrence(state.nextPosition(), timeMillis, 0, value);
        Outcome outcome = evaluator.step(state, event, Answers.asking(plan, name, value));
        checkBound(outcome.state(), name);
        keys.put(name, new Key(outcome.state(), timeMillis));
        report(name, outcome);
        return true;
    }

    private void checkBound(MatchState after, K name) {
        int size = after.runs().size() + after.held().size();
        if (size > plan.terms().maxPartialMatches()) {
            throw new ConfigException(
                    "Key " + name + " of a pattern (" + plan.steps().names() + "): an event would leave " + size
                            + " partial and waiting matches, more than maxPartialMatches="
                            + plan.terms().maxPartialMatches()
                            + ". Narrow the conditions, shorten within(...), or raise the bound");
        }
    }

    private void report(K name, Outcome outcome) {
        if (plan.counting() && !outcome.matches().isEmpty()) {
            matches.accept(
                    name, new Match(plan.steps(), null, name, outcome.matches().size()));
            return;
        }
        for (Partial taken : outcome.matches()) {
            matches.accept(name, new Match(plan.steps(), taken, name));
        }
    }

    @Override
    public void advanceTo(long timeMillis) {
        nowMillis = Math.max(nowMillis, timeMillis);
        var outcomes = new ArrayList<Map.Entry<K, Outcome>>();
        keys.replaceAll((name, key) -> {
            Outcome outcome = evaluator.advance(key.state(), timeMillis);
            outcomes.add(Map.entry(name, outcome));
            return new Key(outcome.state(), key.newestMillis());
        });
        keys.values().removeIf(key -> key.state().isEmpty());
        outcomes.forEach(entry -> report(entry.getKey(), entry.getValue()));
    }

    @Override
    public int keyCount() {
        return keys.size();
    }
}
