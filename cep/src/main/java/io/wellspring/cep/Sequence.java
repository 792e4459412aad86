package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Block.Item;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The parts of a pattern in order, while it is described: begun by {@link Pattern#begin}, finished by {@link #select}. Immutable:
 * each method returns a longer or changed copy.
 */
public final class Sequence {
    private final List<Item> items;
    private final Terms terms;

    private Sequence(List<Item> items, Terms terms) {
        this.items = List.copyOf(items);
        this.terms = terms;
    }

    static Sequence beginning(Part first) {
        return new Sequence(
                List.of(new Item(Link.BEGIN, Objects.requireNonNull(first, "first"), Time.NEVER)), Terms.DEFAULT);
    }

    /**
     * The part comes directly behind: the next event of the key fits it.
     *
     * @param part the part
     * @return the longer sequence
     */
    public Sequence next(Part part) {
        return with(Link.NEXT, part);
    }

    /**
     * The next event that fits the part; events before it that do not fit are passed over.
     *
     * @param part the part
     * @return the longer sequence
     */
    public Sequence followedBy(Part part) {
        return with(Link.FOLLOWED_BY, part);
    }

    /**
     * Any later event that fits the part: each gives a match of its own.
     *
     * @param part the part
     * @return the longer sequence
     */
    public Sequence followedByAny(Part part) {
        return with(Link.FOLLOWED_BY_ANY, part);
    }

    /**
     * The next event does not fit the step. As the last of a sequence, the match completes with the next event.
     *
     * @param step what must not come
     * @return the longer sequence
     */
    public Sequence notNext(Step<?> step) {
        return with(Link.NOT_NEXT, step);
    }

    /**
     * No event fits the step until the next part takes one. As the last of a sequence it needs a window, and the match completes when
     * the window closes.
     *
     * @param step what must not come
     * @return the longer sequence
     */
    public Sequence notFollowedBy(Step<?> step) {
        return with(Link.NOT_FOLLOWED_BY, step);
    }

    /**
     * Bounds the time from the first event of a match to its last. An event at exactly start + window is outside. Of several windows the
     * shortest counts.
     *
     * @param window the bound, at least a millisecond
     * @return the sequence with that window
     */
    public Sequence within(Duration window) {
        return under(terms.within(Time.positiveMillis(window, "within", "a pattern")));
    }

    /**
     * Bounds a match by number: its events lie among so many consecutive events of their key, the first and those in between that it
     * passes over included. What is not complete with the last of them is given up (and is a match, where only an absence was waited
     * for). Late events do not count. Of several such bounds the smallest holds; one in time may stand beside it.
     *
     * <p>Such a pattern journals each event of a key while a partial match of the key lives, since each moves the window.
     *
     * @param events the bound, at least 1
     * @return the sequence with that window
     */
    public Sequence withinEvents(int events) {
        return under(terms.withinEvents(events));
    }

    /**
     * Bounds the time from the event before the part that was added last to that part's first event.
     *
     * @param window the bound, at least a millisecond; an event at exactly that distance is outside
     * @return the sequence with that bound
     */
    public Sequence withinOfPrevious(Duration window) {
        Item last = items.get(items.size() - 1);
        long millis =
                Time.positiveMillis(window, "withinOfPrevious", last.part().label());
        var changed = new ArrayList<>(items);
        changed.set(items.size() - 1, new Item(last.link(), last.part(), millis));
        return new Sequence(changed, terms);
    }

    /**
     * Every match is reported, also those that share events: the default.
     *
     * @return the sequence with that strategy
     */
    public Sequence noSkip() {
        return skipping(Skip.NONE);
    }

    /**
     * After a match, drops the others that start with the same event.
     *
     * @return the sequence with that strategy
     */
    public Sequence skipToNext() {
        return skipping(Skip.of(Skip.Kind.TO_NEXT));
    }

    /**
     * After a match, drops the others that start with its last event or before.
     *
     * @return the sequence with that strategy
     */
    public Sequence skipPastLastEvent() {
        return skipping(Skip.of(Skip.Kind.PAST_LAST_EVENT));
    }

    /**
     * After a match, drops the others that start before the step's first event.
     *
     * @param step a step of this pattern
     * @return the sequence with that strategy; where the match has no event of the step nothing is dropped
     */
    public Sequence skipToFirst(Step<?> step) {
        return skipToFirst(step, IfMissing.KEEP_ALL);
    }

    /**
     * After a match, drops the others that start before the step's first event.
     *
     * @param step a step of this pattern
     * @param ifMissing what happens where the match has no event of the step
     * @return the sequence with that strategy
     */
    public Sequence skipToFirst(Step<?> step, IfMissing ifMissing) {
        Objects.requireNonNull(step, "step");
        return skipping(Skip.to(Skip.Kind.TO_FIRST, step, Objects.requireNonNull(ifMissing, "ifMissing")));
    }

    /**
     * After a match, drops the others that start before the step's last event.
     *
     * @param step a step of this pattern
     * @return the sequence with that strategy; where the match has no event of the step nothing is dropped
     */
    public Sequence skipToLast(Step<?> step) {
        return skipToLast(step, IfMissing.KEEP_ALL);
    }

    /**
     * After a match, drops the others that start before the step's last event.
     *
     * @param step a step of this pattern
     * @param ifMissing what happens where the match has no event of the step
     * @return the sequence with that strategy
     */
    public Sequence skipToLast(Step<?> step, IfMissing ifMissing) {
        Objects.requireNonNull(step, "step");
        return skipping(Skip.to(Skip.Kind.TO_LAST, step, Objects.requireNonNull(ifMissing, "ifMissing")));
    }

    /**
     * Reports a match under a skip strategy as soon as it is complete, also while a partial match lives that started earlier and might
     * drop it. What the match drops is dropped at once.
     *
     * @return the sequence that does not wait
     */
    public Sequence emitNow() {
        return under(terms.skipping(terms.skip().emittingNow(true)));
    }

    /**
     * Bounds the partial and waiting matches of one key; the default is 10,000. An event that would exceed it is an error of its
     * record, so that one key cannot use up the memory of the others. Where an event costs the same whatever the window holds (see
     * {@link Pattern#explain}), it does not apply: what a key takes is in proportion to the events in its window then, however many partial matches
     * they make.
     *
     * @param most how many, at least 1; an event is compared with each of them
     * @return the sequence with that bound
     */
    public Sequence maxPartialMatches(int most) {
        return under(terms.maxPartialMatches(most));
    }

    /**
     * Of the matches that one event brings, or one moment where only time does, reports the first in the order in which matches
     * wait (see {@link Pattern}). The others count as reported: a skip strategy drops what they drop. {@link #count} is not limited.
     *
     * @param most how many, at least 1
     * @return the sequence with that limit
     */
    public Sequence maxMatchesPerEvent(int most) {
        return under(terms.maxMatchesPerEvent(most));
    }

    /**
     * Matches events in the order of their arrival also where their times go back. Without this, an event earlier than one its key has
     * matched before is late and takes no part.
     *
     * @return the sequence without late events
     */
    public Sequence inArrivalOrder() {
        return under(terms.by(TimeBasis.EVENT_TIME_AS_THEY_ARRIVE));
    }

    /**
     * Measures all windows of the pattern by the clock of the process, not by the times of the events, and matches events as they
     * arrive: none is late. {@link Match#start} and {@link Match#end} then are clock times too.
     *
     * @return the sequence in processing time
     */
    public Sequence inProcessingTime() {
        return under(terms.by(TimeBasis.PROCESSING_TIME));
    }

    /**
     * Finishes the pattern.
     *
     * @param result pure; makes the result of a match
     * @param <R> the type of the results
     * @return the pattern
     * @throws ConfigException when the pattern has a mistake: a step twice, a strategy that names a foreign step, a match that cannot
     *     happen, ...; the message names the part and the remedy
     */
    public <R> Pattern<R> select(Function<? super Match, ? extends R> result) {
        Objects.requireNonNull(result, "result");
        return new Pattern<>(Plan.of(block(), terms, false), result);
    }

    /**
     * Finishes the pattern; its results are the numbers of matches, not the matches: one for each event, or moment, that brings any.
     *
     * @return the pattern
     * @throws ConfigException as {@link #select} does
     */
    public Pattern<Long> count() {
        return new Pattern<>(Plan.of(block(), terms, true), Match::together);
    }

    Terms terms() {
        return terms;
    }

    Block block() {
        return new Block(items);
    }

    Block asGroup() {
        if (!terms.isDefault()) {
            throw new ConfigException(
                    "The group (" + block()
                            + ") has a window, a skip strategy or a bound; these belong to the whole pattern: call them after the last part");
        }
        if (items.get(items.size() - 1).link().negated()) {
            throw new ConfigException(
                    "The group (" + block() + ") ends with an absence; put the absence behind the group instead");
        }
        return block();
    }

    private Sequence with(Link link, Part part) {
        Objects.requireNonNull(part, "part");
        var longer = new ArrayList<>(items);
        longer.add(new Item(link, part, Time.NEVER));
        return new Sequence(longer, terms);
    }

    private Sequence skipping(Skip changed) {
        return under(terms.skipping(changed.emittingNow(terms.skip().emitNow())));
    }

    private Sequence under(Terms changed) {
        return new Sequence(items, changed);
    }
}
