package io.wellspring.cep;

import java.util.Objects;

/**
 * What the matcher receives: a value and the stream it came from.
 *
 * @param source the stream, in order of declaration
 */
record Arrival(int source, Object value) {
    Arrival {
        Objects.requireNonNull(value, "value");
    }
}
