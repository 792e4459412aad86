package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.benchmarks.contestant.PatternStream;
import io.wellspring.benchmarks.contestant.PatternTask;
import io.wellspring.benchmarks.contestant.PatternTask.Mode;
import io.wellspring.cep.Explanation.Cost;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PatternTaskTest {
    private static final int EVENTS = 400;

    @Test
    void comesBackFromItsArguments() {
        PatternTask task = new PatternTask(3, Mode.NEXT, 100, 10_000, 1_000, true);

        assertThat(PatternTask.parse(task.toArguments().toArray(String[]::new))).isEqualTo(task);
    }

    @Test
    void namesTheArgumentThatIsMissing() {
        assertThatThrownBy(() -> PatternTask.parse(new String[] {"steps=3", "mode=next"}))
                .hasMessageContaining("window= is missing");
    }

    /** The stream is the same for all, so counting by hand what a sequence finds in it holds for the peers too. */
    @Test
    void wellspringFindsWhatNestedLoopsFind() {
        PatternTask task = new PatternTask(3, Mode.ANY, 60, 1, 0, false).checked();

        assertThat(PatternRunner.matchesOf(task, EVENTS)).isPositive().isEqualTo(byNestedLoops(task, typesOf(task)));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyCellHasMatchesToCompare(Mode mode) {
        PatternTask task = new PatternTask(3, mode, 100, 1, 0, false).checked();

        assertThat(PatternRunner.matchesOf(task, 10_000)).isPositive();
    }

    @Test
    void aMatchIsFoundWhetherItIsListedOrCounted() {
        PatternTask counted = new PatternTask(3, Mode.NEXT, 100, 1, 51, false);
        PatternTask listed = new PatternTask(3, Mode.NEXT, 100, 1, 51, true);

        assertThat(PatternRunner.matchesOf(listed, 10_000)).isEqualTo(PatternRunner.matchesOf(counted, 10_000));
    }

    @Test
    void everyLineHasMatchesToCompareInItsSmallestWindow() {
        for (PatternLine line : PatternLine.ALL) {
            PatternTask task = line.task(100).checked();
            assertThat(PatternRunner.matchesOf(task, 200_000)).as(line.name()).isPositive();
        }
    }

    @Test
    void allButConditionsAcrossStepsAreOfConstantCost() {
        for (PatternLine line : PatternLine.ALL) {
            Cost cost = WellspringPatterns.pattern(line.task(100)).explain().cost();
            assertThat(cost)
                    .as(line.name())
                    .isEqualTo(line.mode() == Mode.ACROSS ? Cost.PER_PARTIAL_MATCH : Cost.CONSTANT);
        }
    }

    private static long byNestedLoops(PatternTask task, List<Integer> types) {
        long matches = 0;
        for (int first = 0; first < EVENTS; first++) {
            for (int second = first + 1; second < EVENTS; second++) {
                for (int third = second + 1; third < Math.min(EVENTS, first + task.windowEvents()); third++) {
                    boolean fits = types.get(first) == 0 && types.get(second) == 1 && types.get(third) == 2;
                    matches += fits ? 1 : 0;
                }
            }
        }
        return matches;
    }

    private static List<Integer> typesOf(PatternTask task) {
        List<Integer> types = new ArrayList<>();
        var engine = new WellspringPatterns(task) {
            @Override
            public void accept(Tick event, int key, long timeMillis) {
                types.add(event.type());
            }
        };
        var stream = new PatternStream<>(task, engine);
        try {
            stream.feed(EVENTS);
        } catch (Exception impossible) {
            throw new AssertionError(impossible);
        }
        return types;
    }
}
