package io.wellspring.api;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.port.Node;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a stage gives to the rest of its pipeline.
 *
 * @param <K> the type of the keys
 * @param <E> the type of the stage's events
 * @param <S> the type of the stage's state
 */
public final class StageStream<K, E, S> {
    private final Pipeline.Builder builder;
    private final int node;
    private final Codec<K> keys;
    private final Codec<E> events;

    StageStream(Pipeline.Builder builder, int node, Codec<K> keys, Stage<?, ?, E, S> stage) {
        this.builder = builder;
        this.node = node;
        this.keys = keys;
        this.events = stage.events();
    }

    /**
     * The values that the stage emits through a port. Emissions through a port that nobody asked for go nowhere.
     *
     * @param out the port
     * @param <T> the type of the values
     * @return the values
     */
    public <T> KeyedStream<K, T> out(Out<T> out) {
        Objects.requireNonNull(out, "out");
        return new KeyedStream<>(builder, builder.add(id -> new Node.Port(id, node, out)), keys, null);
    }

    /**
     * The events as they are persisted, each behind the change it made to the stage's state.
     *
     * @return the events
     */
    public KeyedStream<K, E> events() {
        return new KeyedStream<>(builder, builder.add(id -> new Node.Events(id, node)), keys, events);
    }

    /**
     * Lets other stages of the task read this stage's state.
     *
     * @param view the view
     * @param projection pure; the state as the readers see it
     * @param <V> the type of the view's values
     * @return this stage
     */
    public <V> StageStream<K, E, S> publish(View<K, V> view, Function<? super S, ? extends V> projection) {
        Objects.requireNonNull(view, "view");
        Function<Object, Object> erased = Erased.function(projection);
        builder.add(id -> new Node.Published(id, node, view, erased));
        return this;
    }
}
