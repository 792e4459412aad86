package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
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
    /** A generated pattern. */
    record PatternModel(List<StepModel> steps, long windowMillis, Skip.Kind skip, int skipStep) {
        Pattern<String> pattern() {
            List<Step<Letters>> handles = IntStream.range(0, steps.size())
                    .mapToObj(i -> Step.of("s" + i, Letters.class))
                    .toList();
            List<Step<Letters>> taking = handles.stream()
                    .filter(step -> !steps.get(handles.indexOf(step)).link().negated())
                    .toList();
            Sequence sequence = null;
            for (int i = 0; i < steps.size(); i++) {
                sequence = steps.get(i).append(sequence, steps.get(i).step(handles.get(i), taking));
            }
            if (windowMillis > 0) {
                sequence = sequence.within(Duration.ofMillis(windowMillis));
            }
            Step<Letters> target = handles.get(skipStep);
            sequence = switch (skip) {
                case NONE -> sequence.noSkip();
                case TO_NEXT -> sequence.skipToNext();
                case PAST_LAST_EVENT -> sequence.skipPastLastEvent();
                case TO_FIRST -> sequence.skipToFirst(target);
                case TO_LAST -> sequence.skipToLast(target);
            };
            return sequence.select(match -> text(match, taking));
        }
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE)
    void reportsWhatTheDefinitionsSayAndWhen(
            @ForAll("patterns") PatternModel model, @ForAll("streams") List<Letters> stream) {
        List<String> expected = new ReferenceMatcher(
                        model.steps(), model.windowMillis(), model.skip(), model.skipStep(), stream)
                .reports();
        Pattern<String> pattern;
        try {
            pattern = model.pattern();
        } catch (ConfigException e) {
            assertThat(e).hasMessageContaining("can never match");
            assertThat(expected).isEmpty();
            return;
        }
        assertThat(reports(pattern, stream)).isEqualTo(expected);
    }

    private static List<String> reports(Pattern<String> pattern, List<Letters> stream) {
        PatternTest<String> test = PatternTest.of(pattern);
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
        return Combinators.combine(
                        steps().list().ofMinSize(1).ofMaxSize(4),
                        windows,
                        Arbitraries.of(Skip.Kind.class),
                        Arbitraries.integers().between(0, 3))
                .as(EvaluatorReferenceTest::legal);
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
        Arbitrary<boolean[]> flags = Combinators.combine(rarely(3), rarely(4), rarely(4))
                .as((optional, greedy, weighs) -> new boolean[] {optional, greedy, weighs});
        Arbitrary<long[]> gaps = Combinators.combine(
                        Arbitraries.of(0L, 0L, 0L, 2L, 4L), Arbitraries.of(0L, 0L, 0L, 0L, 3L))
                .as((gap, entry) -> new long[] {gap, entry});
        return Combinators.combine(
                        links,
                        Arbitraries.of('a', 'b', 'c'),
                        counts,
                        flags,
                        Arbitraries.of(Link.FOLLOWED_BY, Link.NEXT, Link.FOLLOWED_BY_ANY),
                        Arbitraries.of(' ', ' ', ' ', 'c', 'd'),
                        gaps)
                .as((link, letter, count, flag, inner, until, gap) -> new StepModel(
                        link,
                        letter,
                        flag[2] ? 6 : 0,
                        count[0],
                        count[1],
                        flag[0],
                        flag[1],
                        inner,
                        until,
                        gap[0],
                        gap[1]));
    }

    private static Arbitrary<Boolean> rarely(int oneIn) {
        return Arbitraries.integers().between(1, oneIn).map(drawn -> drawn == oneIn);
    }

    /** Mends what the language refuses: options of loops on single events, an absence first, or last without a window. */
    private static PatternModel legal(List<StepModel> drawn, long window, Skip.Kind skip, int skipStep) {
        List<StepModel> steps = new ArrayList<>();
        for (StepModel step : drawn) {
            boolean first = steps.isEmpty();
            Link link = first ? Link.BEGIN : step.link();
            boolean negated = link.negated();
            boolean single = negated || step.to() == 1;
            boolean greedy =
                    step.greedy() && !negated && (single ? step.optional() : step.inner() != Link.FOLLOWED_BY_ANY);
            steps.add(new StepModel(
                    link,
                    step.letter(),
                    step.weightBound(),
                    negated ? 1 : step.from(),
                    negated ? 1 : step.to(),
                    step.optional() && !negated,
                    greedy,
                    step.inner(),
                    single ? ' ' : step.until(),
                    single ? 0 : step.gapMillis(),
                    first || negated ? 0 : step.entryGapMillis()));
        }
        StepModel last = steps.get(steps.size() - 1);
        if (last.link() == Link.NOT_FOLLOWED_BY) {
            steps.set(steps.size() - 1, last.closing(drawn.get(steps.size() - 1).entryGapMillis()));
        }
        long closed = last.link() == Link.NOT_FOLLOWED_BY && window == 0 ? 5 : window;
        int[] taking = IntStream.range(0, steps.size())
                .filter(i -> !steps.get(i).link().negated())
                .toArray();
        return new PatternModel(List.copyOf(steps), closed, skip, taking[skipStep % taking.length]);
    }
}
