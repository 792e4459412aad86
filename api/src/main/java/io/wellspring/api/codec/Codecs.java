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
     * Records, sealed interfaces and enums in protobuf wire format, which {@link RecordsCodec#protoSchema} prints.
     *
     * <p><b>Layout.</b> A record is a message with a field per component, numbered by {@link Tag}, in rising order of tags:
     *
     * <table>
     * <caption>What stands for a type</caption>
     * <tr><th>Java</th><th>proto3</th><th>absent means</th></tr>
     * <tr><td>byte, short, int; long</td><td>sint32; sint64 (zigzag)</td><td>0</td></tr>
     * <tr><td>char</td><td>uint32</td><td>0</td></tr>
     * <tr><td>boolean, float, double</td><td>the same</td><td>false, 0</td></tr>
     * <tr><td>String, byte[]</td><td>string, bytes</td><td>empty</td></tr>
     * <tr><td>an enum</td><td>an enum, its constants numbered by tag</td><td>the constant with tag 0, else refused</td></tr>
     * <tr><td>LocalDate</td><td>sint64, days since 1970-01-01</td><td>1970-01-01</td></tr>
     * <tr><td>Instant, Duration</td><td>google.protobuf.Timestamp, Duration</td><td>the epoch, zero</td></tr>
     * <tr><td>LocalTime, LocalDateTime, OffsetDateTime, ZonedDateTime, ZoneId, ZoneOffset, Period, UUID</td>
     *     <td>string, as their {@code toString}</td><td>refused</td></tr>
     * <tr><td>BigDecimal, BigInteger</td><td>string</td><td>0</td></tr>
     * <tr><td>a record</td><td>a message</td><td>the record with all components absent</td></tr>
     * <tr><td>a sealed interface</td><td>a message with one oneof, a field per permitted type, numbered by its tag</td>
     *     <td>refused</td></tr>
     * <tr><td>Optional</td><td>optional</td><td>empty</td></tr>
     * <tr><td>List, Set</td><td>repeated, packed where protobuf packs</td><td>empty</td></tr>
     * <tr><td>Map</td><td>map, or repeated entries of key = 1 and value = 2 (the same bytes)</td><td>empty</td></tr>
     * </table>
     *
     * <p>A permitted type may be a record, an enum or a sealed interface, which is a message with a oneof of its own; a type
     * under two sealed interfaces has one tag for both. Where protobuf has no place for a list, set, map or Optional (in
     * another one, or at the root), and for an enum at the root, a message with the one field 1 stands around it.
     *
     * <p><b>Canonical.</b> Equal values give equal bytes. Sets and maps are written in one order whatever theirs is: numbers,
     * dates and times by value, texts by UTF-16 code unit, enums by tag, everything else by its encoding as unsigned bytes.
     * That is also the order in which they iterate when read. What is read cannot be changed, but for arrays.
     *
     * <p><b>Refused</b> with a {@link io.wellspring.api.error.CodecException} that names the path: null anywhere (use
     * Optional), half a surrogate pair, more than 100 messages within each other, an enum's or sealed interface's unknown
     * tag, a number too large for a narrowed type, a tag whose wire type changed, whatever a constructor refuses.
     *
     * <p><b>Evolution.</b> Components are always written, so absent means: older than the component. Hence safe: a new
     * component (old bytes give the type's default or {@link Default}), a removed one (keep its tag {@link Reserved}), a new
     * name, another order, int to long, a component that becomes an Optional or a List of its type. Unknown fields of a
     * record are skipped, and lost when the value is encoded again: upgrade readers before writers. An unknown tag of a sealed interface is never skipped: it would be a lost
     * event; see {@link RecordsCodec#upcast(int, Class, java.util.function.Function) upcast}.
     *
     * <p>Records and their components may be private. In a named module the package must be open to this library.
     *
     * @param type a record, a sealed interface or an enum, without type parameters
     * @param <T> the type
     * @return the codec, named {@code records:} and the type's name
     * @throws ConfigException when the type cannot be carried, such as for a missing, doubled, reserved or impossible tag; the
     *     message says where, and the remedy
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
