package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CodecException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Old bytes under new types, and new bytes under old ones. */
class RecordsEvolutionTest {
    private static <A, B> B reread(A value, Class<A> writer, Class<B> reader) {
        return Codecs.records(reader).decode(Codecs.records(writer).encode(value));
    }

    private record PersonV1(@Tag(1) String name, @Tag(2) int age) {}

    private record PersonV2(
            @Tag(4) List<String> nicknames,
            @Tag(1) String fullName,
            @Tag(2) long age,
            @Tag(3) @Default("DE") String country) {}

    @Reserved(2)
    private record PersonV3(@Tag(1) String name) {}

    @Test
    void readsOldBytesAfterComponentsWereAddedRenamedWidenedAndMoved() {
        assertThat(reread(new PersonV1("Ada", 36), PersonV1.class, PersonV2.class))
                .isEqualTo(new PersonV2(List.of(), "Ada", 36, "DE"));
    }

    @Test
    void skipsComponentsThatItDoesNotKnow() {
        assertThat(reread(new PersonV2(List.of("x"), "Ada", 36, "UK"), PersonV2.class, PersonV1.class))
                .isEqualTo(new PersonV1("Ada", 36));
        assertThat(reread(new PersonV1("Ada", 36), PersonV1.class, PersonV3.class))
                .isEqualTo(new PersonV3("Ada"));
    }

    @Test
    void losesWhatItDoesNotKnowWhenItWritesAgain() {
        PersonV3 seen = reread(new PersonV1("Ada", 36), PersonV1.class, PersonV3.class);

        assertThat(reread(seen, PersonV3.class, PersonV1.class)).isEqualTo(new PersonV1("Ada", 0));
    }

    private record Zeroes(
            @Tag(1) int a, @Tag(2) boolean b, @Tag(3) String c) {}

    private record WithDefaults(
            @Tag(1) @Default("5") int a,
            @Tag(2) @Default("true") boolean b,
            @Tag(3) @Default("x") String c) {}

    @Test
    void neverTakesAWrittenZeroForAnAbsentValue() {
        assertThat(reread(new Zeroes(0, false, ""), Zeroes.class, WithDefaults.class))
                .isEqualTo(new WithDefaults(0, false, ""));
        assertThat(Codecs.records(WithDefaults.class).decode(new byte[0])).isEqualTo(new WithDefaults(5, true, "x"));
    }

    private record Maybes(
            @Tag(1) Optional<Integer> a,
            @Tag(2) Optional<Boolean> b,
            @Tag(3) List<String> c) {}

    @Test
    void letsAComponentBecomeAnOptionalOrAList() {
        assertThat(reread(new Zeroes(0, false, "c"), Zeroes.class, Maybes.class))
                .isEqualTo(new Maybes(Optional.of(0), Optional.of(false), List.of("c")));
    }

    private enum Level {
        @Tag(0)
        LOW,
        @Tag(1)
        HIGH
    }

    private record Inner(
            @Tag(1) int a, @Tag(2) @Default("HIGH") Level level) {}

    private record Everything(
            @Tag(1) byte b,
            @Tag(2) short s,
            @Tag(3) int i,
            @Tag(4) long l,
            @Tag(5) char c,
            @Tag(6) boolean z,
            @Tag(7) float f,
            @Tag(8) double d,
            @Tag(9) Integer boxed,
            @Tag(10) String text,
            @Tag(11) Instant instant,
            @Tag(12) Duration duration,
            @Tag(13) LocalDate date,
            @Tag(14) Level level,
            @Tag(15) Inner inner,
            @Tag(16) List<Integer> list,
            @Tag(17) Set<String> set,
            @Tag(18) Map<String, Inner> map,
            @Tag(19) Optional<Inner> maybe,
            @Tag(20) BigDecimal decimal) {}

    @Test
    void givesEveryAbsentComponentTheDefaultOfItsType() {
        assertThat(Codecs.records(Everything.class).decode(new byte[0]))
                .isEqualTo(new Everything(
                        (byte) 0,
                        (short) 0,
                        0,
                        0,
                        '\0',
                        false,
                        0,
                        0,
                        0,
                        "",
                        Instant.EPOCH,
                        Duration.ZERO,
                        LocalDate.EPOCH,
                        Level.LOW,
                        new Inner(0, Level.HIGH),
                        List.of(),
                        Set.of(),
                        Map.of(),
                        Optional.empty(),
                        BigDecimal.ZERO));
    }

    private record AllDefaults(
            @Tag(1) @Default("-7") byte b,
            @Tag(2) @Default("x") char c,
            @Tag(3) @Default("0.5") float f,
            @Tag(4) @Default("-2.5") double d,
            @Tag(5) @Default("9") Long boxed,
            @Tag(6) @Default("2024-02-29T00:00:00Z") Instant instant,
            @Tag(7) @Default("PT30S") Duration duration,
            @Tag(8) @Default("2024-02-29") LocalDate date,
            @Tag(9) @Default("1.50") BigDecimal decimal,
            @Tag(10) @Default("12") short s) {}

    @Test
    void readsDefaultsOfEveryTypeThatTakesOne() {
        assertThat(Codecs.records(AllDefaults.class).decode(new byte[0]))
                .isEqualTo(new AllDefaults(
                        (byte) -7,
                        'x',
                        0.5f,
                        -2.5,
                        9L,
                        Instant.parse("2024-02-29T00:00:00Z"),
                        Duration.ofSeconds(30),
                        LocalDate.of(2024, 2, 29),
                        new BigDecimal("1.50"),
                        (short) 12));
    }

    // The journal's past: Moved had tag 2 and Noise tag 3.
    private sealed interface EventV1 {
        @Tag(1)
        record Named(@Tag(1) String name) implements EventV1 {}

        @Tag(2)
        record Moved(@Tag(1) int from, @Tag(2) int to) implements EventV1 {}

        @Tag(3)
        record Noise() implements EventV1 {}
    }

    @Reserved({2, 3})
    private sealed interface EventV2 {
        @Tag(1)
        record Named(@Tag(1) String name) implements EventV2 {}

        @Tag(4)
        record Left(@Tag(1) int place) implements EventV2 {}

        @Tag(5)
        record Came(@Tag(1) int place) implements EventV2 {}
    }

    private record OldMoved(@Tag(1) int from, @Tag(2) int to) {}

    private record OldNoise() {}

    private final RecordsCodec<EventV1> before = Codecs.records(EventV1.class);
    private final RecordsCodec<EventV2> now = Codecs.records(EventV2.class)
            .upcast(2, OldMoved.class, old -> List.of(new EventV2.Left(old.from()), new EventV2.Came(old.to())))
            .upcast(3, OldNoise.class, old -> List.of());

    @Test
    void upcastsOneOldEventToTwo() {
        byte[] bytes = before.encode(new EventV1.Moved(3, 4));

        assertThat(now.decodeAll(bytes)).containsExactly(new EventV2.Left(3), new EventV2.Came(4));
        assertThatThrownBy(() -> now.decode(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("was upcast from a removed type to 2 values; read it with decodeAll");
    }

    @Test
    void upcastsOneOldEventToNone() {
        assertThat(now.decodeAll(before.encode(new EventV1.Noise()))).isEmpty();
    }

    @Test
    void stillReadsAndWritesTheOthers() {
        assertThat(now.decodeAll(before.encode(new EventV1.Named("x")))).containsExactly(new EventV2.Named("x"));
        assertThat(now.decode(now.encode(new EventV2.Came(1)))).isEqualTo(new EventV2.Came(1));
    }

    @Test
    void asksForAnUpcastOfAReservedTag() {
        assertThatThrownBy(() -> Codecs.records(EventV2.class).decode(before.encode(new EventV1.Moved(3, 4))))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("holds tag 2 of")
                .hasMessageContaining("which is @Reserved for a removed type; add .upcast(2, Old.class,");
    }

    @Test
    void printsUpcastTypesAsDeprecated() {
        assertThat(now.protoSchema())
                .contains("OldMoved old_moved = 2 [deprecated = true]; // removed; only read")
                .contains("message OldMoved")
                .doesNotContain("reserved");
        assertThat(Codecs.records(EventV2.class).protoSchema()).contains("reserved 2, 3;");
    }

    private record LogV1(@Tag(1) EventV1 first, @Tag(2) List<EventV1> all) {}

    private record LogV2(@Tag(1) EventV2 first, @Tag(2) List<EventV2> all) {}

    @Test
    void upcastsInsideARecordAnyNumberInAListAndOneInAComponent() {
        RecordsCodec<LogV2> codec = Codecs.records(LogV2.class)
                .upcast(
                        EventV2.class,
                        2,
                        OldMoved.class,
                        old -> old.from() == 0
                                ? List.of(new EventV2.Came(old.to()))
                                : List.of(new EventV2.Left(old.from()), new EventV2.Came(old.to())));
        RecordsCodec<LogV1> old = Codecs.records(LogV1.class);
        EventV1 oneStep = new EventV1.Moved(0, 1);
        EventV1 twoSteps = new EventV1.Moved(1, 2);
        EventV1 named = new EventV1.Named("n");

        assertThat(codec.decode(old.encode(new LogV1(oneStep, List.of(named, twoSteps, named)))))
                .isEqualTo(new LogV2(
                        new EventV2.Came(1),
                        List.of(
                                new EventV2.Named("n"),
                                new EventV2.Left(1),
                                new EventV2.Came(2),
                                new EventV2.Named("n"))));
        assertThatThrownBy(() -> codec.decode(old.encode(new LogV1(twoSteps, List.of()))))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("LogV2.first was upcast from a removed type of")
                .hasMessageContaining("to 2 values, where exactly one must stand");
    }

    private sealed interface Root {
        @Tag(1)
        @Reserved(1)
        sealed interface Branch extends Root {
            @Tag(2)
            record Leaf(@Tag(1) int a) implements Branch {}
        }
    }

    @Test
    void upcastsATypeOfASealedInterfaceWithinTheRootToSeveral() {
        RecordsCodec<Root> codec = Codecs.records(Root.class)
                .upcast(
                        Root.Branch.class,
                        1,
                        OldMoved.class,
                        old -> List.of(new Root.Branch.Leaf(old.from()), new Root.Branch.Leaf(old.to())));
        // Branch { 1: OldMoved { from 1, to 2 } }
        byte[] bytes = {0x0a, 6, 0x0a, 4, 8, 2, 0x10, 4};

        assertThat(codec.decodeAll(bytes)).containsExactly(new Root.Branch.Leaf(1), new Root.Branch.Leaf(2));
    }

    @Test
    void namesTheTagOfAnUpcastThatFails() {
        byte[] bytes = before.encode(new EventV1.Moved(3, 4));
        RecordsCodec<EventV2> throwing = Codecs.records(EventV2.class).upcast(2, OldMoved.class, old -> {
            throw new IllegalStateException("no idea");
        });
        RecordsCodec<EventV2> withNull = Codecs.records(EventV2.class).upcast(2, OldMoved.class, old -> null);

        assertThatThrownBy(() -> throwing.decodeAll(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("(OldMoved) could not be upcast: the function of tag 2 threw")
                .hasMessageContaining("no idea");
        assertThatThrownBy(() -> withNull.decodeAll(bytes))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("the function of tag 2 gave null");
    }
}
