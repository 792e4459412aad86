package io.wellspring.api.codec;

import com.google.protobuf.UnsafeByteOperations;
import io.wellspring.api.error.CodecException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Text, strictly: nothing is replaced by a question mark on either way. */
final class Utf8Codec implements Codec<String> {
    static final Utf8Codec INSTANCE = new Utf8Codec();

    @Override
    public String contentName() {
        return "utf8";
    }

    @Override
    public Optional<Class<?>> valueType() {
        return Optional.of(String.class);
    }

    @Override
    public byte[] encode(String value) {
        if (value == null) {
            throw new CodecException("utf8 text is null; null has no encoding");
        }
        try {
            Utf8Length.of(value);
        } catch (Refusal e) {
            throw e.under("utf8 text");
        }
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
        // The wrapping is not seen by anyone else, and copies nothing.
        if (!UnsafeByteOperations.unsafeWrap(bytes).isValidUtf8()) {
            throw new CodecException("utf8 text: " + bytes.length
                    + " bytes are not UTF-8; written by another codec? Codecs.bytes() reads anything");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return contentName();
    }
}
