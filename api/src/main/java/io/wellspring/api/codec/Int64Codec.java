package io.wellspring.api.codec;

import io.wellspring.api.error.CodecException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A long in 8 bytes, big-endian: the bytes of Kafka's LongSerializer. */
final class Int64Codec implements Codec<Long> {
    static final Int64Codec INSTANCE = new Int64Codec();

    @Override
    public String contentName() {
        return "int64";
    }

    @Override
    public Optional<Class<?>> valueType() {
        return Optional.of(Long.class);
    }

    @Override
    public byte[] encode(Long value) {
        if (value == null) {
            throw new CodecException("int64 is null; null has no encoding");
        }
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    @Override
    public Long decode(byte[] bytes) {
        if (bytes.length != Long.BYTES) {
            throw new CodecException("int64 has " + bytes.length + " bytes where 8 belong; written by another codec?");
        }
        return ByteBuffer.wrap(bytes).getLong();
    }

    @Override
    public String toString() {
        return contentName();
    }
}
