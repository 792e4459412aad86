package io.wellspring.api.codec;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.wellspring.api.error.ConfigException;
import java.util.List;
import java.util.Map;

/** The codecs that come with Wellspring. All are immutable and used by any number of threads at once. */
public final class Codecs {
    private Codecs() {}

    /**
     * Text in UTF-8. Half a surrogate pair, and bytes that are not UTF-8, are refused, never replaced.
     *
     * @return the codec, named {@code utf8}
     */
    public static Codec<String> utf8() {
        return Utf8Codec.INSTANCE;
    }

    /**
     * Longs in 8 bytes, big-endian, as Kafka's {@code LongSerializer} writes them.
     *
     * @return the codec, named {@code int64}
     */
    public static Codec<Long> int64() {
        return Int64Codec.INSTANCE;
    }

    /**
     * Bytes as they are.
     *
     * @return the codec, named {@code bytes}
     */
    public static Codec<byte[]> bytes() {
        return BytesCodec.INSTANCE;
    }

    /**
     * Messages of a class that protoc generated, with maps in deterministic order.
     *
     * @param parser {@code Invoice.parser()}
     * @param <T> the message
     * @return the codec, named {@code protobuf:} and the message's full name
     */
    public static <T extends MessageLite> Codec<T> protobuf(Parser<T> parser) {
        return new ProtobufCodec<>(parser);
    }

    /**
     * Records and sealed interfaces in protobuf wire format.
     *
     * @param type a record, a sealed interface or an enum, without type parameters
     * @param <T> the type
     * @return the codec, named {@code records:} and the type's name
     * @throws ConfigException when the type cannot be carried; the message says which part of it, and the remedy
     */
    public static <T> RecordsCodec<T> records(Class<T> type) {
        return new PlannedCodec<>(ClosedType.of(type, Map.of(), type.getTypeName()), List.of());
    }

    /**
     * Like {@link #records(Class)}, for a type with type arguments, or a list, set or map of such.
     *
     * @param type {@code new TypeToken<Pair<String, Integer>>() {}}
     * @param <T> the type
     * @return the codec, named {@code records:} and the type's name
     * @throws ConfigException when the type cannot be carried; the message says which part of it, and the remedy
     */
    public static <T> RecordsCodec<T> records(TypeToken<T> type) {
        return new PlannedCodec<>(
                ClosedType.of(type.type(), Map.of(), type.type().getTypeName()), List.of());
    }
}
