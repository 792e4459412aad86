package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The events that were matched, by step: a whole match in {@link Sequence#select}, what was matched so far in a condition.
 * Immutable. Asking for a step of another pattern is a {@link ConfigException} that names both.
 */
public final class Match {
    private final StepTable steps;
    private final Partial taken;
    private final Object key;
    private final long together;

    Match(StepTable steps, Partial taken, Object key) {
        this(steps, taken, key, 1);
    }

    /** @param together how many matches this one stands for */
    Match(StepTable steps, Partial taken, Object key, long together) {
        this.steps = steps;
        this.taken = taken;
        this.key = key;
        this.together = together;
    }

    /**
     * The event of a step that takes one.
     *
     * @param step a handle of a step of the pattern
     * @param <T> the type of the event
     * @return the event
     * @throws ConfigException when the step loops (use {@link #all}, {@link #first} or {@link #last}), or took no event (use {@link #find})
     */
    public <T> T one(Step<T> step) {
        return find(step)
                .orElseThrow(() -> new ConfigException(
                        "one(" + step.name() + "): " + step.label() + " took no event in this match; use find("
                                + step.name() + ") for steps that may be left out"));
    }

    /**
     * The event of a step that takes one or none.
     *
     * @param step a handle of a step of the pattern
     * @param <T> the type of the event
     * @return the event, empty when the step took none
     * @throws ConfigException when the step loops
     */
    public <T> Optional<T> find(Step<T> step) {
        int number = numberOf(step, "one or find");
        if (steps.get(number).looping()) {
            throw new ConfigException("one or find(" + step.name() + "): " + step.label()
                    + " loops and may take several events; use all, first or last(" + step.name() + ")");
        }
        Partial found = lastOf(number);
        return found == null ? Optional.empty() : Optional.of(value(step, found));
    }

    /**
     * The first event of a step.
     *
     * @param step a handle of a step of the pattern
     * @param <T> the type of the event
     * @return the event
     * @throws ConfigException when the step took no event
     */
    public <T> T first(Step<T> step) {
        int number = numberOf(step, "first");
        Partial found = null;
        for (Partial at = taken; at != null; at = at.parent()) {
            found = at.step() == number ? at : found;
        }
        return value(step, present(found, step, "first"));
    }

    /**
     * The last event of a step.
     *
     * @param step a handle of a step of the pattern
     * @param <T> the type of the event
     * @return the event
     * @throws ConfigException when the step took no event
     */
    public <T> T last(Step<T> step) {
        return value(step, present(lastOf(numberOf(step, "last")), step, "last"));
    }

    /**
     * The events of a step, in order.
     *
     * @param step a handle of a step of the pattern
     * @param <T> the type of the events
     * @return an immutable list, empty when the step took none
     */
    public <T> List<T> all(Step<T> step) {
        int number = numberOf(step, "all");
        var events = new ArrayList<T>();
        for (Partial at = taken; at != null; at = at.parent()) {
            if (at.step() == number) {
                events.add(value(step, at));
            }
        }
        Collections.reverse(events);
        return Collections.unmodifiableList(events);
    }

    /**
     * How many events a step took.
     *
     * @param step a handle of a step of the pattern
     * @return the number, 0 when it took none
     */
    public int count(Step<?> step) {
        int number = numberOf(step, "count");
        int count = 0;
        for (Partial at = taken; at != null; at = at.parent()) {
            count += at.step() == number ? 1 : 0;
        }
        return count;
    }

    /**
     * What a fold has gathered over its step's events in this match.
     *
     * @param fold made by {@link Step#fold} on a step of the pattern
     * @param <A> the type of the value
     * @return the value, the fold's initial one where the step took no event
     */
    public <A> A value(Fold<A> fold) {
        return Partial.folded(taken, fold, numberOf(fold.step(), "value"));
    }

    /**
     * The key whose events were matched.
     *
     * @param type the class of the keys
     * @param <K> the type of the keys
     * @return the key
     * @throws ConfigException when the key is of another class
     */
    public <K> K key(Class<K> type) {
        if (!type.isInstance(key)) {
            throw new ConfigException("key(" + type.getSimpleName() + ".class): the key is "
                    + (key == null ? "missing" : "a " + key.getClass().getName())
                    + "; ask for the class of the stream's keys");
        }
        return type.cast(key);
    }

    /**
     * The time of the first event.
     *
     * @return the time
     * @throws ConfigException when nothing is matched yet: in a condition of the first step
     */
    public Instant start() {
        return Instant.ofEpochMilli(some("start").first().timeMillis());
    }

    /**
     * The time of the last event.
     *
     * @return the time
     * @throws ConfigException when nothing is matched yet: in a condition of the first step
     */
    public Instant end() {
        return Instant.ofEpochMilli(some("end").event().timeMillis());
    }

    @Override
    public String toString() {
        var text = new StringBuilder("Match[");
        if (taken != null) {
            for (Partial at : taken.inOrder()) {
                text.append(at.parent() == null ? "" : ", ")
                        .append(steps.get(at.step()).step().name())
                        .append('=')
                        .append(at.event().value());
            }
        }
        return text.append(']').toString();
    }

    long together() {
        return together;
    }

    private int numberOf(Step<?> step, String asker) {
        Objects.requireNonNull(step, "step");
        return steps.positive(step, asker + "(" + step.name() + ")");
    }

    private Partial lastOf(int number) {
        Partial at = taken;
        while (at != null && at.step() != number) {
            at = at.parent();
        }
        return at;
    }

    private Partial some(String asker) {
        if (taken == null) {
            throw new ConfigException(asker + "(): nothing is matched yet where the first step's condition is asked;"
                    + " look at the event itself");
        }
        return taken;
    }

    private static Partial present(Partial found, Step<?> step, String asker) {
        if (found == null) {
            throw new ConfigException(asker + "(" + step.name() + "): " + step.label()
                    + " took no event so far; ask count(" + step.name() + ") first");
        }
        return found;
    }

    private static <T> T value(Step<T> step, Partial at) {
        return step.type().cast(at.event().value());
    }
}
