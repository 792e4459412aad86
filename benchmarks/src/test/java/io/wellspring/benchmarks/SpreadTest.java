package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void takesTheMiddleOfAnOddNumberOfRuns() {
        assertThat(Spread.of(List.of(9.0, 1.0, 4.0))).isEqualTo(new Spread(4, 1, 9));
    }

    @Test
    void takesTheMeanOfTheTwoInTheMiddleOfAnEvenNumber() {
        assertThat(Spread.of(List.of(8.0, 1.0, 4.0, 2.0))).isEqualTo(new Spread(3, 1, 8));
    }

    @Test
    void leavesOutRunsThatKnowNoFigure() {
        assertThat(Spread.of(List.of(Double.NaN, 3.0))).isEqualTo(new Spread(3, 3, 3));
        assertThat(Spread.of(List.of(Double.NaN)).isKnown()).isFalse();
        assertThat(Spread.of(List.of()).isKnown()).isFalse();
    }
}
