package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.RetryableException;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A disk without room for a snapshot (window 22 of the failure page), as an engine and those who look at it see it. */
class FullDiskEngineTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimDisk disk = new SimDisk("disk");

    @Test
    void theStatusSaysSoAndTheTaskGoesOnAndSavesByItselfOnceThereIsRoom() {
        SimulatedLedger.Running engine = start(disk);
        disk.fill();
        ledger.command("alice", 5);
        engine.until(() -> unsaved(engine));
        assertThat(((TaskStatus.Running) engine.status().get(0)).unsaved().orElseThrow())
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("disk disk is full");

        ledger.command("alice", 7);
        engine.until(() -> ledger.notices().size() == 2);
        assertThat(disk.stores().get("0-0").mark()).as("nothing is saved").isEmpty();

        disk.makeRoom();
        engine.until(() -> !unsaved(engine));
        assertThat(disk.stores().get("0-0").mark()).isPresent();
        assertThat(ledger.notices()).containsExactly("1:5", "2:12");
        engine.close();
    }

    @Test
    void theWorkerLeavesTheGroupAfterABoundAndAnotherGoesOn() {
        SimulatedLedger.Running engine = start(disk);
        disk.fill();
        ledger.command("alice", 5);
        engine.until(() -> unsaved(engine));
        long refused = ledger.clock.millis();

        assertThatThrownBy(() -> pass(engine, Snapshots.REFUSED_FOR.multipliedBy(2)))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("leaves the group, as no snapshot of task 0-0 could be written for 5 minutes")
                .hasMessageContaining("disk disk is full");
        assertThat(ledger.clock.millis() - refused)
                .isBetween(
                        Snapshots.REFUSED_FOR.minusSeconds(1).toMillis(),
                        Snapshots.REFUSED_FOR.plusSeconds(15).toMillis());
        engine.abandon();

        SimulatedLedger.Running other = start(new SimDisk("other"));
        long before = ledger.clock.millis();
        ledger.command("alice", 7);
        other.until(() -> ledger.notices().size() == 2);
        assertThat(ledger.clock.millis() - before)
                .as("the group did not wait for a session to end")
                .isLessThan(Duration.ofSeconds(30).toMillis());
        assertThat(ledger.notices()).containsExactly("1:5", "2:12");
        other.close();
    }

    @Test
    void roomThatComesBackInTimeBeginsTheBoundAnew() {
        SimulatedLedger.Running engine = start(disk);
        long end = ledger.clock.millis() + Snapshots.REFUSED_FOR.multipliedBy(2).toMillis();
        for (int round = 1; ledger.clock.millis() < end; round++) {
            int changes = round;
            disk.fill();
            ledger.command("alice", 1);
            engine.until(() -> unsaved(engine));
            pass(engine, Snapshots.REFUSED_FOR.dividedBy(3).multipliedBy(2));
            disk.makeRoom();
            engine.until(() -> !unsaved(engine) && ledger.notices().size() == changes);
        }
        engine.close();
    }

    private SimulatedLedger.Running start(SimDisk on) {
        SimulatedLedger.Running engine = ledger.start(on, config -> config.snapshotInterval(INTERVAL));
        engine.untilRunning();
        return engine;
    }

    private void pass(SimulatedLedger.Running engine, Duration time) {
        for (long end = ledger.clock.millis() + time.toMillis(); ledger.clock.millis() < end; engine.step()) {
            ledger.clock.advance(Duration.ofMillis(200));
        }
    }

    private static boolean unsaved(SimulatedLedger.Running engine) {
        return engine.status().stream()
                .anyMatch(status -> status instanceof TaskStatus.Running running
                        && running.unsaved().isPresent());
    }
}
