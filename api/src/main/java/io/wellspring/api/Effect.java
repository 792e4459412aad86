package io.wellspring.api;

import io.wellspring.api.error.ConfigException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a stage decided, as data: the events to persist, all or none of them, the values to emit, and the timers to set or cancel.
 * Immutable; made by the factories of {@link EventSourced}.
 *
 * <p>The order in which an engine carries it out: the events evolve the state, then the key's timers change, then the functions of the
 * emissions are called with the new state, then events, timers and emissions are sent, all in the transaction that also commits the
 * input's position. An effect that changes nothing but timers is as durable as one with events.
 *
 * <p>A key has one timer for each name, in event time or in processing time: setting it again, in whichever time, replaces it. An event that
 * makes the stage forget the key cancels the timers set before; those of the same effect stand.
 *
 * @param <E> the type of the events
 * @param <S> the type of the state
 */
public final class Effect<E, S> {
    private static final Effect<?, ?> NONE = new Effect<>(List.of(), List.of(), List.of());

    private final List<E> events;
    private final List<Emission<?, S>> emissions;
    private final List<TimerChange> timers;

    private Effect(List<E> events, List<Emission<?, S>> emissions, List<TimerChange> timers) {
        this.events = events;
        this.emissions = emissions;
        this.timers = timers;
    }

    @SuppressWarnings("unchecked") // holds no event and no function
    static <E, S> Effect<E, S> none() {
        return (Effect<E, S>) NONE;
    }

    static <E, S> Effect<E, S> persisting(List<? extends E> events) {
        return events.isEmpty() ? none() : new Effect<>(List.copyOf(events), List.of(), List.of());
    }

    /**
     * Also emits one value.
     *
     * @param out the port
     * @param value gives the value from the state after the events; null emits nothing
     * @param <T> the type of the value
     * @return this effect with the emission behind its others
     */
    public <T> Effect<E, S> emit(Out<T> out, Function<? super S, ? extends T> value) {
        Objects.requireNonNull(value, "value");
        return with(new Emission<>(out, state -> {
            T one = value.apply(state);
            return one == null ? List.of() : List.of(one);
        }));
    }

    /**
     * Also emits any number of values; the function is called when they are wanted, and not at all if the record fails before.
     *
     * @param out the port
     * @param values gives the values from the state after the events
     * @param <T> the type of the values
     * @return this effect with the emission behind its others
     */
    public <T> Effect<E, S> emitAll(Out<T> out, Function<? super S, ? extends Iterable<? extends T>> values) {
        return with(new Emission<>(out, values));
    }

    /**
     * Also sets a timer in event time: {@link EventSourced#onTimer} is called once the task's watermark has reached the time, before any
     * later record is decided; at once where it has reached it already.
     *
     * @param name names the timer among those of its key; 1 to 100 characters
     * @param due the event time at which it fires, to the millisecond
     * @return this effect with the timer
     * @throws ConfigException when the name is empty or too long
     */
    public Effect<E, S> timer(String name, Instant due) {
        return with(new TimerChange(name, TimerKind.EVENT_TIME, due.toEpochMilli()));
    }

    /**
     * Also sets a timer in processing time: {@link EventSourced#onTimer} is called once the task's clock has reached the time, which
     * goes on while no records come, and while the engine is down.
     *
     * @param name names the timer among those of its key; 1 to 100 characters
     * @param due the time on the clock at which it fires, to the millisecond
     * @return this effect with the timer
     * @throws ConfigException when the name is empty or too long
     */
    public Effect<E, S> timerAtProcessingTime(String name, Instant due) {
        return with(new TimerChange(name, TimerKind.PROCESSING_TIME, due.toEpochMilli()));
    }

    /**
     * Also cancels a timer; does nothing where none of that name is set.
     *
     * @param name the timer's name
     * @return this effect with the cancellation
     * @throws ConfigException when the name is empty or too long
     */
    public Effect<E, S> cancelTimer(String name) {
        return with(new TimerChange(name, TimerKind.CANCELLED, 0));
    }

    /**
     * The events to persist, in order.
     *
     * @return an immutable list
     */
    public List<E> events() {
        return events;
    }

    /**
     * The emissions, in order.
     *
     * @return an immutable list
     */
    public List<Emission<?, S>> emissions() {
        return emissions;
    }

    /**
     * The changes of timers, in order; of several with one name the last one holds.
     *
     * @return an immutable list
     */
    public List<TimerChange> timers() {
        return timers;
    }

    @Override
    public String toString() {
        return "Effect[events=" + events + ", emissions="
                + emissions.stream().map(e -> e.out().name()).toList() + (timers.isEmpty() ? "" : ", timers=" + timers)
                + "]";
    }

    private Effect<E, S> with(Emission<?, S> emission) {
        return new Effect<>(events, longer(emissions, emission), timers);
    }

    private Effect<E, S> with(TimerChange change) {
        return new Effect<>(events, emissions, longer(timers, change));
    }

    private static <T> List<T> longer(List<T> list, T more) {
        if (list.isEmpty()) {
            return List.of(more);
        }
        var longer = new ArrayList<>(list);
        longer.add(more);
        return List.copyOf(longer);
    }

    /** What becomes of a timer. */
    public enum TimerKind {
        /** It is set to a time that the watermark is to reach. */
        EVENT_TIME,
        /** It is set to a time that the task's clock is to reach. */
        PROCESSING_TIME,
        /** It is gone. */
        CANCELLED
    }

    /**
     * A timer of the key that is set or cancelled.
     *
     * @param name names the timer among those of its key
     * @param kind what becomes of it
     * @param dueMillis when it fires, in milliseconds since the epoch; 0 where it is cancelled
     */
    public record TimerChange(String name, TimerKind kind, long dueMillis) {
        private static final int MAX_NAME_CHARS = 100;

        /**
         * Checks the name.
         *
         * @param name names the timer among those of its key
         * @param kind what becomes of it
         * @param dueMillis when it fires
         */
        public TimerChange {
            Objects.requireNonNull(kind, "kind");
            if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
                throw new ConfigException("The name of a timer is '" + name + "', which has " + name.length()
                        + " characters, outside 1.." + MAX_NAME_CHARS
                        + " [Effect]; it is journaled with every change of the timer, so give a short one");
            }
        }
    }

    /**
     * Values that are emitted through one port, computed from the state after the events.
     *
     * @param out the port
     * @param values gives the values
     * @param <T> the type of the values
     * @param <S> the type of the state
     */
    public record Emission<T, S>(Out<T> out, Function<? super S, ? extends Iterable<? extends T>> values) {
        /**
         * Checks that nothing is null.
         *
         * @param out the port
         * @param values gives the values
         */
        public Emission {
            Objects.requireNonNull(out, "out");
            Objects.requireNonNull(values, "values");
        }
    }
}
