package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rebalances in the midst of commits, on a simulated cluster. */
class JoiningTest {
    private final SimulatedLedger ledger = new SimulatedLedger(4);

    /** Wherever in their transactions the first engines are. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void noCommitIsRefusedBecauseAnotherEngineJoins(int stepsBefore) {
        List<SimulatedLedger.Running> engines = new ArrayList<>(List.of(start("one"), start("two")));
        int booked = work(engines, 400);
        booked += work(engines, stepsBefore);
        engines.add(start("three"));
        booked += work(engines, 400);
        int all = booked;
        engines.get(0).until(() -> {
            engines.forEach(SimulatedLedger.Running::step);
            return ledger.notices().size() == all;
        });

        assertThat(engines)
                .as("all have tasks")
                .noneMatch(engine -> engine.status().isEmpty());
        engines.forEach(SimulatedLedger.Running::close);
    }

    /** Until all have joined, or the dead one's session has ended, the old generation is good. */
    @Test
    void survivorsCommitOnWhileADeadMemberIsWaitedFor() {
        List<SimulatedLedger.Running> engines =
                new ArrayList<>(List.of(startAsItComes("one"), startAsItComes("two"), startAsItComes("three")));
        commits(engines, 5_000);
        engines.remove(2).crash();
        int alone = commits(engines, 5_000);
        engines.add(startAsItComes("four"));
        commits(engines, 2_500); // one of them waits at the beginning of the round

        assertThat(commits(engines, 5_000))
                .as("commits in the round, of %d before it", alone)
                .isGreaterThan(alone / 2);
    }

    /** Books a command of each task in each step; returns in how many of them results came out. */
    private int commits(List<SimulatedLedger.Running> engines, long millis) {
        long end = ledger.clock.millis() + millis;
        int before = ledger.notices().size();
        int commits = 0;
        while (ledger.clock.millis() < end) {
            ledger.commands(1);
            engines.forEach(SimulatedLedger.Running::step);
            int now = ledger.notices().size();
            commits += now > before ? 1 : 0;
            before = now;
        }
        return commits;
    }

    private SimulatedLedger.Running startAsItComes(String disk) {
        return ledger.start(new SimDisk(disk));
    }

    private int work(List<SimulatedLedger.Running> engines, int steps) {
        for (int step = 0; step < steps; step++) {
            ledger.commands(1);
            engines.forEach(SimulatedLedger.Running::step);
            assertThat(ledger.kafka.trace(300)).noneMatch(line -> line.contains("is decided: abort"));
        }
        return 4 * steps;
    }

    /** Has a transaction open most of the time, and commits it with each interval. */
    private SimulatedLedger.Running start(String disk) {
        return ledger.start(
                new SimDisk(disk),
                config -> config.commitInterval(Duration.ofMillis(40)).commitGap(Duration.ofMillis(40)));
    }
}
