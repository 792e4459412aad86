package io.wellspring.api.codec;

import io.wellspring.api.error.ConfigException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A generic type as a value, for {@link Codecs#records(TypeToken)}: {@code new TypeToken<Pair<String, Integer>>() {}}. The
 * braces matter: a subclass remembers its type argument, a plain object does not.
 *
 * @param <T> the type
 */
public abstract class TypeToken<T> {
    private final Type type;

    /**
     * Captures the type argument of the subclass.
     *
     * @throws ConfigException when the subclass names no type argument
     */
    protected TypeToken() {
        if (getClass().getGenericSuperclass() instanceof ParameterizedType parent
                && parent.getRawType() == TypeToken.class) {
            type = parent.getActualTypeArguments()[0];
        } else {
            throw new ConfigException(getClass().getName()
                    + " names no type; write new TypeToken<Pair<String, Integer>>() {} where it is needed [TypeToken]");
        }
    }

    final Type type() {
        return type;
    }
}
