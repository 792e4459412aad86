package io.wellspring.api.codec;

import java.util.List;
import java.util.Optional;

/**
 * Turns values of one type into bytes and back.
 *
 * <p>A codec is a pure function in both directions and is used by several threads at once. Equal values give equal bytes:
 * keys are routed and compared by their encoding.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {
    /**
     * Names the content, for error messages and for checks: a stage is refused when the kind of a codec, which is what stands before a colon,
     * is not the one that its snapshot was written with. What stands behind it may change, as classes are renamed and moved.
     *
     * @return a short stable name, such as {@code utf8} or {@code records:com.acme.Event}
     */
    String contentName();

    /**
     * The class of the values, for checks when a pipeline is built; nothing at run time rests on it.
     *
     * @return a class that every value is an instance of, or empty where the codec does not know one
     */
    default Optional<Class<?>> valueType() {
        return Optional.empty();
    }

    /**
     * Encodes a value.
     *
     * @param value the value, not null
     * @return its bytes, a new array that the caller may keep
     * @throws io.wellspring.api.error.CodecException when the value has no encoding; the message names the field
     */
    byte[] encode(T value);

    /**
     * Decodes a value.
     *
     * @param bytes what {@link #encode} made, not null; not changed and not kept
     * @return the value, never null
     * @throws io.wellspring.api.error.CodecException when the bytes are not an encoding of a value; the message names the
     *     field
     */
    T decode(byte[] bytes);

    /**
     * Decodes what was one value when it was written, and may be none or several now: a codec that knows how a removed event
     * became others gives those. Replay reads events with this.
     *
     * @param bytes what {@link #encode} made, or made once; not null; not changed and not kept
     * @return the values in order, for most codecs exactly one
     * @throws io.wellspring.api.error.CodecException as {@link #decode}
     */
    default List<T> decodeAll(byte[] bytes) {
        return List.of(decode(bytes));
    }
}
