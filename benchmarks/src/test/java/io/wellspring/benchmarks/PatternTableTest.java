package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.benchmarks.PatternOutcome.End;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatternTableTest {
    private static final PatternLine ANY = PatternLine.named("any-3");

    private final PatternTable table = new PatternTable(List.of(
            measured(PatternContestant.WELLSPRING, 1, 6_000_000),
            measured(PatternContestant.WELLSPRING, 2, 8_000_000),
            measured(PatternContestant.WELLSPRING, 3, 7_000_000),
            new PatternOutcome(
                    "any-3",
                    1_000,
                    "esper",
                    1,
                    End.LIMIT,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    0,
                    50,
                    3,
                    "10 of 1000 events in 5 s")));

    @Test
    void tellsMedianAndSpreadAndWhoGaveUp() {
        assertThat(table.markdown())
                .contains("| 7.00 M (6.00 M .. 8.00 M) |")
                .contains("> limit: 10 of 1000 events in 5 s | > limit before")
                .contains("| skip till any, n = 3 | siddhi | not expressible |");
    }

    @Test
    void whoGaveUpIsNotAskedForLargerWindows() {
        assertThat(table.hasGivenUp(ANY, 10_000, PatternContestant.ESPER)).isTrue();
        assertThat(table.hasGivenUp(ANY, 100, PatternContestant.ESPER)).isFalse();
        assertThat(table.hasGivenUp(ANY, 10_000, PatternContestant.WELLSPRING)).isFalse();
    }

    @Test
    void comesBackFromItsCsv(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("cep.csv");

        table.write(file);

        assertThat(PatternTable.read(file)).isEqualTo(table);
    }

    @Test
    void isDrawnWithAPanelForEachPattern() {
        assertThat(PatternPlot.svg(table))
                .contains("skip till any, n = 3")
                .contains("<circle")
                .endsWith("</svg>\n");
    }

    private static PatternOutcome measured(PatternContestant contestant, int round, double rate) {
        return new PatternOutcome(
                "any-3", 100, contestant.title(), round, End.MEASURED, rate, rate, 0, 1 << 20, 1_000, 5, "");
    }
}
