package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.ConfigException;
import io.wellspring.cep.Quantifier.Preference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The evaluator, through the public API with its replay and formats, beside the reference on random patterns and streams. */
class EvaluatorReferenceTest {
    private static final String KEY = "key";

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void reportsWhatTheDefinitionsSayAndWhen(
            @ForAll("patterns") PatternModel model, @ForAll("streams") List<Letters> stream) {
        List<Step<Letters>> handles = model.handles();
        List<Step<Letters>> taking = model.taking(handles);
        Sequence sequence = model.sequence(handles);
        List<String> expected = expected(sequence, stream);
        Pattern<String> pattern;
        try {
            pattern = sequence.select(match -> text(match, taking));
        } catch (ConfigException e) {
            assertThat(e).hasMessageContaining("can never match");
            assertThat(expected).isEmpty();
            return;
        }
        assertThat(reports(pattern, stream)).isEqualTo(expected);
    }

    private static List<String> expected(Sequence sequence, List<Letters> stream) {
        List<Occurrence> events = stream.stream()
                .map(event -> new Occurrence(event.number(), event.timeMillis(), 0, event))
                .toList();
        var reference = new ReferenceMatcher(sequence, events, KEY);
        List<String> expected = new ArrayList<>();
        for (Letters event : stream) {
            note(reference.advanceTo(event.timeMillis()), expected, 2 * event.number());
            note(reference.event(), expected, 2 * event.number() + 1);
        }
        note(reference.advanceTo(Long.MAX_VALUE - 1), expected, 2 * stream.size());
        return expected;
    }

    private static void note(List<Partial> found, List<String> expected, int moment) {
        for (Partial match : found) {
            List<String> words = new ArrayList<>();
            for (Partial one : match.inOrder()) {
                words.add("s" + one.step() + "=" + one.event().position());
            }
            expected.add(String.join(" ", words) + " at " + moment);
        }
    }

    private static List<String> reports(Pattern<String> pattern, List<Letters> stream) {
        PatternTest<String> test = PatternTest.of(pattern, KEY);
        List<String> reports = new ArrayList<>();
        for (Letters event : stream) {
            test.advanceTo(event.time());
            note(test, reports, 2 * event.number());
            test.event(event, event.time());
            note(test, reports, 2 * event.number() + 1);
        }
        test.advanceTo(Instant.ofEpochMilli(Long.MAX_VALUE - 1));
        note(test, reports, 2 * stream.size());
        return reports;
    }

    private static void note(PatternTest<String> test, List<String> reports, int moment) {
        List<String> all = test.results();
        all.subList(reports.size(), all.size()).forEach(match -> reports.add(match + " at " + moment));
    }

    private static String text(Match match, List<Step<Letters>> taking) {
        TreeMap<Integer, String> byEvent = new TreeMap<>();
        for (Step<Letters> step : taking) {
            match.all(step).forEach(event -> byEvent.put(event.number(), step.name() + "=" + event.number()));
        }
        return String.join(" ", byEvent.values());
    }

    @Provide
    Arbitrary<List<Letters>> streams() {
        Arbitrary<String> letters = Arbitraries.of("a", "b", "c", "ab", "bc", "ac", "d", "a", "b", "c");
        Arbitrary<Letters> one = Combinators.combine(
                        Arbitraries.longs().between(0, 3),
                        letters,
                        Arbitraries.integers().between(0, 3))
                .as((gap, has, weight) -> new Letters(0, gap, has, weight));
        return one.list().ofMinSize(1).ofMaxSize(7).map(EvaluatorReferenceTest::placed);
    }

    private static List<Letters> placed(List<Letters> gaps) {
        List<Letters> placed = new ArrayList<>();
        long now = 0;
        for (Letters gap : gaps) {
            now += gap.timeMillis();
            placed.add(new Letters(placed.size(), now, gap.letters(), gap.weight()));
        }
        return placed;
    }

    @Provide
    Arbitrary<PatternModel> patterns() {
        Arbitrary<Long> windows = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(0L)),
                Tuple.of(1, Arbitraries.longs().between(1, 9)));
        Arbitrary<Integer> counts = Arbitraries.of(0, 0, 0, 0, 2, 3, 4, 5);
        Arbitrary<GroupModel> groups = Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(0, 0, 1, 2, 2, 3),
                        Arbitraries.of(GroupModel.Kind.class),
                        steps())
                .as(GroupModel::new);
        return Combinators.combine(
                        steps().list().ofMinSize(1).ofMaxSize(4),
                        groups,
                        windows,
                        counts,
                        Arbitraries.of(Skip.Kind.class),
                        Arbitraries.integers().between(0, 3),
                        rarely(4),
                        Arbitraries.of(0, 0, 0, 1, 2))
                .as((steps, group, window, events, skip, skipStep, now, limit) ->
                        new PatternModel(steps, group, window, events, skip, skipStep, now, limit).legal());
    }

    private static Arbitrary<StepModel> steps() {
        Arbitrary<int[]> counts = Arbitraries.of(
                new int[] {1, 1},
                new int[] {1, 1},
                new int[] {2, 2},
                new int[] {1, 2},
                new int[] {2, 3},
                new int[] {1, Quantifier.UNBOUNDED},
                new int[] {2, Quantifier.UNBOUNDED});
        Arbitrary<Link> links = Arbitraries.of(
                Link.NEXT,
                Link.FOLLOWED_BY,
                Link.FOLLOWED_BY,
                Link.FOLLOWED_BY_ANY,
                Link.FOLLOWED_BY_ANY,
                Link.NOT_NEXT,
                Link.NOT_FOLLOWED_BY);
        Arbitrary<boolean[]> flags =
                Combinators.combine(rarely(3), rarely(4)).as((optional, weighs) -> new boolean[] {optional, weighs});
        Arbitrary<Preference> preferences = Arbitraries.of(
                Preference.NONE, Preference.NONE, Preference.NONE, Preference.GREEDY, Preference.RELUCTANT);
        Arbitrary<long[]> gaps = Combinators.combine(
                        Arbitraries.of(0L, 0L, 0L, 2L, 4L), Arbitraries.of(0L, 0L, 0L, 0L, 3L))
                .as((gap, entry) -> new long[] {gap, entry});
        return Combinators.combine(
                        links,
                        Arbitraries.of('a', 'b', 'c'),
                        counts,
                        flags,
                        preferences,
                        Arbitraries.of(Link.FOLLOWED_BY, Link.NEXT, Link.FOLLOWED_BY_ANY),
                        Arbitraries.of(' ', ' ', ' ', 'c', 'd'),
                        gaps)
                .as((link, letter, count, flag, preference, inner, until, gap) -> new StepModel(
                        link,
                        letter,
                        flag[1] ? 6 : 0,
                        count[0],
                        count[1],
                        flag[0],
                        preference,
                        inner,
                        until,
                        gap[0],
                        gap[1]));
    }

    private static Arbitrary<Boolean> rarely(int oneIn) {
        return Arbitraries.integers().between(1, oneIn).map(drawn -> drawn == oneIn);
    }
}
