package io.wellspring.api;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.ConfigException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A step with state: a name, a behaviour and the codecs of its events and state. A value; pipelines, queries and tests take it.
 * The name is part of the journal's topic name, so it stays for as long as the journal does.
 *
 * @param <K> the type of the keys
 * @param <C> the type of the commands
 * @param <E> the type of the events
 * @param <S> the type of the state
 */
public final class Stage<K, C, E, S> {
    private final String name;
    private final EventSourced<K, C, E, S> behaviour;
    private final Codec<E> events;
    private final Codec<S> state;
    private final Set<View<?, ?>> reads;
    private final Policy policy;

    private Stage(
            String name,
            EventSourced<K, C, E, S> behaviour,
            Codec<E> events,
            Codec<S> state,
            Set<View<?, ?>> reads,
            Policy policy) {
        this.name = name;
        this.behaviour = behaviour;
        this.events = events;
        this.state = state;
        this.reads = reads;
        this.policy = policy;
    }

    /**
     * A stage.
     *
     * @param name its name, unique within a pipeline and part of the journal's topic name
     * @param behaviour what it does
     * @param events the codec of its events: the format of the journal
     * @param state the codec of its state: the format of snapshots
     * @param <K> the type of the keys
     * @param <C> the type of the commands
     * @param <E> the type of the events
     * @param <S> the type of the state
     * @return the stage
     * @throws ConfigException when the name is illegal
     */
    public static <K, C, E, S> Stage<K, C, E, S> of(
            String name, EventSourced<K, C, E, S> behaviour, Codec<E> events, Codec<S> state) {
        return new Stage<>(
                Names.checked("stage", name),
                Objects.requireNonNull(behaviour, "behaviour"),
                Objects.requireNonNull(events, "events"),
                Objects.requireNonNull(state, "state"),
                Set.of(),
                null);
    }

    /**
     * A stage whose states are stored in parts: for states that are too large to be written as a whole for each change.
     *
     * @param name its name, unique within a pipeline and part of the journal's topic name
     * @param behaviour what it does
     * @param events the codec of its events: the format of the journal
     * @param state the format of its states in snapshots
     * @param <K> the type of the keys
     * @param <C> the type of the commands
     * @param <E> the type of the events
     * @param <S> the type of the state
     * @return the stage
     * @throws ConfigException when the name is illegal
     */
    public static <K, C, E, S> Stage<K, C, E, S> inParts(
            String name, EventSourced<K, C, E, S> behaviour, Codec<E> events, StateFormat<S> state) {
        return of(name, behaviour, events, new WholeState<>(Objects.requireNonNull(state, "state")));
    }

    /**
     * Declares the views that this stage reads while it decides, so that the pipeline can check that they are published in the same
     * task.
     *
     * @param views the views
     * @return this stage, reading them
     */
    public Stage<K, C, E, S> reading(View<?, ?>... views) {
        var all = new LinkedHashSet<>(reads);
        all.addAll(List.of(views));
        return new Stage<>(name, behaviour, events, state, Set.copyOf(all), policy);
    }

    /**
     * What becomes of a record that this stage cannot process; without it the policy of the record's source is asked.
     *
     * @param changed the policy
     * @return this stage with that policy
     */
    public Stage<K, C, E, S> onError(Policy changed) {
        return new Stage<>(name, behaviour, events, state, reads, Objects.requireNonNull(changed, "policy"));
    }

    /**
     * The name.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The behaviour.
     *
     * @return the behaviour
     */
    public EventSourced<K, C, E, S> behaviour() {
        return behaviour;
    }

    /**
     * The codec of the events.
     *
     * @return the codec
     */
    public Codec<E> events() {
        return events;
    }

    /**
     * The codec of the state; where it is stored in parts, one that writes root and parts into one piece.
     *
     * @return the codec
     */
    public Codec<S> state() {
        return state;
    }

    /**
     * How the state is stored in parts.
     *
     * @return the format, empty where a row of the snapshot holds a whole state
     */
    public Optional<StateFormat<S>> stateFormat() {
        return state instanceof WholeState<S> whole ? Optional.of(whole.format()) : Optional.empty();
    }

    /**
     * The views this stage may read.
     *
     * @return an immutable set
     */
    public Set<View<?, ?>> reads() {
        return reads;
    }

    /**
     * The stage's own policy.
     *
     * @return the policy, empty where the source's policy holds
     */
    public Optional<Policy> policy() {
        return Optional.ofNullable(policy);
    }

    @Override
    public String toString() {
        return "Stage[" + name + "]";
    }
}
