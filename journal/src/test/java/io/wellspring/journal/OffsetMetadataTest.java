package io.wellspring.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class OffsetMetadataTest {
    @Test
    void writesACompactLine() {
        assertThat(new OffsetMetadata("host7-42", 1_000_000, Map.of("limits", 36L, "accounts", 0L)).encode())
                .isEqualTo("1;host7-42;lfls;accounts=0;limits=10");
        assertThat(new OffsetMetadata("n", Long.MIN_VALUE, Map.of()).encode()).isEqualTo("1;n;");
    }

    @Property
    void readsWhatItWrote(@ForAll("metadata") OffsetMetadata metadata) {
        assertThat(OffsetMetadata.decode(metadata.encode())).contains(metadata);
    }

    @Provide
    Arbitrary<OffsetMetadata> metadata() {
        Arbitrary<String> names = Arbitraries.strings()
                .withCharRange('a', 'z')
                .withChars("AZ09._-")
                .ofMinLength(1)
                .ofMaxLength(60);
        return Combinators.combine(
                        names,
                        Arbitraries.longs(),
                        Arbitraries.maps(names, Arbitraries.longs().greaterOrEqual(0))
                                .ofMaxSize(30))
                .as(OffsetMetadata::new);
    }

    @Test
    void takesThirtyStagesWellBelowTheLimitOfTheBroker() {
        Map<String, Long> ends = new HashMap<>();
        List<String> stages = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            stages.add("stage-of-20-chars-" + (10 + i));
            ends.put(stages.get(i), 10_000_000_000L + i);
        }

        String text = new OffsetMetadata("instance-host-4242-1", 1_700_000_000_000L, ends).encode();

        assertThat(text).hasSizeLessThan(1000);
        assertThat(OffsetMetadata.mostChars(stages, true)).isBetween(text.length(), OffsetMetadata.MAX_CHARS);
    }

    @Test
    void boundsTheTextForAnyValuesOfTheStages() {
        List<String> stages = List.of("a", "bb");
        String longest = new OffsetMetadata(
                        "n".repeat(64), Long.MIN_VALUE + 1, Map.of("a", Long.MAX_VALUE, "bb", Long.MAX_VALUE))
                .encode();

        assertThat(longest.length()).isLessThanOrEqualTo(OffsetMetadata.mostChars(stages, false));
    }

    @Test
    void boundsTheTextForAnyReadingAhead() {
        List<Long> besides = new ArrayList<>();
        for (long i = 0; i < ReadAhead.MOST_BESIDES; i++) {
            besides.add(Long.MAX_VALUE - ReadAhead.MOST_BESIDES - 1 + i);
        }
        String longest = new OffsetMetadata(
                        "n".repeat(64),
                        Long.MIN_VALUE + 1,
                        Map.of("a", Long.MAX_VALUE),
                        Optional.of(new ReadAhead(Long.MAX_VALUE, Long.MAX_VALUE - 1, besides)))
                .encode();

        assertThat(longest.length())
                .isBetween(OffsetMetadata.mostChars(List.of("a"), false), OffsetMetadata.mostChars(List.of("a"), true));
    }

    @Test
    void refusesToWriteMoreThanTheBrokerTakes() {
        Map<String, Long> ends = new HashMap<>();
        for (int i = 0; i < 60; i++) {
            ends.put("s".repeat(98) + i, 1L);
        }
        OffsetMetadata metadata = new OffsetMetadata("n", 0, ends);

        assertThatThrownBy(metadata::encode)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("task with 60 stages needs");
    }

    @Test
    void readsNothingFromAnEmptyText() {
        assertThat(OffsetMetadata.decode("")).isEmpty();
    }

    @Test
    void saysWhatItCannotRead() {
        assertUnreadable("3;n;", "it has version 3, this program reads versions up to 2");
        assertUnreadable("AAECAw==", "it does not begin with a version");
        assertUnreadable("1;n", "it ends after 2 of at least 3 parts");
        assertUnreadable("1;;0", "nonce=''");
        assertUnreadable("1;n;0;a", "'a' is not one stage and its end");
        assertUnreadable("1;n;0;a=1;a=2", "'a=2' is not one stage and its end");
        assertUnreadable("1;n;0;a=-1", "a=-1 cannot be written");
        assertUnreadable("1;n;0;a=!", "!");
        assertUnreadable("1;n;zzzzzzzzzzzzzzzzzz", "zzzz");
    }

    private static void assertUnreadable(String text, String why) {
        assertThatThrownBy(() -> OffsetMetadata.decode(text))
                .as(text)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("give each a group of its own");
    }

    @Test
    void refusesNamesThatTheTextCannotHold() {
        assertThatThrownBy(() -> new OffsetMetadata("a;b", 0, Map.of())).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> new OffsetMetadata("n", 0, Map.of("a=b", 1L))).isInstanceOf(ConfigException.class);
    }

    @Test
    void keepsWhatIsDoneBeyondThePosition() {
        var some = new OffsetMetadata(
                "n", 1_000, Map.of("limits", 5L), Optional.of(new ReadAhead(72, 36, List.of(0L, 35L))));
        assertThat(some.encode()).isEqualTo("2;n;rs;20:10:0:z;limits=5");
        assertThat(OffsetMetadata.decode(some.encode())).contains(some);
        var none = new OffsetMetadata("n", 1_000, Map.of(), Optional.of(new ReadAhead(72, -1, List.of())));
        assertThat(none.encode()).isEqualTo("2;n;rs;20:");
        assertThat(OffsetMetadata.decode(none.encode())).contains(none);
    }

    @Test
    void refusesWhatDoesNotSayHowFarWasRead() {
        for (String text : List.of("2;n;rs", "2;n;rs;20", "2;n;rs;:1", "2;n;rs;20:1:zz", "2;n;rs;-1:0")) {
            assertThatThrownBy(() -> OffsetMetadata.decode(text))
                    .as(text)
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(text);
        }
    }
}
