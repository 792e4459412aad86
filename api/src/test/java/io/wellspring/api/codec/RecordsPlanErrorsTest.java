package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mistakes in types: found when the codec is built, with the place and the remedy. */
@SuppressWarnings("UnusedNestedClass") // permitted types, which only the planner meets
class RecordsPlanErrorsTest {
    private static final String HERE = RecordsPlanErrorsTest.class.getName() + '$';

    private static void refused(Class<?> type, String... parts) {
        assertThatThrownBy(() -> Codecs.records(type))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(parts);
    }

    private record Untagged(@Tag(1) int a, int b, @Tag(5) int c) {}

    @Test
    void aMissingTag() {
        refused(Untagged.class, "b of " + HERE + "Untagged has no @Tag; give it @Tag(6)");
    }

    private record Doubled(@Tag(1) int a, @Tag(1) String b) {}

    @Test
    void aDoubledTag() {
        refused(Doubled.class, "b of " + HERE + "Doubled: @Tag(1) is also the tag of a; @Tag(2) is free");
    }

    @Reserved({2, 7})
    private record Reusing(@Tag(1) int a, @Tag(2) int b) {}

    @Test
    void aReservedTag() {
        refused(Reusing.class, "b of " + HERE + "Reusing: @Tag(2) is @Reserved", "@Tag(8) is free");
    }

    private record Zero(@Tag(0) int a) {}

    private record Negative(@Tag(-1) int a) {}

    private record Protobufs(
            @Tag(19_000) int a, @Tag(18_999) int b) {}

    private record Huge(@Tag(536_870_912) int a) {}

    @Reserved(0)
    private record ReservesZero(@Tag(1) int a) {}

    @Test
    void aTagOutOfRange() {
        refused(
                Zero.class,
                "a of " + HERE + "Zero: @Tag(0) is outside 1..536870911 without 19000..19999; @Tag(1) is free");
        refused(Negative.class, "@Tag(-1) is outside");
        refused(Protobufs.class, "@Tag(19000) is outside", "@Tag(20000) is free");
        refused(Huge.class, "@Tag(536870912) is outside");
        refused(ReservesZero.class, HERE + "ReservesZero: @Reserved(0) is no possible tag");
    }

    private record Outer(@Tag(1) List<Optional<Map<String, Untagged>>> inner) {}

    @Test
    void aMistakeDeepInside() {
        refused(Outer.class, "b of " + HERE + "Untagged has no @Tag");
    }

    private sealed interface Events {}

    @Tag(1)
    private record First() implements Events {}

    private record Second() implements Events {}

    @Test
    void aPermittedTypeWithoutTag() {
        refused(Events.class, HERE + "Second of " + HERE + "Events has no @Tag; give it @Tag(2)");
    }

    private sealed interface Twins {}

    @Tag(3)
    private record Left() implements Twins {}

    @Tag(3)
    private record Right() implements Twins {}

    @Test
    void aPermittedTypeWithTheTagOfAnother() {
        refused(Twins.class, HERE + "Right of " + HERE + "Twins: @Tag(3) is also the tag of " + HERE + "Left");
    }

    @Reserved(1)
    private sealed interface Retired {}

    @Tag(1)
    private record Again() implements Retired {}

    @Test
    void aPermittedTypeWithAReservedTag() {
        refused(Retired.class, HERE + "Again of " + HERE + "Retired: @Tag(1) is @Reserved");
    }

    private sealed interface Open {}

    @Tag(1)
    private static final class Plain implements Open {}

    @Test
    void aPermittedTypeThatIsNoRecord() {
        refused(
                Open.class,
                HERE + "Plain is permitted by " + HERE + "Open",
                "neither a record nor an enum nor a sealed");
    }

    private sealed interface Top {}

    @Tag(1)
    private sealed interface One extends Top {}

    @Tag(2)
    private sealed interface Two extends Top {}

    @Tag(1)
    private record Both() implements One, Two {}

    @Test
    void aRecordWithTwoWaysToTheRoot() {
        refused(Top.class, HERE + "Both is under " + HERE + "Top twice, by way of One and Two");
    }

    private enum Half {
        @Tag(1)
        TAGGED,
        UNTAGGED
    }

    private enum Same {
        @Tag(0)
        A,
        @Tag(0)
        B
    }

    @Reserved(2)
    private enum Old {
        @Tag(2)
        A
    }

    @Test
    void anEnumWithAMissingDoubledOrReservedTag() {
        refused(Half.class, "UNTAGGED of " + HERE + "Half has no @Tag; give it @Tag(2)");
        refused(Same.class, "B of " + HERE + "Same: @Tag(0) is also the tag of A");
        refused(Old.class, "A of " + HERE + "Old: @Tag(2) is @Reserved");
    }

    private record Dated(@Tag(1) List<Date> dates) {}

    private record Longs(@Tag(1) long[] values) {}

    @SuppressWarnings("rawtypes")
    private record Raw(@Tag(1) List values) {}

    private record Generic<T>(@Tag(1) T value) {}

    @Test
    void aTypeThatIsNotCarried() {
        refused(Dated.class, HERE + "Dated.dates: java.util.Date is not a type that records carries", "java.time");
        refused(Longs.class, HERE + "Longs.values: long[] is not a type that records carries");
        refused(Raw.class, HERE + "Raw.values: java.util.List has type parameters and they are not given");
        refused(Generic.class, HERE + "Generic has type parameters", "records(new TypeToken<Generic<...>>() {})");
        refused(Object.class, "java.lang.Object is not a type that records carries");
    }

    private record ByBytes(@Tag(1) Map<byte[], String> values) {}

    private record OfBytes(@Tag(1) Set<byte[]> values) {}

    @Test
    void aKeyThatWouldNeverBeFound() {
        refused(ByBytes.class, HERE + "ByBytes.values: byte[] is equal only to itself");
        refused(OfBytes.class, HERE + "OfBytes.values: byte[] is equal only to itself");
    }

    private record Endless(@Tag(1) Inner inner) {}

    private record Inner(@Tag(1) int a, @Tag(2) Endless back) {}

    @Test
    void aRecordThatAlwaysContainsItself() {
        refused(Endless.class, "always contains another", "make the component an Optional or a List");
    }

    private record Growing<T>(@Tag(1) Optional<Growing<List<T>>> next) {}

    @Test
    void aGenericRecordThatGrowsForEver() {
        assertThatThrownBy(() -> Codecs.records(new TypeToken<Growing<String>>() {}))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(HERE + "Growing.next: type arguments are nested deeper than 16");
    }

    private record BadNumber(@Tag(1) @Default("x") int a) {}

    private record BadBoolean(@Tag(1) @Default("yes") boolean a) {}

    private record BadConstant(@Tag(1) @Default("C") Same2 a) {}

    private enum Same2 {
        @Tag(1)
        A
    }

    private record OnList(@Tag(1) @Default("1,2") List<Integer> a) {}

    private record OnBytes(@Tag(1) @Default("1") byte[] a) {}

    private record OnRecord(@Tag(1) @Default("1") First a) {}

    private record OnOptional(@Tag(1) @Default("1") Optional<Integer> a) {}

    @Test
    void aDefaultThatCannotBeRead() {
        refused(BadNumber.class, HERE + "BadNumber.a: @Default(\"x\") cannot be read: For input string: \"x\"");
        refused(BadBoolean.class, "BadBoolean.a: @Default(\"yes\") cannot be read: true or false is needed");
        refused(BadConstant.class, "BadConstant.a: @Default(\"C\")", "no constant of " + HERE + "Same2 has that name");
        refused(OnList.class, "OnList.a: @Default(\"1,2\")", "takes no @Default");
        refused(OnBytes.class, "byte[] takes no @Default");
        refused(OnRecord.class, "takes no @Default");
        refused(OnOptional.class, "takes no @Default");
    }

    private static <T> TypeToken<T> open() {
        return new TypeToken<T>() {};
    }

    @Test
    @SuppressWarnings("rawtypes")
    void aTypeTokenWithoutAType() {
        assertThatThrownBy(() -> new TypeToken() {})
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("names no type");
        assertThatThrownBy(() -> Codecs.records(open()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("T is not a type that records carries");
    }

    @Test
    void anUpcastOfWhatIsNotSealed() {
        assertThatThrownBy(() -> Codecs.records(First.class).upcast(2, Second.class, old -> List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("upcast of tag 2: " + HERE + "First is not a sealed interface within");
    }

    private sealed interface Some {}

    @Tag(1)
    private record Only() implements Some {}

    @Test
    void anUpcastOfATagInUseOrOutOfRange() {
        RecordsCodec<Some> codec = Codecs.records(Some.class);
        assertThatThrownBy(() -> codec.upcast(1, First.class, old -> List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("upcast of tag 1 of " + HERE + "Some: the tag is in use by Only");
        assertThatThrownBy(
                        () -> codec.upcast(2, First.class, old -> List.of()).upcast(2, Second.class, old -> List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("upcast of tag 2 of " + HERE + "Some: the tag is in use by First");
        assertThatThrownBy(() -> codec.upcast(0, First.class, old -> List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the tag is outside 1..536870911");
    }
}
