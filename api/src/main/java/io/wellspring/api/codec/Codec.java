package io.wellspring.api.codec;

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
     * Names the content, for error messages and for checks that what is stored was written by the same codec.
     *
     * @return a short stable name, such as {@code utf8} or {@code records:com.acme.Event}
     */
    String contentName();

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
}
