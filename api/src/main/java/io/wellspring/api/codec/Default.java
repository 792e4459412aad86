package io.wellspring.api.codec;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a record component is when the bytes do not hold it, because they were written before the component existed. Without
 * it an absent number is 0, an absent text empty, and so on; see {@link Codecs#records(Class)}.
 *
 * <p>For components that are a number, a boolean, a {@code String}, an enum or a type with a text form ({@code java.time},
 * {@code UUID}, {@code BigDecimal}, {@code BigInteger}). The text is read when the codec is built, and refused then if it
 * cannot be read.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
    /**
     * The value as text: a number, {@code true}, the name of an enum constant, {@code PT30S}, {@code 2024-02-29}.
     *
     * @return the text, as the type's own {@code parse} or {@code valueOf} reads it
     */
    String value();
}
