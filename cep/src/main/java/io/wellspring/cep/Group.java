package io.wellspring.cep;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A sequence as one part of another, with a quantifier of its own: {@code Group.of(Pattern.begin(a).next(b)).times(2)}. Immutable.
 * Its steps are asked for in a {@link Match} by their own handles.
 */
public final class Group implements Part {
    private final Block block;
    private final Class<?> untilType;
    private final Condition until;
    private final Quantifier quantifier;

    private Group(Block block, Class<?> untilType, Condition until, Quantifier quantifier) {
        this.block = block;
        this.untilType = untilType;
        this.until = until;
        this.quantifier = quantifier;
    }

    /**
     * A sequence, taken once.
     *
     * @param sequence parts only: windows and skip strategies belong to the whole pattern
     * @return the group
     * @throws io.wellspring.api.error.ConfigException when the sequence has a window or a skip strategy, or begins or ends with an absence
     */
    public static Group of(Sequence sequence) {
        return new Group(sequence.asGroup(), Object.class, null, Quantifier.ONCE);
    }

    /**
     * May be left out as a whole.
     *
     * @return the optional group
     */
    public Group optional() {
        return counted(quantifier.asOptional());
    }

    /**
     * Is matched a number of times.
     *
     * @param count how often, 1 to 1,000
     * @return the looping group
     */
    public Group times(int count) {
        return counted(quantifier.times(count, count, label()));
    }

    /**
     * Is matched a number of times within bounds.
     *
     * @param from the least number; 0 makes the group optional
     * @param to the largest number, 1 to 1,000
     * @return the looping group
     */
    public Group times(int from, int to) {
        return counted(quantifier.times(from, to, label()));
    }

    /**
     * Is matched a number of times or more.
     *
     * @param from the least number; 0 makes the group optional
     * @return the looping group
     */
    public Group timesOrMore(int from) {
        return counted(quantifier.times(from, Quantifier.UNBOUNDED, label()));
    }

    /**
     * The same as {@code timesOrMore(1)}.
     *
     * @return the looping group
     */
    public Group oneOrMore() {
        return timesOrMore(1);
    }

    /**
     * Each time begins with the event directly behind the time before.
     *
     * @return the strict loop
     */
    public Group consecutive() {
        return counted(quantifier.joinedBy(Link.NEXT));
    }

    /**
     * Each time may pass over events that could begin it.
     *
     * @return the loop with combinations
     */
    public Group allowCombinations() {
        return counted(quantifier.joinedBy(Link.FOLLOWED_BY_ANY));
    }

    /**
     * Ends the group at an event: no step inside takes it or passes it over.
     *
     * @param type the class of the event, subclasses included
     * @param predicate on the event
     * @param <U> the type of the event
     * @return the group that ends there
     */
    public <U> Group until(Class<U> type, Predicate<? super U> predicate) {
        return new Group(block, Objects.requireNonNull(type, "type"), Condition.onEvent(predicate), quantifier);
    }

    /**
     * Bounds the time between consecutive events of the group and its repetitions.
     *
     * @param gap every gap is shorter than this
     * @return the group with that bound
     */
    public Group withinLoop(Duration gap) {
        return counted(quantifier.gapBelow(gap, label()));
    }

    @Override
    public String label() {
        return "group (" + block + ")";
    }

    @Override
    public String toString() {
        return "Group[" + block + "]";
    }

    Block block() {
        return block;
    }

    Class<?> untilType() {
        return untilType;
    }

    Condition until() {
        return until;
    }

    Quantifier quantifier() {
        return quantifier;
    }

    private Group counted(Quantifier changed) {
        return new Group(block, untilType, until, changed);
    }
}
