package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.benchmarks.PatternCell.Mode;
import io.wellspring.benchmarks.PatternCell.Rate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatternCellTest {
    @Test
    void findsMatchesWhereTheLastTypeComesAndNoneWhereItNeverDoes() {
        Rate with = new PatternCell(3, Mode.SKIP_TILL_NEXT, 100, 1, 1_000).run(42, Duration.ZERO, Duration.ZERO);
        Rate without = new PatternCell(3, Mode.SKIP_TILL_NEXT, 100, 1, 0).run(42, Duration.ZERO, Duration.ZERO);

        assertThat(with.matches()).isPositive();
        assertThat(without.matches()).isZero();
        assertThat(without.eventsPerSecond()).isPositive();
    }
}
