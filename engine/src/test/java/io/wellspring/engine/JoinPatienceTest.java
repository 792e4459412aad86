package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JoinPatienceTest {
    private static final long BOUND = JoinPatience.BOUND.toNanos();

    private final JoinPatience patience = new JoinPatience();

    @Test
    void holdsNothingOutsideOfARound() {
        assertThat(patience.holds(false, true, 0)).isFalse();
        assertThat(patience.holds(false, true, BOUND)).isFalse();
    }

    @Test
    void countsFromWhenTheFirstCommitOfTheRoundIsDue() {
        patience.holds(true, false, 0);
        assertThat(patience.holds(true, true, 5 * BOUND)).isTrue();
        assertThat(patience.holds(true, true, 6 * BOUND - 1)).isTrue();
        assertThat(patience.holds(true, true, 6 * BOUND)).isFalse();
    }

    @Test
    void isPaidOnceARound() {
        patience.holds(true, true, 0);
        assertThat(patience.holds(true, true, BOUND)).isFalse();
        assertThat(patience.holds(true, false, BOUND + 1)).isFalse();
        assertThat(patience.holds(true, true, BOUND + 2))
                .as("the next commit of the round")
                .isFalse();

        patience.holds(false, false, BOUND + 3);
        assertThat(patience.holds(true, true, BOUND + 4)).as("the next round").isTrue();
    }
}
