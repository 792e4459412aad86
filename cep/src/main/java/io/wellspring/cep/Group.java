package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Block.Item;
import io.wellspring.cep.Quantifier.Preference;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Several parts as one, with a quantifier of their own: a sequence ({@code Group.of(Pattern.begin(a).next(b)).times(2)}), one of several
 * ({@code Group.anyOf(a, b)}), or all of several in any order ({@code Group.allOf(a, b)}). Immutable. The steps are asked for in a
 * {@link Match} by their own handles.
 */
public final class Group implements Part {
    private static final int MAX_IN_ANY_ORDER = 10;

    private final List<Block> blocks;
    private final Class<?> untilType;
    private final Condition until;
    private final Quantifier quantifier;

    private Group(List<Block> blocks, Class<?> untilType, Condition until, Quantifier quantifier) {
        this.blocks = List.copyOf(blocks);
        this.untilType = untilType;
        this.until = until;
        this.quantifier = quantifier;
    }

    /**
     * A sequence, taken once.
     *
     * @param sequence parts only: windows and skip strategies belong to the whole pattern
     * @return the group
     * @throws ConfigException when the sequence has a window or a skip strategy, or begins or ends with an absence
     */
    public static Group of(Sequence sequence) {
        return of(List.of(sequence.asGroup()));
    }

    /**
     * One of several parts: each way that the events allow is a match. Entered with {@code followedBy}, the next event that fits any of the
     * parts is taken; one that fits several of them gives a match with each.
     *
     * @param parts at least two; sequences as {@link #of}
     * @return the group
     * @throws ConfigException when there are fewer than two
     */
    public static Group anyOf(Part... parts) {
        checkSeveral("anyOf", parts);
        return of(Arrays.stream(parts)
                .map(part -> new Block(List.of(new Item(Link.BEGIN, part, Time.NEVER))))
                .toList());
    }

    /**
     * All of several parts, in whatever order their events come, one part after the other. Between them events are passed over that fit none of the
     * missing parts.
     *
     * @param parts two to ten; sequences as {@link #of}
     * @return the group
     * @throws ConfigException when there are fewer or more
     */
    public static Group allOf(Part... parts) {
        checkSeveral("allOf", parts);
        if (parts.length > MAX_IN_ANY_ORDER) {
            throw new ConfigException("allOf of " + parts.length
                    + " parts needs a state for each set of missing ones, and more than " + MAX_IN_ANY_ORDER
                    + " parts are refused; use a loop over one step that fits them all, with a condition that counts");
        }
        List<Item> items = Arrays.stream(parts)
                .map(part -> new Item(Link.FOLLOWED_BY, part, Time.NEVER))
                .toList();
        return of(List.of(new Block(items, true)));
    }

    private static void checkSeveral(String what, Part... parts) {
        for (Part part : parts) {
            Objects.requireNonNull(part, "part");
        }
        if (parts.length < 2) {
            throw new ConfigException(what + " of " + parts.length + " parts leaves no choice; give it at least two");
        }
    }

    private static Group of(List<Block> blocks) {
        return new Group(blocks, Object.class, null, Quantifier.ONCE);
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
     * Is matched as often as it can be: what follows the group must not meet an event that could begin it once more.
     *
     * @return the greedy group
     */
    public Group greedy() {
        return counted(quantifier.preferring(Preference.GREEDY, label()));
    }

    /**
     * Is matched as seldom as it can be: once it has come often enough, an event that fits a step which may come next does not
     * begin it once more.
     *
     * @return the reluctant group
     */
    public Group reluctant() {
        return counted(quantifier.preferring(Preference.RELUCTANT, label()));
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
        return new Group(blocks, Objects.requireNonNull(type, "type"), Condition.onEvent(predicate), quantifier);
    }

    /**
     * Ends the group at an event: no step inside takes it or passes it over.
     *
     * @param type the class of the event, subclasses included
     * @param predicate on the event and the match so far
     * @param <U> the type of the event
     * @return the group that ends there
     */
    public <U> Group until(Class<U> type, BiPredicate<? super U, ? super Match> predicate) {
        return new Group(blocks, Objects.requireNonNull(type, "type"), Condition.acrossSteps(predicate), quantifier);
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
        return "group (" + describe() + ")";
    }

    @Override
    public String toString() {
        return "Group[" + describe() + "]";
    }

    /** The ways through the group; more than one where it is one of several. */
    List<Block> blocks() {
        return blocks;
    }

    private String describe() {
        String between = blocks.get(0).anyOrder() ? "all of " : "";
        return between + blocks.stream().map(Block::toString).collect(Collectors.joining(" | "));
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
        return new Group(blocks, untilType, until, changed);
    }
}
