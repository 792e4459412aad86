package io.wellspring.cep;

import java.util.List;
import java.util.function.Function;

/**
 * What to look for among the events of a key, and what to make of it. Immutable, checked when built, free to share. Run as a stage by
 * {@link Cep}; tried out by {@link PatternTest}.
 *
 * <p>Matches are sets of events under steps: none is reported twice. They are reported when their last event arrives, or, where an absence
 * ends them, when time passes. Under a skip strategy a match waits while a partial match lives that started strictly earlier; then the
 * one that comes first in order of (start, then its events) is reported, drops what the strategy says, and so on.
 *
 * @param <R> the type of the results
 */
public final class Pattern<R> {
    private final Plan plan;
    private final Function<? super Match, ? extends R> result;

    Pattern(Plan plan, Function<? super Match, ? extends R> result) {
        this.plan = plan;
        this.result = result;
    }

    /**
     * Begins a pattern: every event that fits may start a match.
     *
     * @param first the first part
     * @return the sequence to go on with
     */
    public static Sequence begin(Part first) {
        return Sequence.beginning(first);
    }

    /**
     * The automaton that the pattern was compiled to, as text and as graphs, what an event costs, and the warnings.
     *
     * @return the explanation, made anew each time
     */
    public Explanation explain() {
        return Explanation.of(plan);
    }

    /**
     * What is allowed but seldom meant, such as a loop that nothing ends; {@link #explain} lists them too.
     *
     * @return a sentence each, with the part and the remedy; empty where there is nothing to say
     */
    public List<String> warnings() {
        return plan.warnings();
    }

    Plan plan() {
        return plan;
    }

    R resultOf(Match match) {
        return result.apply(match);
    }
}
