package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** Patterns that fit the kernel, matched by it and by the evaluator of runs: the same matches of the same events in the same order. */
class KernelMatchingTest {
    /** A step of a generated pattern. */
    record StepShape(
            Link link, char letter, int from, int to, boolean optional, boolean greedy, Link inner, char until) {
        Step<Letters> step(int number) {
            Step<Letters> step = Step.of("s" + number, Letters.class).where(event -> event.has(letter));
            if (link.negated()) {
                return step;
            }
            if (to > 1) {
                step = to == Quantifier.UNBOUNDED ? step.timesOrMore(from) : step.times(from, to);
                step = switch (inner) {
                    case NEXT -> step.consecutive();
                    case FOLLOWED_BY_ANY -> step.allowCombinations();
                    default -> step;
                };
                step = until == ' ' ? step : step.until(event -> event.has(until));
                step = greedy && inner != Link.FOLLOWED_BY_ANY ? step.greedy() : step;
            }
            return optional ? step.optional() : step;
        }
    }

    /** What a group of neighbours is. */
    enum Kind {
        SEQUENCE,
        ANY,
        ALL
    }

    /**
     * A generated pattern.
     *
     * @param grouped how many steps from the second on are a group that may come several times
     * @param window by number where negative
     */
    record Shape(List<StepShape> steps, int grouped, Kind kind, int window) {
        Sequence sequence() {
            Sequence sequence = Pattern.begin(steps.get(0).step(0));
            List<Step<?>> group = new ArrayList<>();
            for (int i = 1; i < steps.size(); i++) {
                Step<Letters> step = steps.get(i).step(i);
                if (i > grouped) {
                    sequence = append(sequence, steps.get(i).link(), step);
                    continue;
                }
                group.add(step);
                if (i == Math.min(grouped, steps.size() - 1)) {
                    sequence = sequence.followedBy(group(group).timesOrMore(1));
                }
            }
            return window == 0
                    ? sequence
                    : window < 0 ? sequence.withinEvents(-window) : sequence.within(Duration.ofMillis(window));
        }

        private Group group(List<Step<?>> parts) {
            return switch (kind) {
                case ANY -> Group.anyOf(parts.toArray(Part[]::new));
                case ALL -> Group.allOf(parts.toArray(Part[]::new));
                case SEQUENCE -> {
                    Sequence inner = Pattern.begin(parts.get(0));
                    for (int i = 1; i < parts.size(); i++) {
                        inner = append(inner, steps.get(i + 1).link(), parts.get(i));
                    }
                    yield Group.of(inner);
                }
            };
        }
    }

    @Property(tries = 20_000, edgeCases = EdgeCasesMode.NONE, maxDiscardRatio = 20)
    void findsWhatTheRunsFind(@ForAll("shapes") Shape shape, @ForAll("streams") List<Letters> stream) {
        Plan plan = planOf(shape);
        Evaluation evaluation = Evaluation.of(plan);
        assertThat(evaluation).isInstanceOf(Evaluation.Constant.class);
        Plan counting =
                new Plan(plan.steps(), plan.automaton(), plan.terms(), -1, true, plan.interest(), plan.warnings());
        List<Long> counts = new ArrayList<>();
        var counted = new KernelMatching<String>(
                counting, (Evaluation.Constant) evaluation, (key, match) -> counts.add(match.together()));
        List<String> byKernel = new ArrayList<>();
        List<String> byRuns = new ArrayList<>();
        var kernel = new KernelMatching<String>(
                plan, (Evaluation.Constant) evaluation, (key, match) -> byKernel.add(match.toString()));
        var runs = new RunMatching<String>(plan, (key, match) -> byRuns.add(match.toString()));
        long now = 0;
        for (Letters event : stream) {
            now += event.timeMillis();
            int before = byKernel.size();
            counts.clear();
            kernel.event("key", event, now);
            counted.event("key", event, now);
            runs.event("key", event, now);
            assertThat(byKernel).isEqualTo(byRuns);
            assertThat(counts.isEmpty() ? 0 : counts.get(0)).isEqualTo(byKernel.size() - before);
        }
        Statistics.label("matches").collect(byRuns.isEmpty() ? "none" : byRuns.size() < 10 ? "1..9" : "10 and more");
    }

    private static Plan planOf(Shape shape) {
        try {
            return shape.sequence().select(match -> match).plan();
        } catch (ConfigException mistake) {
            Assume.that(false);
            throw mistake;
        }
    }

    private static Sequence append(Sequence sequence, Link link, Step<?> step) {
        return switch (link) {
            case BEGIN, FOLLOWED_BY -> sequence.followedBy(step);
            case NEXT -> sequence.next(step);
            case FOLLOWED_BY_ANY -> sequence.followedByAny(step);
            case NOT_NEXT -> sequence.notNext(step);
            case NOT_FOLLOWED_BY -> sequence.notFollowedBy(step);
        };
    }

    @Provide
    Arbitrary<List<Letters>> streams() {
        Arbitrary<String> letters = Arbitraries.of("a", "b", "c", "ab", "bc", "ac", "d", "a", "b", "c");
        Arbitrary<Letters> one = Combinators.combine(Arbitraries.longs().between(0, 2), letters)
                .as((gap, has) -> new Letters(0, gap, has, 0));
        return one.list().ofMinSize(1).ofMaxSize(12).map(KernelMatchingTest::numbered);
    }

    private static List<Letters> numbered(List<Letters> drawn) {
        List<Letters> numbered = new ArrayList<>();
        drawn.forEach(
                one -> numbered.add(new Letters(numbered.size(), one.timeMillis(), one.letters(), numbered.size())));
        return numbered;
    }

    @Provide
    Arbitrary<Shape> shapes() {
        return Combinators.combine(
                        steps().list().ofMinSize(1).ofMaxSize(4),
                        Arbitraries.of(0, 0, 0, 1, 2),
                        Arbitraries.of(Kind.class),
                        Arbitraries.of(0, 2, 4, 8, -2, -4, -7))
                .as((drawn, grouped, kind, window) -> {
                    List<StepShape> steps = new ArrayList<>(drawn);
                    steps.set(0, positive(steps.get(0), Link.BEGIN));
                    int last = steps.size() - 1;
                    if (steps.get(last).link() == Link.NOT_FOLLOWED_BY) {
                        steps.set(last, positive(steps.get(last), Link.FOLLOWED_BY));
                    }
                    return new Shape(steps, grouped, kind, window);
                });
    }

    private static StepShape positive(StepShape step, Link link) {
        return new StepShape(
                link,
                step.letter(),
                step.from(),
                step.to(),
                step.optional(),
                step.greedy(),
                step.inner(),
                step.until());
    }

    private static Arbitrary<StepShape> steps() {
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
        return Combinators.combine(
                        links,
                        Arbitraries.of('a', 'b', 'c'),
                        counts,
                        Arbitraries.of(false, false, true),
                        Arbitraries.of(false, false, true),
                        Arbitraries.of(Link.FOLLOWED_BY, Link.NEXT, Link.FOLLOWED_BY_ANY),
                        Arbitraries.of(' ', ' ', 'c', 'd'))
                .as((link, letter, count, optional, greedy, inner, until) ->
                        new StepShape(link, letter, count[0], count[1], optional, greedy, inner, until));
    }
}
