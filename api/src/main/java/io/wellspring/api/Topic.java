package io.wellspring.api;

import io.wellspring.api.codec.Codec;
import java.util.Objects;

/**
 * A Kafka topic with the types of its keys and values. A value: equal by name and codecs, free to share.
 *
 * @param name the topic's name in the cluster
 * @param keys the codec of its keys
 * @param values the codec of its values
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public record Topic<K, V>(String name, Codec<K> keys, Codec<V> values) {
    /**
     * Checks the name.
     *
     * @param name the topic's name in the cluster
     * @param keys the codec of its keys
     * @param values the codec of its values
     */
    public Topic {
        Names.checked("topic", name);
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(values, "values");
    }

    /**
     * A topic.
     *
     * @param name the topic's name in the cluster
     * @param keys the codec of its keys
     * @param values the codec of its values
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @return the topic
     * @throws io.wellspring.api.error.ConfigException when the name cannot be a topic's
     */
    public static <K, V> Topic<K, V> of(String name, Codec<K> keys, Codec<V> values) {
        return new Topic<>(name, keys, values);
    }
}
