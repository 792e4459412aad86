package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** A type whose {@code toString} is exact and can be read back: {@code string}, in ISO 8601 for java.time. */
final class TextForm extends Form {
    private static final Map<Class<?>, Function<String, Object>> PARSERS = Map.ofEntries(
            Map.entry(LocalTime.class, LocalTime::parse),
            Map.entry(LocalDateTime.class, LocalDateTime::parse),
            Map.entry(OffsetDateTime.class, OffsetDateTime::parse),
            Map.entry(ZonedDateTime.class, ZonedDateTime::parse),
            Map.entry(ZoneId.class, ZoneId::of),
            Map.entry(ZoneOffset.class, ZoneOffset::of),
            Map.entry(Period.class, Period::parse),
            Map.entry(UUID.class, UUID::fromString),
            Map.entry(BigDecimal.class, BigDecimal::new),
            Map.entry(BigInteger.class, BigInteger::new));

    private final Class<?> type;
    private final Function<String, Object> parser;

    private TextForm(Class<?> type, Function<String, Object> parser) {
        super(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        this.type = type;
        this.parser = parser;
    }

    /** The form of a type that is written as text, or null. */
    static TextForm of(Class<?> type) {
        Function<String, Object> parser = PARSERS.get(type);
        return parser == null ? null : new TextForm(type, parser);
    }

    @Override
    int size(Object value, Layout layout) {
        return CodedOutputStream.computeStringSizeNoTag(value.toString());
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        out.writeStringNoTag(value.toString());
    }

    @Override
    Object read(Source source) throws IOException {
        String text = source.in.readStringRequireUtf8();
        try {
            return parser.apply(text);
        } catch (RuntimeException e) {
            throw new Refusal("is \"" + Refusal.shown(text) + "\", which is not a " + type.getName(), e);
        }
    }

    @Override
    Object absent() {
        if (type == BigDecimal.class) {
            return BigDecimal.ZERO;
        }
        if (type == BigInteger.class) {
            return BigInteger.ZERO;
        }
        throw noDefault(type.getName());
    }

    @Override
    Object parse(String text) {
        return parser.apply(text);
    }

    @Override
    String protoType(SchemaNames names) {
        return "string";
    }

    @Override
    Comparable<?> rank(Object key) {
        return key.toString();
    }
}
