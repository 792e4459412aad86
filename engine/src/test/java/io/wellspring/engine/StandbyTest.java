package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.CorruptException;
import io.wellspring.testkit.sim.SimBackups;
import io.wellspring.testkit.sim.SimDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Standbys of a task on a second machine: what they read, what they leave alone, and how they take over. */
class StandbyTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration SESSION = Duration.ofSeconds(46);

    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimBackups backups = new SimBackups();
    private final SimDisk one = new SimDisk("one", backups);
    private final SimDisk two = new SimDisk("two", backups);

    @Test
    void goesOnWhereItHasReadToWhenTheOwnerIsGone() {
        SimulatedLedger.Running owner = startOwner();
        SimulatedLedger.Running heir = start(two, NEVER);
        process(owner, heir, 10);
        untilFollowed(heir);
        assertThat(two.stores().get("0-0").mark())
                .as("it could go on from no snapshot")
                .isEmpty();

        takeOver(owner, heir);

        TaskStatus.Running running = (TaskStatus.Running) heir.status().get(0);
        assertThat(running.basis()).isEqualTo(TaskStatus.Basis.STANDBY);
        assertThat(running.replayed()).isZero();
        assertThat(heir.standbys()).isEmpty();
        process(heir, heir, 1);
        assertThat(ledger.notices()).last().asString().endsWith("11");
    }

    @Test
    void showsHowFarItIsAndReadsALittleAtATime() {
        SimulatedLedger.Running owner = startOwner();
        SimulatedLedger.Running follower = start(two, NEVER);
        process(owner, follower, 1);
        untilFollowed(follower);
        process(owner, owner, 10_000);
        long before = follower.standbys().get(0).position();
        int turns = 0;
        while (follower.standbys().get(0).position() == before) {
            follower.step();
            turns++;
        }

        StandbyStatus behind = follower.standbys().get(0);
        assertThat(behind.task()).isEqualTo("0-0");
        assertThat(behind.position()).as("after %d turns", turns).isBetween(before + 1, before + 250L * turns);
        assertThat(behind.lag().orElse(0)).isBetween(1L, 10_000L + 1_000);
        untilFollowed(follower);
        assertThat(follower.standbys().get(0).position()).isGreaterThan(before + 10_000);
        assertThat(follower.status()).as("it is no task of its engine").isEmpty();
    }

    /** Its worker takes no snapshots meanwhile. */
    @Test
    void doesNotReadBeyondADueSnapshotWhileItsWorkerHasNoProducer() {
        SimulatedLedger.Running owner = startOwner();
        owner.untilRunning();
        boolean[] away = {true};
        ledger.aroundProducers = call -> {
            if (away[0] && call.is("initTransactions")) {
                throw new TimeoutException("the transaction coordinator is away");
            }
            return call.make();
        };
        SimulatedLedger.Running follower = ledger.start(
                two, config -> config.standbys(1).snapshotInterval(NEVER).snapshotStates(10));
        for (int account = 0; account < 2_000; account++) {
            ledger.command("account" + account, 1);
        }
        owner.until(() -> ledger.notices().size() == 2_000);
        for (int turn = 0; turn < 2_000; turn++) {
            owner.step();
            follower.step();
        }
        assertThat(follower.standbys().get(0).position())
                .as("a poll beyond the ten states of a snapshot")
                .isBetween(10L, 10L + 2 * 200);

        away[0] = false;
        untilFollowed(follower);
        assertThat(follower.standbys().get(0).position()).isGreaterThanOrEqualTo(2_000);
    }

    @Test
    void writesSnapshotsAndBeginsThereAgain() {
        SimulatedLedger.Running owner = startOwner();
        SimulatedLedger.Running follower = start(two, Duration.ofMillis(50));
        process(owner, follower, 10);
        untilFollowed(follower);
        follower.until(() -> two.stores().get("0-0").mark().isPresent());
        follower.crash();
        SimulatedLedger.Running again = start(two, NEVER);
        again.until(() -> !again.standbys().isEmpty());

        assertThat(again.standbys().get(0).position()).isGreaterThan(0);
        takeOver(owner, again);
        process(again, again, 1);
        assertThat(ledger.notices()).last().asString().endsWith("11");
    }

    @Test
    void doesNotTakeOverWhatTheJournalHasLost() {
        SimulatedLedger.Running owner = startOwner();
        SimulatedLedger.Running heir = start(two, NEVER);
        process(owner, heir, 10);
        untilFollowed(heir);
        owner.crash();
        ledger.kafka.truncate(SimulatedLedger.JOURNAL, 4);
        ledger.clock.advance(SESSION);

        assertThat(heir.untilFailed()).isInstanceOf(CorruptException.class);
    }

    @Test
    void sendsNothing() {
        SimulatedLedger.Running owner = startOwner();
        SimulatedLedger.Running follower = start(two, Duration.ofMillis(50));
        process(owner, follower, 20);
        untilFollowed(follower);
        long journal = ledger.kafka.highWatermark(SimulatedLedger.JOURNAL);
        long notices = ledger.kafka.highWatermark(SimulatedLedger.NOTICES);
        for (int step = 0; step < 500; step++) {
            follower.step();
        }

        assertThat(ledger.kafka.openTransactions()).isEmpty();
        assertThat(ledger.kafka.highWatermark(SimulatedLedger.JOURNAL)).isEqualTo(journal);
        assertThat(ledger.kafka.highWatermark(SimulatedLedger.NOTICES)).isEqualTo(notices);
        assertThat(backups.of("0-0")).as("backups are the owner's").isEmpty();
    }

    private SimulatedLedger.Running startOwner() {
        SimulatedLedger.Running owner = start(one, NEVER);
        owner.untilRunning();
        return owner;
    }

    private SimulatedLedger.Running start(SimDisk disk, Duration snapshotInterval) {
        boolean follower = disk == two;
        return ledger.start(disk, config -> {
            EngineConfig chosen = config.standbys(1).snapshotInterval(snapshotInterval);
            return follower ? chosen.backups(Path.of("backups")).backupInterval(Duration.ofMillis(50)) : chosen;
        });
    }

    /** One cent after the other to alice, while both engines go on. */
    private void process(SimulatedLedger.Running owner, SimulatedLedger.Running other, int commands) {
        int expected = ledger.notices().size() + commands;
        for (int i = 0; i < commands; i++) {
            ledger.command("alice", 1);
        }
        owner.until(() -> {
            other.step();
            return ledger.notices().size() == expected;
        });
    }

    private void untilFollowed(SimulatedLedger.Running follower) {
        follower.until(() -> !follower.standbys().isEmpty()
                && follower.standbys().get(0).lag().equals(OptionalLong.of(0)));
    }

    private void takeOver(SimulatedLedger.Running owner, SimulatedLedger.Running heir) {
        owner.crash();
        ledger.clock.advance(SESSION);
        heir.untilRunning();
    }
}
