package io.wellspring.api;

import java.util.Objects;

/**
 * Read-only state of a stage, as other stages of the same task see it: published with {@link StageStream#publish}, declared by
 * the reader with {@link Stage#reading}, read with {@link Context#view}. A reader sees the changes of the transaction it is in
 * itself; nobody outside the task does.
 *
 * @param name the view's name, unique within a pipeline
 * @param keyType the type of the keys
 * @param valueType the type of the values
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public record View<K, V>(String name, Class<K> keyType, Class<V> valueType) {
    /**
     * Checks the name.
     *
     * @param name the view's name, unique within a pipeline
     * @param keyType the type of the keys
     * @param valueType the type of the values
     */
    public View {
        Names.checked("view", name);
        Objects.requireNonNull(keyType, "keyType");
        Objects.requireNonNull(valueType, "valueType");
    }

    /**
     * A view of a stage for the other stages of its task.
     *
     * @param name the view's name, unique within a pipeline
     * @param keyType the type of the keys
     * @param valueType the type of the values
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @return the view
     * @throws io.wellspring.api.error.ConfigException when the name is illegal
     */
    public static <K, V> View<K, V> sameTask(String name, Class<K> keyType, Class<V> valueType) {
        return new View<>(name, keyType, valueType);
    }
}
