package io.wellspring.testkit.pipeline;

/**
 * A record that a test read from a topic, decoded.
 *
 * @param key its key, or null where the record has none
 * @param value its value, or null where the record has none
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public record Message<K, V>(K key, V value) {}
