package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.wellspring.api.codec.Samples.Sample;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Reads the codec's bytes with nothing but protobuf-java and the printed schema, as another language would. */
class RecordsSchemaTest {
    private static final RecordsCodec<Sample> SAMPLES = Codecs.records(Sample.class);
    private static final Descriptor SAMPLE = descriptor(SAMPLES, "Sample");

    @Reserved({5, 9})
    private record Order(
            @Tag(1) String id,
            @Tag(2) long totalCents,
            @Tag(3) List<Line> lines,
            @Tag(4) Optional<String> note,
            @Tag(6) State state,
            @Tag(7) Instant placedAt,
            @Tag(8) java.time.Duration took,
            @Tag(10) Map<String, Integer> discounts,
            @Tag(11) LocalDate due,
            @Tag(12) @Default("-1") int priority,
            @Tag(13) Payment payment,
            @Tag(14) Map<LocalDate, List<String>> history,
            @Tag(15) byte[] proof) {}

    private record Line(@Tag(1) String sku, @Tag(2) int count, @Tag(3) double price) {}

    private enum State {
        @Tag(1)
        OPEN,
        @Tag(2)
        SENT
    }

    sealed interface Payment {
        @Tag(1)
        record Cash(@Tag(1) long cents) implements Payment {}

        @Tag(2)
        record ByCard(@Tag(1) String cardNumber, @Tag(2) boolean debit) implements Payment {}
    }

    private static Descriptor descriptor(RecordsCodec<?> codec, String name) {
        try {
            FileDescriptor file = SchemaReader.read(codec.protoSchema());
            assertThat(file.findMessageTypeByName(name)).as(codec.protoSchema()).isNotNull();
            return file.findMessageTypeByName(name);
        } catch (DescriptorValidationException e) {
            throw new AssertionError(codec.protoSchema(), e);
        }
    }

    @Test
    void letsProtobufReadEveryFieldOfARecord() throws Exception {
        RecordsCodec<Order> orders = Codecs.records(Order.class);
        Order order = new Order(
                "A-1 \u20ac",
                -12345678901L,
                List.of(new Line("x", 3, 0.5), new Line("y", -1, -0.25)),
                Optional.of("fragile"),
                State.SENT,
                Instant.ofEpochSecond(-5, 7),
                java.time.Duration.ofMillis(-1500),
                Map.of("early", 10, "big", -2),
                LocalDate.of(1969, 12, 31),
                -1,
                new Payment.ByCard("4711", true),
                Map.of(LocalDate.of(1970, 1, 2), List.of("a", "b")),
                new byte[] {1, 2});

        DynamicMessage read = DynamicMessage.parseFrom(descriptor(orders, "Order"), orders.encode(order));

        assertThat(get(read, "id")).isEqualTo("A-1 \u20ac");
        assertThat(get(read, "total_cents")).isEqualTo(-12345678901L);
        assertThat(messages(read, "lines")).extracting(line -> get(line, "sku")).containsExactly("x", "y");
        assertThat(messages(read, "lines")).extracting(line -> get(line, "count")).containsExactly(3, -1);
        assertThat(messages(read, "lines")).extracting(line -> get(line, "price")).containsExactly(0.5, -0.25);
        assertThat(get(read, "note")).isEqualTo("fragile");
        assertThat(get(read, "state")).hasToString("STATE_SENT");
        assertThat(Timestamp.parseFrom(message(read, "placed_at").toByteString()))
                .isEqualTo(Timestamp.newBuilder().setSeconds(-5).setNanos(7).build());
        assertThat(Duration.parseFrom(message(read, "took").toByteString()))
                .isEqualTo(Duration.newBuilder().setSeconds(-1).setNanos(-500_000_000).build());
        assertThat(messages(read, "discounts")).extracting(entry -> get(entry, "key")).containsExactly("big", "early");
        assertThat(messages(read, "discounts")).extracting(entry -> get(entry, "value")).containsExactly(-2, 10);
        assertThat(get(read, "due")).isEqualTo(-1L);
        assertThat(get(read, "priority")).isEqualTo(-1);
        assertThat(get(message(message(read, "payment"), "by_card"), "card_number")).isEqualTo("4711");
        assertThat(get(message(message(read, "payment"), "by_card"), "debit")).isEqualTo(true);
        Message day = messages(read, "history").get(0);
        assertThat(get(day, "key")).isEqualTo(1L);
        assertThat(get(message(day, "value"), "value")).isEqualTo(List.of("a", "b"));
        assertThat(get(read, "proof")).isEqualTo(ByteString.copyFrom(new byte[] {1, 2}));
        assertNothingUnknown(read);
    }

    @Test
    void printsARecordWithEverything() {
        assertThat(Codecs.records(Order.class).protoSchema())
                .isEqualTo(
                        """
                        // The bytes of io.wellspring.api.codec.RecordsSchemaTest$Order, message Order. Printed by Wellspring.
                        syntax = "proto3";
                        package io.wellspring.api.codec;
                        import "google/protobuf/duration.proto";
                        import "google/protobuf/timestamp.proto";

                        message Order { // io.wellspring.api.codec.RecordsSchemaTest$Order
                          reserved 5, 9;
                          optional string id = 1;
                          optional sint64 total_cents = 2;
                          repeated Line lines = 3;
                          optional string note = 4; // absent means empty
                          optional State state = 6;
                          .google.protobuf.Timestamp placed_at = 7;
                          .google.protobuf.Duration took = 8;
                          map<string, sint32> discounts = 10;
                          optional sint64 due = 11; // days since 1970-01-01
                          optional sint32 priority = 12; // absent means -1
                          Payment payment = 13;
                          map<sint64, List_String> history = 14;
                          optional bytes proof = 15;
                        }

                        message Line { // io.wellspring.api.codec.RecordsSchemaTest$Line
                          optional string sku = 1;
                          optional sint32 count = 2;
                          optional double price = 3;
                        }

                        enum State { // io.wellspring.api.codec.RecordsSchemaTest$State
                          STATE_UNSPECIFIED = 0;
                          STATE_OPEN = 1;
                          STATE_SENT = 2;
                        }

                        message Payment { // sealed io.wellspring.api.codec.RecordsSchemaTest$Payment
                          oneof kind {
                            Cash cash = 1;
                            ByCard by_card = 2;
                          }
                        }

                        message List_String { // java.util.List<java.lang.String>
                          repeated string value = 1;
                        }

                        message Cash { // io.wellspring.api.codec.RecordsSchemaTest$Payment$Cash
                          optional sint64 cents = 1;
                        }

                        message ByCard { // io.wellspring.api.codec.RecordsSchemaTest$Payment$ByCard
                          optional string card_number = 1;
                          optional bool debit = 2;
                        }
                        """);
    }

    @Provide
    Arbitrary<Sample> samples() {
        return Samples.samples();
    }

    @Property
    void letsProtobufReadAndRewriteEveryValueByteForByte(@ForAll("samples") Sample sample) throws Exception {
        byte[] bytes = SAMPLES.encode(sample);

        DynamicMessage read = DynamicMessage.parseFrom(SAMPLE, bytes);

        assertNothingUnknown(read);
        assertThat(read.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void readsWhatProtobufWroteUnpackedAndOutOfOrder() throws Exception {
        record Numbers(@Tag(1) List<Integer> numbers, @Tag(2) String name) {}

        // name, then two elements without packing, then one packed
        byte[] bytes = {0x12, 1, 'n', 8, 2, 8, 4, 0x0a, 1, 6};

        assertThat(Codecs.records(Numbers.class).decode(bytes)).isEqualTo(new Numbers(List.of(1, 2, 3), "n"));
    }

    @Test
    void keepsNamesApartThatASchemaWouldConfuse() {
        record Inner(@Tag(1) int fooBar, @Tag(2) int foo_bar, @Tag(3) int stra\u00dfe) {}
        record Kind(@Tag(1) Inner inner, @Tag(2) Optional<Other.Inner> other) {}

        RecordsCodec<Kind> codec = Codecs.records(Kind.class);

        Descriptor kind = descriptor(codec, "Kind");
        assertThat(codec.protoSchema())
                .contains("sint32 foo_bar = 1;", "sint32 foo_bar_tag2 = 2;", "sint32 straudfe = 3;");
        assertThat(kind.findFieldByNumber(2).getMessageType().getName()).isEqualTo("Inner_2");
    }

    private static final class Other {
        private record Inner(@Tag(1) int x) {}
    }

    private static Object get(Message message, String field) {
        return message.getField(message.getDescriptorForType().findFieldByName(field));
    }

    private static Message message(Message message, String field) {
        return (Message) get(message, field);
    }

    private static List<Message> messages(Message message, String field) {
        return ((List<?>) get(message, field)).stream().map(Message.class::cast).toList();
    }

    private static void assertNothingUnknown(Message message) {
        assertThat(message.getUnknownFields().asMap()).isEmpty();
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                List<?> inner = field.getValue() instanceof List<?> list ? list : List.of(field.getValue());
                inner.forEach(each -> assertNothingUnknown((Message) each));
            }
        }
    }
}
