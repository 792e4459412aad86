package io.wellspring.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.benchmarks.EntryPattern.Found;
import io.wellspring.benchmarks.EntryPattern.Noted;
import io.wellspring.benchmarks.contestant.Receipt;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatternCheckTest {
    private final InputPlan plan = new InputPlan(4_000, 20, 42);
    private final PatternCheck check = new PatternCheck(plan);

    @Test
    void isCleanOnceEachMatchHasComeAndFromThenOnWorkedIsAll() {
        List<Found> matches = byHand();
        for (Found match : matches) {
            check.accept(plan.key(match.last()), Receipt.of(match.last(), match.first()));
        }

        assertThat(matches).isNotEmpty().hasSize(check.expected());
        assertThat(check.verdict().isClean()).isTrue();
        assertThat(check.worked()).isEqualTo(plan.records());
    }

    @Test
    void aMatchThatBeginsElsewhereIsWrong() {
        Found match = byHand().get(0);

        check.accept(plan.key(match.last()), Receipt.of(match.last(), match.first() + 1));

        assertThat(check.verdict().wrong()).isEqualTo(1);
    }

    /** The first entry of type 0 that a type 1 has followed, and that no match has used up, for each entry of type 2. */
    private List<Found> byHand() {
        List<Found> matches = new ArrayList<>();
        for (int account = 0; account < plan.accounts(); account++) {
            List<Long> first = new ArrayList<>();
            List<Long> second = new ArrayList<>();
            for (long number = 0; number < plan.records(); number++) {
                if (plan.account(number) != account) {
                    continue;
                }
                switch (Noted.of(number, plan.cents(number)).type()) {
                    case 0 -> first.add(number);
                    case 1 -> {
                        second.addAll(first);
                        first.clear();
                    }
                    case 2 -> {
                        if (!second.isEmpty()) {
                            matches.add(new Found(second.get(0), number));
                            second.clear();
                        }
                    }
                    default -> {}
                }
            }
        }
        return matches;
    }
}
