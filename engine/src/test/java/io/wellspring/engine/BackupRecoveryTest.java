package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateBackups;
import io.wellspring.api.port.StateStores;
import io.wellspring.testkit.sim.SimBackups;
import io.wellspring.testkit.sim.SimDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.junit.jupiter.api.Test;

/** Tasks that begin with a backup, since their own state is gone or too old. */
class BackupRecoveryTest {
    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimBackups backups = new SimBackups();
    private final SimDisk one = new SimDisk("one", backups);
    private final SimDisk two = new SimDisk("two", backups);

    @Test
    void aMachineWithoutStateTakesTheBackupAndThenTheTail() {
        SimulatedLedger.Running first = start(one);
        process(first, 1, 2, 3);
        untilBackedUp(first, 1);
        String backedUp = newest();
        ledger.clock.advance(Duration.ofMillis(1));
        process(first, 4);
        first.crash();
        backups.takeAway();
        SimulatedLedger.Running second = start(two);
        second.until(() -> second.status().stream().anyMatch(TaskStatus.Waiting.class::isInstance));
        assertThat(((TaskStatus.Waiting) second.status().get(0)).error())
                .as("it does not begin with less than there may be")
                .isInstanceOf(RetryableException.class);
        backups.bringBack();
        second.untilRunning();

        TaskStatus.Running running = running(second);
        assertThat(running.basis()).isEqualTo(TaskStatus.Basis.BACKUP);
        assertThat(running.replayed()).as("behind backup %s", backedUp).isBetween(0L, 3L);
        process(second, 5);
        assertThat(ledger.notices()).last().asString().endsWith("15");
    }

    @Test
    void aDamagedBackupIsPassedOver() {
        SimulatedLedger.Running first = start(one);
        process(first, 1, 2, 3);
        untilBackedUp(first, 1);
        first.crash();
        backups.damage();
        SimulatedLedger.Running second = start(two);
        second.untilRunning();

        assertThat(running(second).basis()).isEqualTo(TaskStatus.Basis.BEGINNING);
        process(second, 4);
        assertThat(ledger.notices()).last().asString().endsWith("10");
    }

    @Test
    void aBackupThatIsAheadOfTheJournalIsPassedOver() {
        SimulatedLedger.Running first = start(one);
        process(first, 1);
        untilBackedUp(first, 1);
        long within = positionOf(newest());
        process(first, 2, 3);
        untilBackedUp(first, within + 1);
        first.crash();
        ledger.kafka.truncate(SimulatedLedger.JOURNAL, within);
        SimulatedLedger.Running second = start(two);

        assertThat(second.untilFailed())
                .as("what is committed says that the journal was longer")
                .isInstanceOf(CorruptException.class);
        assertThat(position(two)).as("the backup that it began with").isEqualTo(within);
    }

    @Test
    void aJournalThatWasCutPastTheSnapshotGoesOnFromABackup() {
        SimulatedLedger.Running first = start(one);
        process(first, 1, 2);
        first.close();
        long old = position(one);
        SimulatedLedger.Running second = start(two);
        second.untilRunning();
        process(second, 3, 4);
        untilBackedUp(second, position(two));
        second.until(() -> position(two) > old && positionOf(newest()) == position(two));
        second.close();
        cut(positionOf(newest()));

        SimulatedLedger.Running again = start(one);
        again.untilRunning();
        assertThat(running(again).basis()).isEqualTo(TaskStatus.Basis.BACKUP);
        process(again, 5);
        assertThat(ledger.notices()).last().asString().endsWith("15");
    }

    @Test
    void aJournalThatWasCutPastAllStateStopsTheTask() {
        SimulatedLedger.Running first = start(one);
        process(first, 1, 2);
        untilBackedUp(first, 1);
        long backedUp = positionOf(newest());
        first.close();
        SimulatedLedger.Running second = ledger.start(new SimDisk("without"));
        second.untilRunning();
        process(second, 3, 4);
        second.close();
        long start = ledger.kafka.highWatermark(SimulatedLedger.JOURNAL);
        cut(start);

        assertThat(start(two).untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("begins at offset " + start + " and is needed from 0")
                .hasMessageContaining("No backup in backups can be gone on from")
                .hasMessageContaining("at " + backedUp + ", and the log holds " + start);
    }

    @Test
    void aJournalThatWasCutStopsATaskOfWhichThereIsNoBackup() {
        SimulatedLedger.Running first = ledger.start(one);
        process(first, 1, 2);
        first.close();
        cut(ledger.kafka.highWatermark(SimulatedLedger.JOURNAL));

        assertThat(start(two).untilFailed()).hasMessageContaining("there is none of this task");
    }

    /** As when its task was opened anew just then: nothing more may change for long, so the next snapshot is not waited for. */
    @Test
    void aBackupThatFoundTheStoreClosedIsMadeUpFor() {
        int[] closed = {2};
        one.startAnew();
        StateStores stores = Between.put(
                StateStores.class,
                one,
                call -> call.is("backups")
                        ? Between.put(
                                StateBackups.class,
                                (StateBackups) call.make(),
                                backup -> backup.is("backUp") && closed[0]-- > 0 ? Optional.empty() : backup.make())
                        : call.make());
        SimulatedLedger.Running engine = ledger.start(stores, BackupRecoveryTest::backingUp);
        process(engine, 1, 2, 3);

        untilBackedUp(engine, 3);
    }

    private SimulatedLedger.Running start(SimDisk disk) {
        return ledger.start(disk, BackupRecoveryTest::backingUp);
    }

    private static EngineConfig backingUp(EngineConfig config) {
        return config.backups(Path.of("backups"))
                .backupInterval(Duration.ofMillis(50))
                .snapshotInterval(Duration.ofMillis(10));
    }

    private void process(SimulatedLedger.Running engine, long... cents) {
        int expected = ledger.notices().size() + cents.length;
        for (long each : cents) {
            ledger.command("alice", each);
        }
        engine.until(() -> ledger.notices().size() == expected);
    }

    private void untilBackedUp(SimulatedLedger.Running engine, long position) {
        engine.until(() -> !backups.of("0-0").isEmpty() && positionOf(newest()) >= position);
    }

    private String newest() {
        return backups.of("0-0").get(backups.of("0-0").size() - 1);
    }

    private static long positionOf(String backup) {
        return Long.parseLong(backup, 0, backup.indexOf('-'), 10);
    }

    private static long position(SimDisk disk) {
        return disk.stores().get("0-0").mark().stream()
                .flatMap(mark -> mark.journals().stream())
                .mapToLong(JournalMark::position)
                .sum();
    }

    private void cut(long start) {
        ledger.kafka
                .admin(Map.of())
                .deleteRecords(Map.of(SimulatedLedger.JOURNAL, RecordsToDelete.beforeOffset(start)));
    }

    private static TaskStatus.Running running(SimulatedLedger.Running engine) {
        return (TaskStatus.Running) engine.status().get(0);
    }
}
