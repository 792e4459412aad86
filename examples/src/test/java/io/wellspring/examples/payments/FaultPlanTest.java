package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.examples.payments.Fault.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
    private static final Duration SESSION = Duration.ofSeconds(6);

    @Test
    void theSeedDecidesWhatHappensWhen() {
        assertThat(plan(1, 10, 3, true)).isEqualTo(plan(1, 10, 3, true));
        assertThat(plan(1, 10, 3, true)).isNotEqualTo(plan(2, 10, 3, true));
    }

    @Test
    void whatIsAwayIsNotHurtAgainAndEverythingIsBackAtTheEnd() {
        for (long seed = 0; seed < 100; seed++) {
            Map<String, Long> backMillis = new HashMap<>();
            long last = 0;
            for (Fault fault : plan(seed, 10, 2, true)) {
                assertThat(fault.atMillis()).as("seed %d", seed).isGreaterThanOrEqualTo(last);
                assertThat(fault.atMillis())
                        .as("seed %d, %s", seed, fault)
                        .isGreaterThanOrEqualTo(backMillis.getOrDefault(fault.target(), 0L));
                last = fault.atMillis();
                backMillis.put(fault.target(), fault.atMillis() + fault.awayMillis());
            }
            assertThat(backMillis.values()).as("seed %d", seed).allMatch(back -> back <= 600_000);
        }
    }

    @Test
    void someMinutesSeeEveryKindOnEveryTarget() {
        for (long seed = 0; seed < 100; seed++) {
            List<Fault> plan = plan(seed, 10, 3, true);

            assertThat(kinds(plan)).as("seed %d", seed).isEqualTo(EnumSet.allOf(Kind.class));
            assertThat(plan.stream().map(Fault::target))
                    .as("seed %d", seed)
                    .contains("broker", "engine 0", "engine 1", "engine 2");
        }
    }

    @Test
    void aLongStallOutlastsTheSessionAndAShortOneDoesNot() {
        for (Fault fault : plan(7, 60, 3, true)) {
            if (fault.kind() == Kind.LONG_STALL) {
                assertThat(fault.awayMillis()).isGreaterThan(SESSION.toMillis());
            } else if (fault.kind() == Kind.STALL) {
                assertThat(fault.awayMillis()).isLessThan(SESSION.toMillis());
            }
        }
    }

    @Test
    void nothingIsStalledWhereThereAreNoSignals() {
        assertThat(kinds(plan(3, 60, 3, false)))
                .isEqualTo(EnumSet.complementOf(EnumSet.of(Kind.STALL, Kind.LONG_STALL)));
    }

    private static Set<Kind> kinds(List<Fault> plan) {
        return plan.stream().map(Fault::kind).collect(Collectors.toSet());
    }

    private static List<Fault> plan(long seed, int minutes, int engines, boolean signals) {
        return FaultPlan.of(new FaultPlan.Settings(seed, Duration.ofMinutes(minutes), engines, SESSION, signals));
    }
}
