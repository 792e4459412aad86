package io.wellspring.api.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A family of types that holds everything records may hold, and random values of it. Mostly private, on purpose. */
final class Samples {
    private Samples() {}

    /** The root of the family. */
    sealed interface Sample {}

    @Tag(1)
    private record Numbers(
            @Tag(1) byte b,
            @Tag(2) short s,
            @Tag(3) int i,
            @Tag(4) long l,
            @Tag(5) char c,
            @Tag(6) boolean z,
            @Tag(7) float f,
            @Tag(8) double d,
            @Tag(9) Integer boxedInt,
            @Tag(10) Double boxedDouble,
            @Tag(100_000) Boolean boxedBoolean)
            implements Sample {}

    @Tag(2)
    private record Times(
            @Tag(1) Instant instant,
            @Tag(2) Duration duration,
            @Tag(3) LocalDate date,
            @Tag(4) LocalTime time,
            @Tag(5) LocalDateTime dateTime,
            @Tag(6) OffsetDateTime offsetDateTime,
            @Tag(7) ZonedDateTime zonedDateTime,
            @Tag(8) ZoneId zone,
            @Tag(9) ZoneOffset offset,
            @Tag(10) Period period)
            implements Sample {}

    @Tag(3)
    private record Texts(
            @Tag(4) String text,
            @Tag(3) UUID uuid,
            @Tag(2) BigDecimal decimal,
            @Tag(1) BigInteger integer,
            @Tag(5) Optional<String> maybe,
            @Tag(6) @Default("7") int withDefault)
            implements Sample {}

    @Tag(4)
    @Reserved({2, 12})
    private record Groups(
            @Tag(1) List<Integer> ints,
            @Tag(3) List<String> texts,
            @Tag(4) Set<Color> colors,
            @Tag(5) Map<String, Shape> shapesByName,
            @Tag(6) Map<Position, List<Long>> numbersByPosition,
            @Tag(7) List<List<Optional<Double>>> nested,
            @Tag(8) Optional<Map<LocalDate, Color>> colorsByDate,
            @Tag(9) Set<Shape> shapes,
            @Tag(10) Pair<String, Pair<Long, Color>> pair,
            @Tag(11) Map<Double, Boolean> flags,
            @Tag(13) Result<Position> result)
            implements Sample {}

    /** Contains itself. */
    @Tag(5)
    private record Tree(
            @Tag(1) int value,
            @Tag(2) Optional<Tree> left,
            @Tag(3) List<Tree> others) implements Sample {}

    /** With a zero, a gap, an order that is not the tags', and a constant with a class of its own. */
    @Tag(6)
    @Reserved(4)
    enum Color implements Sample {
        @Tag(0)
        RED,
        @Tag(7)
        GREEN {
            @Override
            public String toString() {
                return "green";
            }
        },
        @Tag(3)
        DARK_BLUE
    }

    /** Sealed inside sealed. */
    @Tag(7)
    sealed interface Shape extends Sample {}

    /** Another root. */
    sealed interface Round {}

    /** Under two roots. */
    @Tag(2)
    record Circle(@Tag(1) double radius) implements Shape, Round {}

    /** The other side of the other root. */
    @Tag(1)
    record Ball(@Tag(1) double radius, @Tag(2) Color color) implements Round {}

    @Tag(1)
    private record Rectangle(
            @Tag(1) Position corner, @Tag(2) Position opposite) implements Shape {}

    @Tag(3)
    private record Nothing() implements Shape {}

    /** Components in another order than their tags. */
    record Position(@Tag(2) int x, @Tag(1) int y) {}

    /** Generic. */
    record Pair<A, B>(@Tag(1) A first, @Tag(2) B second) {}

    /** Generic and sealed. */
    sealed interface Result<T> {}

    @Tag(1)
    private record Ok<V>(@Tag(1) V value) implements Result<V> {}

    @Tag(2)
    private record Failed<V>(@Tag(1) String why) implements Result<V> {}

    static Arbitrary<Sample> samples() {
        return Arbitraries.oneOf(
                numbers(), times(), texts(), groups(), trees(), Arbitraries.of(Color.values()), shapes());
    }

    private static Arbitrary<Sample> numbers() {
        Arbitrary<Float> floats =
                Arbitraries.oneOf(Arbitraries.floats(), Arbitraries.of(Float.NaN, -0.0f, Float.POSITIVE_INFINITY));
        return Combinators.combine(
                        Arbitraries.bytes(),
                        Arbitraries.shorts(),
                        Arbitraries.integers(),
                        Arbitraries.longs(),
                        Arbitraries.chars(),
                        Arbitraries.of(true, false),
                        floats,
                        doubles())
                .as((b, s, i, l, c, z, f, d) -> new Numbers(b, s, i, l, c, z, f, d, -i, -d, !z));
    }

    private static Arbitrary<Double> doubles() {
        return Arbitraries.oneOf(Arbitraries.doubles(), Arbitraries.of(Double.NaN, -0.0, Double.NEGATIVE_INFINITY));
    }

    private static Arbitrary<Sample> times() {
        Arbitrary<Instant> instants = Combinators.combine(
                        Arbitraries.longs().between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
                        Arbitraries.integers().between(0, 999_999_999))
                .as(Instant::ofEpochSecond);
        Arbitrary<Duration> durations = Combinators.combine(
                        Arbitraries.longs(), Arbitraries.integers().between(0, 999_999_999))
                .as((seconds, nanos) -> Duration.ofSeconds(seconds, nanos));
        Arbitrary<LocalDate> dates = dates();
        Arbitrary<LocalTime> localTimes =
                Arbitraries.longs().between(0, LocalTime.MAX.toNanoOfDay()).map(LocalTime::ofNanoOfDay);
        Arbitrary<ZoneOffset> offsets =
                Arbitraries.integers().between(-64_800, 64_800).map(ZoneOffset::ofTotalSeconds);
        Arbitrary<ZoneId> zones = Arbitraries.of("Europe/Berlin", "America/St_Johns", "UTC", "+05:30", "GMT+2", "Z")
                .map(ZoneId::of);
        Arbitrary<ZonedDateTime> zoned = Combinators.combine(
                        Arbitraries.longs().between(-4_000_000_000L, 8_000_000_000L), zones)
                .as((second, zone) -> Instant.ofEpochSecond(second).atZone(zone));
        Arbitrary<Period> periods = Combinators.combine(
                        Arbitraries.integers(), Arbitraries.integers(), Arbitraries.integers())
                .as(Period::of);
        return Combinators.combine(instants, durations, dates, localTimes, offsets, zones, zoned, periods)
                .as((instant, duration, date, time, offset, zone, zonedTime, period) -> new Times(
                        instant,
                        duration,
                        date,
                        time,
                        date.atTime(time),
                        date.atTime(time).atOffset(offset),
                        zonedTime,
                        zone,
                        offset,
                        period));
    }

    private static Arbitrary<LocalDate> dates() {
        return Arbitraries.longs()
                .between(LocalDate.MIN.toEpochDay(), LocalDate.MAX.toEpochDay())
                .map(LocalDate::ofEpochDay);
    }

    private static Arbitrary<Sample> texts() {
        return Combinators.combine(
                        text(),
                        Arbitraries.create(UUID::randomUUID),
                        Arbitraries.bigDecimals(),
                        Arbitraries.bigIntegers())
                .as((text, uuid, decimal, integer) -> new Texts(
                        text,
                        uuid,
                        decimal,
                        integer,
                        Optional.of(text).filter(some -> some.length() > 3),
                        text.length()));
    }

    /** Any text but half surrogate pairs, with characters of one to four bytes. */
    static Arbitrary<String> text() {
        return Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .edgeCases(config -> config.add(0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, (int) 'a'))
                .list()
                .ofMaxSize(60)
                .map(points -> points.stream()
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString());
    }

    private static Arbitrary<Position> positions() {
        return Combinators.combine(Arbitraries.integers(), Arbitraries.integers())
                .as(Position::new);
    }

    private static Arbitrary<Shape> shapes() {
        return Arbitraries.oneOf(
                doubles().map(Circle::new),
                Combinators.combine(positions(), positions()).as(Rectangle::new),
                Arbitraries.just(new Nothing()));
    }

    private static Arbitrary<Sample> groups() {
        Arbitrary<Color> colors = Arbitraries.of(Color.values());
        Arbitrary<List<List<Optional<Double>>>> nested =
                doubles().optional().list().ofMaxSize(3).list().ofMaxSize(3);
        Arbitrary<Result<Position>> results = Arbitraries.oneOf(positions().map(Ok::new), text().map(Failed::new));
        Arbitrary<Pair<String, Pair<Long, Color>>> pairs = Combinators.combine(text(), Arbitraries.longs(), colors)
                .as((text, number, color) -> new Pair<>(text, new Pair<>(number, color)));
        Arbitrary<Groups> some = Combinators.combine(
                        Arbitraries.integers().list().ofMaxSize(5),
                        text().list().ofMaxSize(5),
                        colors.set(),
                        Arbitraries.maps(text(), shapes()).ofMaxSize(5),
                        Arbitraries.maps(positions(), Arbitraries.longs().list().ofMaxSize(3))
                                .ofMaxSize(5),
                        nested,
                        Arbitraries.maps(dates(), colors).ofMaxSize(4).optional(),
                        shapes().set().ofMaxSize(5))
                .as((ints, texts, colorSet, named, positioned, lists, dated, shapeSet) -> new Groups(
                        ints,
                        texts,
                        colorSet,
                        named,
                        positioned,
                        lists,
                        dated,
                        shapeSet,
                        new Pair<>("", new Pair<>(0L, Color.RED)),
                        Map.of(),
                        new Failed<>("")));
        return Combinators.combine(
                        some,
                        pairs,
                        Arbitraries.maps(doubles(), Arbitraries.of(true, false)).ofMaxSize(4),
                        results)
                .as((groups, pair, flags, result) -> new Groups(
                        groups.ints,
                        groups.texts,
                        groups.colors,
                        groups.shapesByName,
                        groups.numbersByPosition,
                        groups.nested,
                        groups.colorsByDate,
                        groups.shapes,
                        pair,
                        flags,
                        result));
    }

    private static Arbitrary<Tree> trees() {
        return Arbitraries.recursive(
                () -> Arbitraries.integers().map(value -> new Tree(value, Optional.empty(), List.of())),
                inner -> Combinators.combine(
                                Arbitraries.integers(),
                                inner.optional(),
                                inner.list().ofMaxSize(2))
                        .as(Tree::new),
                0,
                3);
    }
}
