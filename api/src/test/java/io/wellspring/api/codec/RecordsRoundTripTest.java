package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.codec.Samples.Ball;
import io.wellspring.api.codec.Samples.Circle;
import io.wellspring.api.codec.Samples.Color;
import io.wellspring.api.codec.Samples.Pair;
import io.wellspring.api.codec.Samples.Position;
import io.wellspring.api.codec.Samples.Round;
import io.wellspring.api.codec.Samples.Sample;
import io.wellspring.api.codec.Samples.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RecordsRoundTripTest {
    private static final RecordsCodec<Sample> SAMPLES = Codecs.records(Sample.class);

    private record Blob(@Tag(1) byte[] bytes, @Tag(2) List<byte[]> more) {}

    @Provide
    Arbitrary<Sample> samples() {
        return Samples.samples();
    }

    @Property
    void readsEveryValueItWrote(@ForAll("samples") Sample sample) {
        byte[] bytes = SAMPLES.encode(sample);

        assertThat(SAMPLES.decode(bytes)).isEqualTo(sample);
        assertThat(SAMPLES.decodeAll(bytes)).containsExactly(sample);
    }

    @Property
    void writesTheSameBytesForWhatItRead(@ForAll("samples") Sample sample) {
        byte[] bytes = SAMPLES.encode(sample);

        assertThat(SAMPLES.encode(SAMPLES.decode(bytes))).isEqualTo(bytes);
    }

    @Property(tries = 300)
    void readsWhatAnotherCodecOfTheSameTypeWrote(@ForAll("samples") Sample sample) {
        assertThat(Codecs.records(Sample.class).decode(SAMPLES.encode(sample))).isEqualTo(sample);
    }

    @Test
    void carriesByteArraysAndKeepsNoneOfThem() {
        RecordsCodec<Blob> blobs = Codecs.records(Blob.class);
        byte[] mine = {1, 2, -3};
        byte[] bytes = blobs.encode(new Blob(mine, List.of(new byte[0], new byte[] {9})));
        Arrays.fill(mine, (byte) 0);

        Blob read = blobs.decode(bytes);

        assertThat(read.bytes()).containsExactly(1, 2, -3);
        assertThat(read.more()).hasSize(2);
        assertThat(read.more().get(0)).isEmpty();
        assertThat(read.more().get(1)).containsExactly(9);
    }

    @Test
    void carriesOneRecordUnderTwoRoots() {
        RecordsCodec<Round> rounds = Codecs.records(Round.class);
        RecordsCodec<Shape> shapes = Codecs.records(Shape.class);
        Circle circle = new Circle(2.5);

        assertThat(rounds.decode(rounds.encode(circle))).isEqualTo(circle);
        assertThat(shapes.decode(shapes.encode(circle))).isEqualTo(circle);
        assertThat(rounds.decode(rounds.encode(new Ball(1, Color.GREEN)))).isEqualTo(new Ball(1, Color.GREEN));
    }

    @Test
    void carriesGenericRecordsByATypeToken() {
        RecordsCodec<Pair<String, Optional<Position>>> pairs =
                Codecs.records(new TypeToken<Pair<String, Optional<Position>>>() {});
        Pair<String, Optional<Position>> pair = new Pair<>("here", Optional.of(new Position(1, 2)));

        assertThat(pairs.decode(pairs.encode(pair))).isEqualTo(pair);
        assertThat(pairs.contentName())
                .isEqualTo("records:io.wellspring.api.codec.Samples$Pair<java.lang.String,"
                        + " java.util.Optional<io.wellspring.api.codec.Samples$Position>>");
    }

    @Test
    void carriesWhatIsNoMessageAtTheRoot() {
        RecordsCodec<Color> colors = Codecs.records(Color.class);
        RecordsCodec<Map<Color, List<Integer>>> maps = Codecs.records(new TypeToken<Map<Color, List<Integer>>>() {});
        Map<Color, List<Integer>> map = Map.of(Color.GREEN, List.of(1, 2), Color.RED, List.of());

        assertThat(colors.encode(Color.GREEN)).containsExactly(8, 7);
        assertThat(colors.decode(colors.encode(Color.GREEN))).isEqualTo(Color.GREEN);
        assertThat(maps.decode(maps.encode(map))).isEqualTo(map);
    }

    @Test
    void carriesRecordsThatAreLocalToAMethod() {
        record Local(@Tag(1) String name) {}

        RecordsCodec<Local> codec = Codecs.records(Local.class);

        assertThat(codec.decode(codec.encode(new Local("x")))).isEqualTo(new Local("x"));
    }

    @Test
    void givesCollectionsThatCannotBeChanged() {
        record All(
                @Tag(1) List<String> list,
                @Tag(2) Set<String> set,
                @Tag(3) Map<String, String> map) {}

        RecordsCodec<All> codec = Codecs.records(All.class);
        All read = codec.decode(codec.encode(new All(List.of("a"), Set.of("b"), Map.of("c", "d"))));

        assertThatThrownBy(() -> read.list().add("x")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> read.set().add("x")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> read.map().put("x", "y")).isInstanceOf(UnsupportedOperationException.class);
    }
}
