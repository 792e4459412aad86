package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KillPlanTest {
    @Test
    void killsLieInOrderWithinTheInputAndApartFromItsEnds() {
        for (long seed = 0; seed < 100; seed++) {
            List<Long> plan = KillPlan.of(4, 10_000, seed);

            assertThat(plan).as("seed %d", seed).hasSize(4).isSorted().doesNotHaveDuplicates();
            assertThat(plan.get(0)).as("seed %d", seed).isGreaterThan(1_500);
            assertThat(plan.get(3)).as("seed %d", seed).isLessThan(8_500);
        }
    }

    @Test
    void theSeedDecidesWhere() {
        assertThat(KillPlan.of(2, 200_000, 1)).isEqualTo(KillPlan.of(2, 200_000, 1));
        assertThat(KillPlan.of(2, 200_000, 1)).isNotEqualTo(KillPlan.of(2, 200_000, 2));
    }

    @Test
    void smallInputsAreSlowedDownSoThatThereIsSomethingToKill() {
        assertThat(Pace.nanosPerRecord(1_000, 2)).isEqualTo(4_500_000);
        assertThat(Pace.nanosPerRecord(200_000, 2)).isZero();
        assertThat(Pace.nanosPerRecord(1_000, 0)).isZero();
    }
}
