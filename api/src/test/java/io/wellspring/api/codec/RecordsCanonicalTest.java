package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.codec.Samples.Color;
import io.wellspring.api.codec.Samples.Position;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Equal values give equal bytes, since keys are compared by them. */
class RecordsCanonicalTest {
    private record Key(
            @Tag(1) Map<String, Integer> map,
            @Tag(2) Set<Long> set,
            @Tag(3) List<String> list) {}

    private record Keys(
            @Tag(1) Map<Position, Integer> positions,
            @Tag(2) Set<Color> colors,
            @Tag(3) Set<BigDecimal> decimals) {}

    private record Real(@Tag(1) double d, @Tag(2) float f) {}

    private final RecordsCodec<Key> keys = Codecs.records(Key.class);

    @Property
    void doesNotDependOnTheOrderOrClassOfACollection(
            @ForAll Map<String, Integer> map, @ForAll Set<Long> set, @ForAll long seed) {
        Map<String, Integer> encodable = new HashMap<>();
        map.forEach((text, number) -> encodable.put(Integer.toString(text.hashCode(), 36), number));
        Key one = new Key(new TreeMap<>(encodable), set, List.of("a", "b"));
        List<String> shuffledKeys = new ArrayList<>(encodable.keySet());
        Collections.shuffle(shuffledKeys, new Random(seed));
        Map<String, Integer> shuffled = new LinkedHashMap<>();
        shuffledKeys.forEach(key -> shuffled.put(key, encodable.get(key)));
        List<Long> shuffledSet = new ArrayList<>(set);
        Collections.shuffle(shuffledSet, new Random(seed));
        Key other = new Key(shuffled, new LinkedHashSet<>(shuffledSet), Arrays.asList("a", "b"));

        assertThat(other).isEqualTo(one);
        assertThat(keys.encode(other)).isEqualTo(keys.encode(one));
    }

    @Test
    void iteratesInCanonicalOrderWhatItRead() {
        Key read = keys.decode(keys.encode(new Key(
                Map.of("b", 2, "\uffff", 4, "a", 1, "\ud83d\ude00", 3), Set.of(3L, -1L, 2L), List.of("z", "a"))));

        assertThat(read.map().keySet()).containsExactly("a", "b", "\ud83d\ude00", "\uffff");
        assertThat(read.set()).containsExactly(-1L, 2L, 3L);
        assertThat(read.list()).containsExactly("z", "a");
    }

    @Test
    void ordersEnumsByTagTextsByTextAndRecordsByTheirBytes() {
        RecordsCodec<Keys> codec = Codecs.records(Keys.class);
        Map<Position, Integer> positions = new LinkedHashMap<>();
        positions.put(new Position(1, 2), 0);
        positions.put(new Position(-1, 1), 0);
        positions.put(new Position(5, -1), 0);
        Keys read = codec.decode(codec.encode(new Keys(
                positions,
                new LinkedHashSet<>(List.of(Color.GREEN, Color.DARK_BLUE, Color.RED)),
                new LinkedHashSet<>(List.of(new BigDecimal("2.0"), new BigDecimal("2.00"), new BigDecimal("-3"))))));

        // y has tag 1: zigzag(-1) = 1, zigzag(1) = 2, zigzag(2) = 4
        assertThat(read.positions().keySet())
                .containsExactly(new Position(5, -1), new Position(-1, 1), new Position(1, 2));
        assertThat(read.colors()).containsExactly(Color.RED, Color.DARK_BLUE, Color.GREEN);
        assertThat(read.decimals())
                .containsExactly(new BigDecimal("-3"), new BigDecimal("2.0"), new BigDecimal("2.00"));
    }

    @Test
    void writesOneNaNAndTwoZeroes() {
        RecordsCodec<Real> codec = Codecs.records(Real.class);
        double otherNaN = Double.longBitsToDouble(0x7ff8000000000001L);
        float otherFloatNaN = Float.intBitsToFloat(0x7fc00001);

        assertThat(codec.encode(new Real(otherNaN, otherFloatNaN)))
                .isEqualTo(codec.encode(new Real(Double.NaN, Float.NaN)));
        assertThat(codec.encode(new Real(-0.0, 0))).isNotEqualTo(codec.encode(new Real(0.0, 0)));
        assertThat(codec.decode(codec.encode(new Real(-0.0, -0.0f)))).isEqualTo(new Real(-0.0, -0.0f));
    }
}
