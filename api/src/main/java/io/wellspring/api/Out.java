package io.wellspring.api;

import java.util.Objects;

/**
 * A named, typed port through which a stage emits values: {@link Effect#emit} on the inside, {@link StageStream#out} on
 * the outside. What is emitted carries the key and the event time of the record that caused it.
 *
 * @param name the port's name, unique within its stage
 * @param type the type of the values
 * @param <T> the type of the values
 */
public record Out<T>(String name, Class<T> type) {
    /**
     * Checks the name.
     *
     * @param name the port's name, unique within its stage
     * @param type the type of the values
     */
    public Out {
        Names.checked("port (Out)", name);
        Objects.requireNonNull(type, "type");
    }

    /**
     * A port.
     *
     * @param name the port's name, unique within its stage
     * @param type the type of the values
     * @param <T> the type of the values
     * @return the port
     * @throws io.wellspring.api.error.ConfigException when the name is empty or has other characters than letters,
     *     digits, '.', '_' and '-'
     */
    public static <T> Out<T> named(String name, Class<T> type) {
        return new Out<>(name, type);
    }
}
