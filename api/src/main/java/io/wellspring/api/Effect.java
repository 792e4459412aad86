package io.wellspring.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a stage decided, as data: the events to persist, all or none of them, and the values to emit. Immutable; made by the
 * factories of {@link EventSourced}.
 *
 * <p>The order in which an engine carries it out: the events evolve the state, then the functions of the emissions are called
 * with the new state, then events and emissions are sent, all in the transaction that also commits the input's position.
 *
 * @param <E> the type of the events
 * @param <S> the type of the state
 */
public final class Effect<E, S> {
    private static final Effect<?, ?> NONE = new Effect<>(List.of(), List.of());

    private final List<E> events;
    private final List<Emission<?, S>> emissions;

    private Effect(List<E> events, List<Emission<?, S>> emissions) {
        this.events = events;
        this.emissions = emissions;
    }

    @SuppressWarnings("unchecked") // holds no event and no function
    static <E, S> Effect<E, S> none() {
        return (Effect<E, S>) NONE;
    }

    static <E, S> Effect<E, S> persisting(List<? extends E> events) {
        return events.isEmpty() ? none() : new Effect<>(List.copyOf(events), List.of());
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

    @Override
    public String toString() {
        return "Effect[events=" + events + ", emissions="
                + emissions.stream().map(e -> e.out().name()).toList() + "]";
    }

    private Effect<E, S> with(Emission<?, S> emission) {
        if (emissions.isEmpty()) {
            return new Effect<>(events, List.of(emission));
        }
        var longer = new ArrayList<>(emissions);
        longer.add(emission);
        return new Effect<>(events, List.copyOf(longer));
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
