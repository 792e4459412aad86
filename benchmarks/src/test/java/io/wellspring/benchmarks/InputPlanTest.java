package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.benchmarks.contestant.Entry;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class InputPlanTest {
    private final InputPlan plan = new InputPlan(20_000, 1_000, 7);

    @Test
    void carriesNumberAndAmountInAHundredBytes() {
        byte[] value = plan.value(123);
        assertThat(value).hasSize(100);
        assertThat(Entry.number(value)).isEqualTo(123);
        assertThat(Entry.cents(value)).isEqualTo(plan.cents(123)).isBetween(-10_000L, 9_999L);
    }

    @Test
    void givesTheSameInputForTheSameSeedOnly() {
        assertThat(new InputPlan(20_000, 1_000, 7).value(99)).isEqualTo(plan.value(99));
        assertThat(new InputPlan(20_000, 1_000, 8).value(99)).isNotEqualTo(plan.value(99));
    }

    @Test
    void usesEveryAccountAndBothSigns() {
        BitSet accounts = new BitSet();
        long positive = 0;
        for (int number = 0; number < plan.records(); number++) {
            accounts.set(plan.account(number));
            positive += plan.cents(number) > 0 ? 1 : 0;
        }
        assertThat(accounts.cardinality()).isEqualTo(1_000);
        assertThat(positive).isBetween(9_500L, 10_500L);
    }
}
