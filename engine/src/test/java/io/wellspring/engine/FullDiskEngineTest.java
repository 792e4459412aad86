package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.RetryableException;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.junit.jupiter.api.Test;

/** A disk without room for a snapshot (window 22 of the failure page), as an engine and those who look at it see it. */
class FullDiskEngineTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimDisk disk = new SimDisk("disk");
    private boolean abortNext;

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

        assertThatThrownBy(() -> pass(engine, DiskRefusals.BOUND.multipliedBy(2)))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("leaves the group, as its disk has taken nothing of task 0-0 for 5 minutes")
                .hasMessageContaining("disk disk is full");
        assertThat(ledger.clock.millis() - refused)
                .isBetween(
                        DiskRefusals.BOUND.minusSeconds(1).toMillis(),
                        DiskRefusals.BOUND.plusSeconds(15).toMillis());
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

    /** A refused commit makes the task begin anew, with its state of before, on the same disk. */
    @Test
    void anAbortInBetweenDoesNotBeginTheBoundAnew() {
        ledger.aroundProducers = call -> {
            if (abortNext && call.is("sendOffsetsToTransaction")) {
                abortNext = false;
                throw new TransactionAbortableException("as a broker may say");
            }
            return call.make();
        };
        SimulatedLedger.Running engine = start(disk);
        disk.fill();
        ledger.command("alice", 5);
        engine.until(() -> unsaved(engine));
        long refused = ledger.clock.millis();
        pass(engine, DiskRefusals.BOUND.dividedBy(2));
        abortNext = true;
        ledger.command("alice", 6);
        engine.until(() -> !abortNext && ledger.notices().size() == 2);

        assertThatThrownBy(() -> pass(engine, DiskRefusals.BOUND.multipliedBy(2)))
                .hasMessageContaining("leaves the group, as its disk has taken nothing of task 0-0 for 5 minutes");
        assertThat(ledger.clock.millis() - refused)
                .isBetween(
                        DiskRefusals.BOUND.minusSeconds(1).toMillis(),
                        DiskRefusals.BOUND.plusSeconds(15).toMillis());
    }

    @Test
    void aTaskThatCannotBeOpenedAnewCountsToo() {
        ledger.aroundProducers = call -> {
            if (abortNext && call.is("sendOffsetsToTransaction")) {
                abortNext = false;
                throw new TransactionAbortableException("as a broker may say");
            }
            return call.make();
        };
        SimulatedLedger.Running engine = start(disk);
        disk.takeAway();
        abortNext = true;
        ledger.command("alice", 6);
        engine.until(() -> engine.status().stream().anyMatch(TaskStatus.Waiting.class::isInstance));

        assertThatThrownBy(() -> pass(engine, DiskRefusals.BOUND.multipliedBy(2)))
                .hasMessageContaining("leaves the group, as its disk has taken nothing of task 0-0 for 5 minutes");
    }

    @Test
    void whoLeavesHasCommittedWhatItDid() {
        SimulatedLedger.Running engine = ledger.start(
                disk,
                config -> config.snapshotInterval(INTERVAL)
                        .commitInterval(Duration.ofSeconds(10))
                        .commitGap(Duration.ofSeconds(10)));
        engine.untilRunning();
        disk.fill();
        int[] commands = {0};

        assertThatThrownBy(() -> {
                    for (; ; engine.step()) {
                        ledger.command("alice", 1);
                        commands[0]++;
                        ledger.clock.advance(Duration.ofMillis(200));
                    }
                })
                .hasMessageContaining("leaves the group");
        ledger.kafka.settle();
        assertThat(ledger.notices().size()).isBetween(commands[0] - 2, commands[0]);
        assertThat(ledger.kafka.openTransactions()).isEmpty();
    }

    @Test
    void roomThatComesBackInTimeBeginsTheBoundAnew() {
        SimulatedLedger.Running engine = start(disk);
        long end = ledger.clock.millis() + DiskRefusals.BOUND.multipliedBy(2).toMillis();
        for (int round = 1; ledger.clock.millis() < end; round++) {
            int changes = round;
            disk.fill();
            ledger.command("alice", 1);
            engine.until(() -> unsaved(engine));
            pass(engine, DiskRefusals.BOUND.dividedBy(3).multipliedBy(2));
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
