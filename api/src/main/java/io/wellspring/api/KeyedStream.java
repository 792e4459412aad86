package io.wellspring.api;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.port.Node;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Values with keys that flow through a pipeline while it is described. Steps without state keep the key and the order; functions run in
 * the task's thread, one record at a time, and what they throw is handled by the policy of the record's source.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class KeyedStream<K, V> {
    private final Pipeline.Builder builder;
    private final int node;
    private final Codec<K> keys;
    private final Codec<V> values;

    KeyedStream(Pipeline.Builder builder, int node, Codec<K> keys, Codec<V> values) {
        this.builder = builder;
        this.node = node;
        this.keys = keys;
        this.values = values;
    }

    /**
     * One value to one value.
     *
     * @param function pure; null is an error: use {@link #filter} or {@link #flatMap} to drop values
     * @param <R> the type of the new values
     * @return the new values
     */
    public <R> KeyedStream<K, R> map(Function<? super V, ? extends R> function) {
        Objects.requireNonNull(function, "function");
        return mapWithKey((key, value) -> function.apply(value));
    }

    /**
     * Key and value to one value; the key stays.
     *
     * @param function pure; null is an error
     * @param <R> the type of the new values
     * @return the new values
     */
    public <R> KeyedStream<K, R> mapWithKey(BiFunction<? super K, ? super V, ? extends R> function) {
        BiFunction<Object, Object, Object> erased = Erased.function(function);
        return then(builder.add(id -> new Node.Map(id, node, erased)), null);
    }

    /**
     * Lets some values through.
     *
     * @param predicate true for those that go on
     * @return these
     */
    public KeyedStream<K, V> filter(Predicate<? super V> predicate) {
        Predicate<Object> erased = Erased.predicate(predicate);
        return then(builder.add(id -> new Node.Filter(id, node, erased)), values);
    }

    /**
     * One value to any number, in the order of the iteration.
     *
     * @param function pure; gives the values, none of them null
     * @param <R> the type of the new values
     * @return the new values
     */
    public <R> KeyedStream<K, R> flatMap(Function<? super V, ? extends Iterable<? extends R>> function) {
        Function<Object, Iterable<?>> erased = Erased.iterable(function);
        return then(builder.add(id -> new Node.FlatMap(id, node, erased)), null);
    }

    /**
     * Looks at each value. A record that is processed again after a failure is looked at again.
     *
     * @param consumer called with each value
     * @return the same values
     */
    public KeyedStream<K, V> peek(Consumer<? super V> consumer) {
        Consumer<Object> erased = Erased.consumer(consumer);
        return then(builder.add(id -> new Node.Peek(id, node, erased)), values);
    }

    /**
     * Joins another stream to this one. Where both come from topics their records are taken in order of event time; ties go by the order in
     * which the topics were declared, then partition, then offset.
     *
     * @param other a stream of the same pipeline with the same key codec
     * @return the values of both
     * @throws ConfigException when the keys are encoded differently: equal keys would lie in different partitions
     */
    public KeyedStream<K, V> merge(KeyedStream<K, ? extends V> other) {
        builder.checkOwns(other);
        if (!keys.contentName().equals(other.keys.contentName())) {
            throw new ConfigException("Streams with keys encoded as " + keys.contentName() + " and as "
                    + other.keys.contentName()
                    + " cannot be merged: equal keys would lie in different partitions. Rekey one of them");
        }
        return then(builder.add(id -> new Node.Merge(id, List.of(node, other.node))), null);
    }

    /**
     * Asks a question of each value, once, and gives the two answers as streams.
     *
     * @param predicate the question
     * @return the values with either answer
     */
    public Split<K, V> split(Predicate<? super V> predicate) {
        Predicate<Object> erased = Erased.predicate(predicate);
        int split = builder.add(id -> new Node.Split(id, node, erased));
        return new Split<>(
                then(builder.add(id -> new Node.Branch(id, split, true)), values),
                then(builder.add(id -> new Node.Branch(id, split, false)), values));
    }

    /**
     * Gives each value a new key. The values pass a repartition topic, written in the same transaction as everything else, and are read by
     * the task that owns the new key.
     *
     * @param name unique in the pipeline, part of the topic's name
     * @param newKeys the codec of the new keys
     * @param newValues the codec of the values
     * @param key gives the new key
     * @param <L> the type of the new keys
     * @return the values under their new keys
     */
    public <L> KeyedStream<L, V> rekey(
            String name, Codec<L> newKeys, Codec<V> newValues, Function<? super V, ? extends L> key) {
        Names.checked("rekey", name);
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(newKeys, "newKeys");
        Objects.requireNonNull(newValues, "newValues");
        BiFunction<Object, Object, Object> erased = Erased.function((K oldKey, V value) -> key.apply(value));
        int id = builder.add(next -> new Node.Rekey(next, node, name, newKeys, newValues, erased));
        return new KeyedStream<>(builder, id, newKeys, newValues);
    }

    /**
     * Sends the values to a stage as its commands.
     *
     * @param stage the stage
     * @param <E> the type of the stage's events
     * @param <S> the type of the stage's state
     * @return what the stage gives: its events, its ports, its state
     * @throws ConfigException when keys are byte arrays, which have no equality of their own
     */
    public <E, S> StageStream<K, E, S> stage(Stage<? super K, ? super V, E, S> stage) {
        Objects.requireNonNull(stage, "stage");
        if ("bytes".equals(keys.contentName())) {
            throw new ConfigException("Stage " + stage.name()
                    + " has byte arrays as keys, which are never equal to each other. Use a key codec of a type with equality, such as"
                    + " Codecs.utf8() or Codecs.int64()");
        }
        return new StageStream<>(builder, builder.add(id -> new Node.Stateful(id, node, stage, keys)), keys, stage);
    }

    /**
     * Sends the values to a topic, with their keys, event times and in the task's transaction.
     *
     * @param topic the topic; it must exist when the pipeline starts
     */
    public void to(Topic<K, ? super V> topic) {
        Objects.requireNonNull(topic, "topic");
        builder.add(id -> new Node.Sink(id, node, topic));
    }

    /**
     * Names the codec of the values, for steps that need one, such as patterns behind a {@link #map}.
     *
     * @param codec the codec
     * @return the same stream
     */
    public KeyedStream<K, V> withCodec(Codec<V> codec) {
        return new KeyedStream<>(builder, node, keys, Objects.requireNonNull(codec, "codec"));
    }

    /**
     * The codec of the keys.
     *
     * @return the codec
     */
    public Codec<K> keyCodec() {
        return keys;
    }

    /**
     * The codec of the values, where it is known: directly behind a topic, a rekey, a stage's events, or {@link #withCodec}.
     *
     * @return the codec, or empty
     */
    public Optional<Codec<V>> valueCodec() {
        return Optional.ofNullable(values);
    }

    Pipeline.Builder builder() {
        return builder;
    }

    private <R> KeyedStream<K, R> then(int id, Codec<R> codec) {
        return new KeyedStream<>(builder, id, keys, codec);
    }

    /**
     * The two sides of a {@link KeyedStream#split}.
     *
     * @param matching the values for which the answer was true
     * @param rest the others
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public record Split<K, V>(KeyedStream<K, V> matching, KeyedStream<K, V> rest) {}
}
