package io.wellspring.api.codec;

import io.wellspring.api.error.CodecException;
import java.util.Optional;

/** Bytes as they are, copied on both ways. */
final class BytesCodec implements Codec<byte[]> {
    static final BytesCodec INSTANCE = new BytesCodec();

    @Override
    public String contentName() {
        return "bytes";
    }

    @Override
    public Optional<Class<?>> valueType() {
        return Optional.of(byte[].class);
    }

    @Override
    public byte[] encode(byte[] value) {
        if (value == null) {
            throw new CodecException("bytes are null; null has no encoding");
        }
        return value.clone();
    }

    @Override
    public byte[] decode(byte[] bytes) {
        return bytes.clone();
    }

    @Override
    public String toString() {
        return contentName();
    }
}
