package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Quantifier.Preference;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * A typed handle of one step of a pattern: which events may be it, how many, and the key under which a {@link Match} gives them
 * back. Immutable: each method returns a changed copy, and all copies are handles of the same step.
 *
 * <p>Conditions decide whether an event <em>is</em> the step; if it is not, the way the step follows decides what happens. They are pure,
 * called at most once for each event (and, when they read earlier steps, for each partial match), and not called in recovery.
 *
 * @param <T> the type of the events; subclasses are included
 */
public final class Step<T> implements Part {
    private final String name;
    private final Class<T> type;
    private final Object identity;
    private final Condition condition;
    private final Condition until;
    private final Quantifier quantifier;

    private Step(
            String name, Class<T> type, Object identity, Condition condition, Condition until, Quantifier quantifier) {
        this.name = name;
        this.type = type;
        this.identity = identity;
        this.condition = condition;
        this.until = until;
        this.quantifier = quantifier;
    }

    /**
     * A step that every event of a class fits.
     *
     * @param name unique within its pattern; it appears in messages and in descriptions
     * @param type the class of the events, subclasses included
     * @param <T> the type of the events
     * @return the step
     * @throws ConfigException when the name is empty
     */
    public static <T> Step<T> of(String name, Class<T> type) {
        if (name == null || name.isBlank()) {
            throw new ConfigException("A step without a name; name it after what happened, such as \"drain\"");
        }
        Objects.requireNonNull(type, "type");
        return new Step<>(name, type, new Object(), Condition.always(), null, Quantifier.ONCE);
    }

    /**
     * Asks more of the event: what was asked before, and this.
     *
     * @param predicate on the event
     * @return the step with that condition
     */
    public Step<T> where(Predicate<? super T> predicate) {
        return when(condition.and(Condition.onEvent(predicate)));
    }

    /**
     * Asks more of the event, looking at what was matched before it: earlier steps, and this step's own events in a loop.
     *
     * @param predicate on the event and the match so far
     * @return the step with that condition
     */
    public Step<T> where(BiPredicate<? super T, ? super Match> predicate) {
        return when(condition.and(Condition.acrossSteps(predicate)));
    }

    /**
     * The same as {@link #where(Predicate)}.
     *
     * @param predicate on the event
     * @return the step with that condition
     */
    public Step<T> and(Predicate<? super T> predicate) {
        return where(predicate);
    }

    /**
     * The same as {@link #where(BiPredicate)}.
     *
     * @param predicate on the event and the match so far
     * @return the step with that condition
     */
    public Step<T> and(BiPredicate<? super T, ? super Match> predicate) {
        return where(predicate);
    }

    /**
     * Also takes events for which this holds instead of all that was asked before.
     *
     * @param predicate on the event
     * @return the step with that condition
     */
    public Step<T> or(Predicate<? super T> predicate) {
        return when(condition.or(Condition.onEvent(predicate)));
    }

    /**
     * Also takes events for which this holds instead of all that was asked before.
     *
     * @param predicate on the event and the match so far
     * @return the step with that condition
     */
    public Step<T> or(BiPredicate<? super T, ? super Match> predicate) {
        return when(condition.or(Condition.acrossSteps(predicate)));
    }

    /**
     * May be left out.
     *
     * @return the optional step
     */
    public Step<T> optional() {
        return counted(quantifier.asOptional());
    }

    /**
     * Takes a number of events.
     *
     * @param count how many, 1 to 1,000
     * @return the looping step
     */
    public Step<T> times(int count) {
        return counted(quantifier.times(count, count, label()));
    }

    /**
     * Takes a number of events within bounds; each number gives a match of its own.
     *
     * @param from the least number; 0 makes the step optional
     * @param to the largest number, 1 to 1,000
     * @return the looping step
     */
    public Step<T> times(int from, int to) {
        return counted(quantifier.times(from, to, label()));
    }

    /**
     * Takes a number of events or more; each number gives a match of its own. Give such a pattern a window: without one its
     * partial matches live for ever.
     *
     * @param from the least number; 0 makes the step optional
     * @return the looping step
     */
    public Step<T> timesOrMore(int from) {
        return counted(quantifier.times(from, Quantifier.UNBOUNDED, label()));
    }

    /**
     * The same as {@code timesOrMore(1)}.
     *
     * @return the looping step
     */
    public Step<T> oneOrMore() {
        return timesOrMore(1);
    }

    /**
     * The events of the loop follow each other directly. Without this, events between them that do not fit are passed over.
     *
     * @return the strict loop
     */
    public Step<T> consecutive() {
        return counted(quantifier.joinedBy(Link.NEXT));
    }

    /**
     * Events that fit may be passed over inside the loop too, so every combination matches.
     *
     * @return the loop with combinations
     */
    public Step<T> allowCombinations() {
        return counted(quantifier.joinedBy(Link.FOLLOWED_BY_ANY));
    }

    /**
     * Takes as many events as it can: what follows the loop must not meet an event that fits this step. A greedy loop at the end of a
     * pattern still gives a match for each event it takes.
     *
     * @return the greedy loop
     */
    public Step<T> greedy() {
        return counted(quantifier.preferring(Preference.GREEDY, label()));
    }

    /**
     * Takes as few events as it can: once the loop has enough, an event that fits a step which may come next ends it, also where the
     * event fits the loop. A reluctant loop at the end of a pattern gives a match for each event it takes, as nothing comes next.
     *
     * @return the reluctant loop, or optional step
     */
    public Step<T> reluctant() {
        return counted(quantifier.preferring(Preference.RELUCTANT, label()));
    }

    /**
     * Ends the loop at an event, which is not taken.
     *
     * @param predicate on the event
     * @return the loop that ends there
     */
    public Step<T> until(Predicate<? super T> predicate) {
        return endedBy(Condition.onEvent(predicate));
    }

    /**
     * Ends the loop at an event, which is not taken.
     *
     * @param predicate on the event and the match so far
     * @return the loop that ends there
     */
    public Step<T> until(BiPredicate<? super T, ? super Match> predicate) {
        return endedBy(Condition.acrossSteps(predicate));
    }

    /**
     * Bounds the time between consecutive events of the loop.
     *
     * @param gap every gap is shorter than this
     * @return the loop with that bound
     */
    public Step<T> withinLoop(Duration gap) {
        return counted(quantifier.gapBelow(gap, label()));
    }

    /**
     * A value gathered over the events that this step takes in a match.
     *
     * @param initial the value where the step has taken none
     * @param combine pure; gives the value with one more event, and leaves the old value as it is
     * @param <A> the type of the value
     * @return what {@link Match#value} reads
     */
    public <A> Fold<A> fold(A initial, BiFunction<? super A, ? super T, ? extends A> combine) {
        return Fold.over(this, initial, combine);
    }

    /**
     * The name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    @Override
    public String label() {
        return "step '" + name + "'";
    }

    @Override
    public String toString() {
        return "Step[" + name + ": " + type.getSimpleName() + "]";
    }

    Class<T> type() {
        return type;
    }

    Condition condition() {
        return condition;
    }

    Condition until() {
        return until;
    }

    Quantifier quantifier() {
        return quantifier;
    }

    boolean sameAs(Step<?> other) {
        return identity == other.identity;
    }

    private Step<T> when(Condition changed) {
        return new Step<>(name, type, identity, changed, until, quantifier);
    }

    private Step<T> counted(Quantifier changed) {
        return new Step<>(name, type, identity, condition, until, changed);
    }

    private Step<T> endedBy(Condition end) {
        return new Step<>(name, type, identity, condition, until == null ? end : until.or(end), quantifier);
    }
}
