package io.wellspring.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import io.wellspring.api.error.CorruptException;
import io.wellspring.journal.JournalEntry.Cause;
import io.wellspring.journal.JournalEntry.ParkingChange;
import io.wellspring.journal.JournalEntry.ParkingKind;
import io.wellspring.journal.JournalEntry.TimerChange;
import io.wellspring.journal.JournalEntry.TimerKind;
import io.wellspring.journal.format.Envelope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class JournalFormatTest {
    private static final JournalEntry ENTRY = new JournalEntry(
            bytes("alice"), bytes("paid"), 7, 1, 3, 1_700_000_000_000L, 1_700_000_000_500L, new Cause("orders", 42));

    /** The envelope of {@link #ENTRY}, field by field. If this changes, journals that exist can no longer be read: raise the version. */
    private static final String GOLDEN = "0801" // 1 format_version = 1
            + "120470616964" // 2 event = "paid"
            + "1807" // 3 sequence = 7
            + "2001" // 4 effect_index = 1
            + "2803" // 5 effect_size = 3
            + "3080d095ffbc31" // 6 event_time_millis
            + "38f4d395ffbc31" // 7 processing_time_millis
            + "42066f7264657273" // 8 cause_topic = "orders"
            + "482a"; // 9 cause_offset = 42

    @Test
    void writesTheBytesThatEveryReleaseReads() {
        assertThat(HexFormat.of().formatHex(JournalFormat.encode(ENTRY))).isEqualTo(GOLDEN);
    }

    @Test
    void readsTheBytesThatEveryReleaseWrote() {
        assertThat(JournalFormat.decode(bytes("alice"), HexFormat.of().parseHex(GOLDEN)))
                .usingRecursiveComparison()
                .isEqualTo(ENTRY);
    }

    @Test
    void writesTimersAsEveryReleaseReadsThem() {
        var entry = new JournalEntry(
                bytes("alice"),
                new byte[0],
                7,
                0,
                0,
                5,
                6,
                Cause.NONE,
                List.of(
                        new TimerChange("idle", TimerKind.FIRED, 0),
                        new TimerChange("idle", TimerKind.EVENT_TIME, -1)));
        String golden = "0801" // 1 format_version = 1
                + "1807" // 3 sequence = 7
                + "3005" // 6 event_time_millis
                + "3806" // 7 processing_time_millis
                + "5208" + "0a0469646c65" + "1002" // 10 timers: name, kind FIRED
                + "520a" + "0a0469646c65" + "1003" + "1801"; // name, kind EVENT_TIME, due_millis -1
        assertThat(HexFormat.of().formatHex(JournalFormat.encode(entry))).isEqualTo(golden);
        assertThat(JournalFormat.decode(bytes("alice"), HexFormat.of().parseHex(golden)))
                .usingRecursiveComparison()
                .isEqualTo(entry);
    }

    @Test
    void refusesATimerOfAKindThatItDoesNotKnow() {
        var unknown = io.wellspring.journal.format.TimerChange.newBuilder()
                .setName("idle")
                .setKindValue(9);
        assertRefused(envelope().addTimers(unknown).build().toByteArray(), "timer 'idle' has the unknown kind 9");
    }

    @Test
    void writesParkingAsEveryReleaseReadsIt() {
        var entry = new JournalEntry(
                bytes("alice"),
                new byte[0],
                7,
                0,
                0,
                5,
                6,
                new Cause("in", 3),
                List.of(),
                List.of(
                        new ParkingChange(ParkingKind.PARKED, "why", "idle", "lot"),
                        new ParkingChange(ParkingKind.ADDED),
                        new ParkingChange(ParkingKind.TAKEN),
                        new ParkingChange(ParkingKind.ENDED)));
        String golden = "0801" // 1 format_version = 1
                + "1807" // 3 sequence = 7
                + "3005" // 6 event_time_millis
                + "3806" // 7 processing_time_millis
                + "4202696e" // 8 cause_topic = "in"
                + "4803" // 9 cause_offset = 3
                + "5a12" + "0801" + "1203776879" + "1a0469646c65"
                + "22036c6f74" // 11 parking: PARKED, why, timer, topic
                + "5a02" + "0802" // ADDED
                + "5a02" + "0803" // TAKEN
                + "5a02" + "0804"; // ENDED
        assertThat(HexFormat.of().formatHex(JournalFormat.encode(entry))).isEqualTo(golden);
        assertThat(JournalFormat.decode(bytes("alice"), HexFormat.of().parseHex(golden)))
                .usingRecursiveComparison()
                .isEqualTo(entry);
    }

    @Test
    void refusesAChangeOfParkingOfAKindThatItDoesNotKnow() {
        var unknown = io.wellspring.journal.format.ParkingChange.newBuilder().setKindValue(9);
        assertRefused(
                envelope().addParking(unknown).build().toByteArray(), "a change of parking has the unknown kind 9");
    }

    @Test
    void refusesAnEventThatSaysThatItsKeyIsParked() {
        assertThatThrownBy(() -> new JournalEntry(
                        bytes("k"),
                        bytes("event"),
                        1,
                        0,
                        1,
                        0,
                        0,
                        Cause.NONE,
                        List.of(),
                        List.of(new ParkingChange(ParkingKind.ENDED))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("goes with no event");
    }

    @Test
    void refusesAnEventInAnEntryThatChangesTimersOnly() {
        assertThatThrownBy(() -> new JournalEntry(
                        bytes("k"),
                        bytes("event"),
                        1,
                        0,
                        0,
                        0,
                        0,
                        Cause.NONE,
                        List.of(new TimerChange("idle", TimerKind.CANCELLED, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("effectSize=0 goes with no event");
    }

    @Property
    void readsBackWhatItWrote(@ForAll("entries") JournalEntry entry) {
        assertThat(JournalFormat.decode(entry.key(), JournalFormat.encode(entry)))
                .usingRecursiveComparison()
                .isEqualTo(entry);
    }

    @Provide
    Arbitrary<JournalEntry> entries() {
        Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
        Arbitrary<Cause> causes = Combinators.combine(
                        Arbitraries.strings().ofMinLength(1).ofMaxLength(249),
                        Arbitraries.longs().greaterOrEqual(0))
                .as(Cause::new);
        Arbitrary<int[]> places = Arbitraries.integers()
                .between(1, Integer.MAX_VALUE)
                .flatMap(size -> Arbitraries.integers().between(0, size - 1).map(index -> new int[] {index, size}));
        return Combinators.combine(
                        bytes,
                        bytes,
                        Arbitraries.longs().greaterOrEqual(1),
                        places,
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.longs(),
                        Arbitraries.oneOf(causes, Arbitraries.just(Cause.NONE)),
                        timers())
                .as((key, event, sequence, place, eventTime, processingTime, cause, timers) -> new JournalEntry(
                        key, event, sequence, place[0], place[1], eventTime, processingTime, cause, timers));
    }

    private static Arbitrary<List<TimerChange>> timers() {
        return Combinators.combine(Arbitraries.strings(), Arbitraries.of(TimerKind.class), Arbitraries.longs())
                .as(TimerChange::new)
                .list()
                .ofMaxSize(3);
    }

    @Test
    void skipsFieldsThatALaterReleaseAdded() {
        byte[] extended = envelope()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                100,
                                UnknownFieldSet.Field.newBuilder().addVarint(5).build())
                        .build())
                .build()
                .toByteArray();

        assertThat(extended).hasSizeGreaterThan(HexFormat.of().parseHex(GOLDEN).length);
        assertThat(JournalFormat.decode(bytes("alice"), extended))
                .usingRecursiveComparison()
                .isEqualTo(ENTRY);
    }

    @Test
    void refusesANewerFormatAndSaysWhereAndWhatToDo() {
        byte[] newer = envelope().setFormatVersion(2).build().toByteArray();

        assertThatThrownBy(() -> JournalFormat.decode(journaled(newer)))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("shop.orders.journal-3@17")
                .hasMessageContaining("key \"alice\"")
                .hasMessageContaining("format version 2 and this code reads up to 1")
                .hasMessageContaining("Upgrade this instance");
    }

    @Test
    void refusesWhatIsNoEnvelope() throws IOException {
        assertRefused(bytes("{\"json\": true}"), "is no envelope");
        assertRefused(new byte[0], "carries no format version");
        assertRefused(null, "has no value");
        assertRefused(cutInTheMiddle(), "is no envelope");
        assertRefused(sequenceOnly(0), "sequence=0 is below 1");
    }

    @Test
    void refusesAPlaceOutsideTheEffect() {
        assertRefused(envelope().setEffectIndex(3).build().toByteArray(), "effectIndex=3 is outside 0..2");
    }

    @Test
    void showsKeysAsTextOrAsDigitsAndCutsLongOnes() {
        assertThat(KeyText.of(bytes("alice"))).isEqualTo("\"alice\"");
        assertThat(KeyText.of(new byte[] {0, (byte) 0xff})).isEqualTo("0x00ff");
        assertThat(KeyText.of(bytes("x".repeat(65)))).isEqualTo('"' + "x".repeat(64) + "\"... (65 bytes)");
        assertThat(KeyText.of(null)).isEqualTo("none");
    }

    private static void assertRefused(byte[] value, String why) {
        assertThatThrownBy(() -> JournalFormat.decode(journaled(value)))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("shop.orders.journal-3@17, key \"alice\", ")
                .hasMessageContaining(why)
                .hasMessageContaining("restore the topic");
    }

    private static ConsumerRecord<byte[], byte[]> journaled(byte[] value) {
        return new ConsumerRecord<>("shop.orders.journal", 3, 17, bytes("alice"), value);
    }

    private static Envelope.Builder envelope() {
        try {
            return Envelope.parseFrom(HexFormat.of().parseHex(GOLDEN)).toBuilder();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] cutInTheMiddle() {
        return java.util.Arrays.copyOf(HexFormat.of().parseHex(GOLDEN), 5);
    }

    private static byte[] sequenceOnly(long sequence) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream output = CodedOutputStream.newInstance(bytes);
        output.writeUInt32(Envelope.FORMAT_VERSION_FIELD_NUMBER, 1);
        output.writeUInt64(Envelope.SEQUENCE_FIELD_NUMBER, sequence);
        output.flush();
        return bytes.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
