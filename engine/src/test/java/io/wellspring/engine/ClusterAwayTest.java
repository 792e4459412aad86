package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The whole cluster is away for longer than transactions and sessions last (window 9 of the failure page). */
class ClusterAwayTest {
    private static final Duration AWAY = Duration.ofMinutes(5);

    private final SimulatedLedger ledger = new SimulatedLedger();
    private final List<String> expected = new ArrayList<>();
    private long sum;

    @Test
    void inTheMiddleOfATransactionItIsWaitedForAndNothingIsLostOrDoubled() {
        // Each number of steps leaves the transaction at another point: nothing sent, sent, committing, committed.
        for (int steps = 0; steps < 12; steps++) {
            SimulatedLedger.Running engine = ledger.start(new SimDisk("disk" + steps));
            command(1);
            engine.until(this::settled);
            command(2);
            for (int step = 0; step < steps; step++) {
                engine.step();
            }

            ledger.kafka.away(AWAY);
            long back = ledger.clock.millis() + AWAY.toMillis();
            command(3);
            while (ledger.clock.millis() < back) {
                ledger.clock.advance(Duration.ofMillis(500));
                engine.step();
                assertThat(engine.status()).noneMatch(TaskStatus.Failed.class::isInstance);
            }
            engine.until(this::settled);

            assertThat(ledger.notices()).as("away after %s steps", steps).isEqualTo(expected);
            engine.close();
        }
    }

    private void command(long cents) {
        ledger.command("alice", cents);
        sum += cents;
        expected.add((expected.size() + 1) + ":" + sum);
    }

    private boolean settled() {
        return ledger.notices().size() >= expected.size();
    }
}
