package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CodecException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Values and bytes that are refused, each with its path. */
class RecordsValueErrorsTest {
    private static final String HERE = RecordsValueErrorsTest.class.getName() + '$';

    private sealed interface Event {
        @Tag(1)
        record Placed(
                @Tag(1) String id,
                @Tag(2) List<Line> lines,
                @Tag(3) Map<String, Line> named,
                @Tag(4) Optional<String> note,
                @Tag(5) Set<String> marks)
                implements Event {}
    }

    private record Line(@Tag(1) String sku, @Tag(2) int count) {
        Line {
            if (count < 0) {
                throw new IllegalArgumentException("count=" + count);
            }
        }
    }

    private static final Line GOOD = new Line("x", 1);
    private static final Line BAD = new Line(null, 1);

    private final RecordsCodec<Event> events = Codecs.records(Event.class);

    private void encodeRefused(Event event, String... parts) {
        assertThatThrownBy(() -> events.encode(event))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll(parts);
    }

    private static <T> void decodeRefused(Codec<T> codec, byte[] bytes, String... parts) {
        assertThatThrownBy(() -> codec.decode(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContainingAll(parts);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    @SuppressWarnings("NullOptional") // the mistake that is tested
    void namesThePathOfANull() {
        List<Line> none = List.of();
        Map<String, Line> empty = Map.of();
        Map<String, Line> nullValue = new HashMap<>();
        nullValue.put("k", null);
        Map<String, Line> nullKey = new HashMap<>();
        nullKey.put(null, GOOD);
        Set<String> nullMark = new HashSet<>();
        nullMark.add(null);

        encodeRefused(null, HERE + "Event is null");
        encodeRefused(
                new Event.Placed(null, none, empty, Optional.empty(), Set.of()),
                HERE + "Event(Placed).id is null; declare what may be missing as an Optional");
        encodeRefused(new Event.Placed("", null, empty, Optional.empty(), Set.of()), "(Placed).lines is null");
        encodeRefused(new Event.Placed("", none, empty, null, Set.of()), "(Placed).note is null");
        encodeRefused(
                new Event.Placed("", Arrays.asList(GOOD, null), empty, Optional.empty(), Set.of()),
                "(Placed).lines[1] is null");
        encodeRefused(
                new Event.Placed("", List.of(GOOD, GOOD, BAD), empty, Optional.empty(), Set.of()),
                "(Placed).lines[2].sku is null");
        encodeRefused(new Event.Placed("", none, nullValue, Optional.empty(), Set.of()), "(Placed).named[k] is null");
        encodeRefused(new Event.Placed("", none, nullKey, Optional.empty(), Set.of()), "(Placed).named[a key] is null");
        encodeRefused(
                new Event.Placed("", none, Map.of("k", BAD), Optional.empty(), Set.of()),
                "(Placed).named[k].sku is null");
        encodeRefused(
                new Event.Placed("", none, empty, Optional.empty(), nullMark), "(Placed).marks[a set element] is null");
    }

    @Test
    void refusesHalfASurrogatePairInsteadOfWritingAQuestionMark() {
        encodeRefused(
                new Event.Placed("ab\ud83d", List.of(), Map.of(), Optional.empty(), Set.of()),
                "(Placed).id holds half of a surrogate pair at character 2");
    }

    private record Deep(@Tag(1) Optional<Deep> inner) {}

    private static Deep deep(int messages) {
        Deep deep = new Deep(Optional.empty());
        for (int i = 0; i < messages; i++) {
            deep = new Deep(Optional.of(deep));
        }
        return deep;
    }

    @Test
    void writesAHundredMessagesWithinEachOtherAndRefusesOneMore() {
        RecordsCodec<Deep> codec = Codecs.records(Deep.class);

        assertThat(codec.decode(codec.encode(deep(100)))).isEqualTo(deep(100));
        assertThatThrownBy(() -> codec.encode(deep(101)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("Deep.inner.inner")
                .hasMessageContaining(" ... ")
                .hasMessageContaining("is nested deeper than 100 messages");
    }

    @Test
    void refusesToReadMoreThanAHundredMessagesWithinEachOther() {
        byte[] bytes = Codecs.records(Deep.class).encode(deep(100));
        byte[] deeper = new byte[bytes.length + 3];
        // One message more around it: tag 1, then the length in two bytes.
        deeper[0] = 0x0a;
        deeper[1] = (byte) ((bytes.length & 0x7f) | 0x80);
        deeper[2] = (byte) (bytes.length >> 7);
        System.arraycopy(bytes, 0, deeper, 3, bytes.length);

        decodeRefused(Codecs.records(Deep.class), deeper, "nested deeper than 100 messages");
    }

    @Test
    void refusesACircleOfLists() {
        record Node(@Tag(1) List<Node> inner) {}
        List<Node> circle = new ArrayList<>();
        circle.add(new Node(circle));

        assertThatThrownBy(() -> Codecs.records(Node.class).encode(new Node(circle)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("nested deeper than 100 messages");
    }

    @Test
    void namesWhereAConstructorRefused() {
        // Placed { lines { sku "x" count -1 } }
        byte[] inList = bytes(0x0a, 7, 0x12, 5, 0x0a, 1, 'x', 0x10, 1);

        assertThatThrownBy(() -> events.decode(inList))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining(HERE + "Event(Placed).lines[0] was refused by the constructor of " + HERE
                        + "Line: java.lang.IllegalArgumentException: count=-1")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesTheTagTheTypeAndTheRemedyOfAnUnknownVariant() {
        decodeRefused(
                events,
                bytes(0x3a, 0),
                HERE + "Event holds tag 7, but no type that " + HERE + "Event permits has @Tag(7)",
                "Upgrade this reader",
                ".upcast(7, Old.class, old -> List.of(...))");
    }

    @Test
    void refusesNoVariantAtAll() {
        decodeRefused(events, bytes(), HERE + "Event is absent, and the sealed " + HERE + "Event has no default");
    }

    private enum Color {
        @Tag(1)
        RED
    }

    private record Painted(@Tag(1) Color color) {}

    @Test
    void refusesAnUnknownConstantAndAnAbsentOneWithoutZero() {
        RecordsCodec<Painted> codec = Codecs.records(Painted.class);

        decodeRefused(
                codec,
                bytes(8, 2),
                HERE + "Painted.color has tag 2, but no constant of " + HERE + "Color has @Tag(2)",
                "Upgrade readers before writers");
        decodeRefused(
                codec, bytes(), HERE + "Painted.color is absent, and no constant of " + HERE + "Color has @Tag(0)");
    }

    private record Narrow(
            @Tag(1) int i, @Tag(2) byte b, @Tag(3) char c) {}

    @Test
    void refusesANumberThatTheComponentCannotHold() {
        record Wide(@Tag(1) long i) {}
        record WideByte(@Tag(2) int b, @Tag(3) char c) {}
        RecordsCodec<Narrow> codec = Codecs.records(Narrow.class);

        decodeRefused(
                codec,
                Codecs.records(Wide.class).encode(new Wide(1L << 31)),
                HERE + "Narrow.i is 2147483648, which int cannot hold");
        decodeRefused(
                codec,
                Codecs.records(WideByte.class).encode(new WideByte(128, 'x')),
                "Narrow.b is 128, which byte cannot");
        decodeRefused(codec, bytes(0x18, 0x80, 0x80, 4), "Narrow.c is 65536, which char cannot hold");
    }

    @Test
    void refusesATagWhoseTypeChanged() {
        decodeRefused(
                Codecs.records(Narrow.class),
                bytes(0x0a, 1, 'x'),
                HERE
                        + "Narrow.i has wire type 2 where 0 belongs; a tag must keep its type, so give the new type a new tag");
        decodeRefused(events, bytes(8, 1), "(Placed) has wire type 0 where 2 belongs");
    }

    private record Text(
            @Tag(1) String text,
            @Tag(2) Optional<UUID> id,
            @Tag(3) LocalDate date) {}

    @Test
    void refusesTextThatIsNotUtf8OrNotOfItsType() {
        RecordsCodec<Text> codec = Codecs.records(Text.class);

        decodeRefused(codec, bytes(0x0a, 1, 0xff), HERE + "Text.text cannot be read (", "UTF-8");
        decodeRefused(codec, bytes(0x12, 1, 'z'), "Text.id is \"z\", which is not a java.util.UUID");
        decodeRefused(
                codec,
                bytes(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1),
                "Text.date is day -9223372036854775808, which is outside the range");
    }

    @Test
    void refusesBytesThatEndTooEarly() {
        decodeRefused(Codecs.records(Text.class), bytes(0x0a, 9, 'x'), HERE + "Text.text cannot be read (", "are cut");
    }

    record Moody(@Tag(1) int a, @Tag(2) String b) {
        @Override
        public String b() {
            throw new IllegalStateException("not today");
        }
    }

    @Test
    void namesAnAccessorThatThrows() {
        assertThatThrownBy(() -> Codecs.records(Moody.class).encode(new Moody(1, "")))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("Moody.b cannot be read from the record: its accessor threw")
                .hasMessageContaining("not today");
    }
}
