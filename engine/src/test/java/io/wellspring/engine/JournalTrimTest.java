package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateBackups;
import io.wellspring.api.port.StateBackups.Backup;
import io.wellspring.api.port.StateStores;
import io.wellspring.testkit.sim.SimBackups;
import io.wellspring.testkit.sim.SimDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.junit.jupiter.api.Test;

/** Journals that are deleted up to where backups hold what they say, and tasks that go on behind that. */
class JournalTrimTest {
    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimBackups backups = new SimBackups();
    private final SimDisk one = new SimDisk("one", backups);
    private final SimDisk two = new SimDisk("two", backups);

    @Test
    void aJournalBeginsWhereTheBackupBeforeTheNewestStands() {
        SimulatedLedger.Running engine = start(one);
        processAndBackUp(engine, 1);
        assertThat(start()).as("there is one backup only").isZero();
        processAndBackUp(engine, 2);
        processAndBackUp(engine, 3);

        List<String> names = backups.of("0-0");
        assertThat(start())
                .isPositive()
                .isEqualTo(positionOf(names.get(names.size() - 2)))
                .isLessThan(position(one));
    }

    /** What is deleted lies before both: each of them has to be whole. */
    @Test
    void theFirstBackupIsReadThroughToo() {
        Set<String> read = new TreeSet<>();
        StateStores watched = Between.put(
                StateStores.class,
                one,
                call -> call.is("backups")
                        ? Between.put(StateBackups.class, (StateBackups) call.make(), inner -> {
                            if (inner.is("verify")) {
                                read.add(((Backup) inner.arguments[1]).name());
                            }
                            return inner.make();
                        })
                        : call.make());
        SimulatedLedger.Running engine =
                ledger.start(watched, config -> backedUp(config).trimJournals(true));
        processAndBackUp(engine, 1);
        String first = backups.of("0-0").get(0);
        processAndBackUp(engine, 2);

        assertThat(start()).isEqualTo(positionOf(first));
        assertThat(read).containsAll(backups.of("0-0")).contains(first);
    }

    @Test
    void nothingIsDeletedUnlessAsked() {
        SimulatedLedger.Running engine = ledger.start(one, JournalTrimTest::backedUp);
        for (int cents = 1; cents <= 4; cents++) {
            processAndBackUp(engine, cents);
        }

        assertThat(start()).isZero();
    }

    @Test
    void nothingIsDeletedThatOnlyADamagedBackupHeld() {
        SimulatedLedger.Running engine = start(one);
        processAndBackUp(engine, 1);
        processAndBackUp(engine, 2);
        long before = start();
        backups.damage();
        processAndBackUp(engine, 3);

        assertThat(start()).as("the backup before the newest is damaged").isEqualTo(before);
        processAndBackUp(engine, 4);
        assertThat(start()).isGreaterThan(before);
    }

    @Test
    void aMachineWithoutStateAndOneWithOldStateGoOnFromABackup() {
        SimulatedLedger.Running old = start(two);
        processAndBackUp(old, 1);
        old.close();
        SimulatedLedger.Running engine = start(one);
        for (int cents = 2; cents <= 5; cents++) {
            processAndBackUp(engine, cents);
        }
        engine.close();
        assertThat(start()).isGreaterThan(position(two));

        SimulatedLedger.Running again = start(two);
        again.untilRunning();
        assertThat(running(again).basis()).isEqualTo(TaskStatus.Basis.BACKUP);
        processAndBackUp(again, 6);
        again.close();
        SimulatedLedger.Running without = start(new SimDisk("three", backups));
        without.untilRunning();
        assertThat(running(without).basis()).isEqualTo(TaskStatus.Basis.BACKUP);
        process(without, 7);
        assertThat(ledger.notices()).last().asString().endsWith("28");
    }

    @Test
    void aMachineThatKnowsNoBackupsStopsAtATrimmedJournal() {
        SimulatedLedger.Running engine = start(one);
        for (int cents = 1; cents <= 3; cents++) {
            processAndBackUp(engine, cents);
        }
        engine.close();

        assertThat(ledger.start(new SimDisk("other")).untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("begins at offset " + start() + " and is needed from 0");
    }

    @Test
    void aStandbyWhoseJournalIsTrimmedGoesOnFromABackup() {
        SimulatedLedger.Running owner = start(one);
        owner.untilRunning();
        SimulatedLedger.Running standby = start(two);
        untilFollowed(owner, standby);
        standby.crash();
        for (int cents = 1; cents <= 4; cents++) {
            processAndBackUp(owner, cents);
        }
        assertThat(start()).isPositive();
        SimulatedLedger.Running again = start(two);
        untilFollowed(owner, again);
        assertThat(again.standbys().get(0).position()).isGreaterThan(start());
        owner.crash();
        ledger.clock.advance(Duration.ofSeconds(46));
        again.untilRunning();

        assertThat(running(again).basis()).isEqualTo(TaskStatus.Basis.STANDBY);
        process(again, 5);
        assertThat(ledger.notices()).last().asString().endsWith("15");
    }

    private SimulatedLedger.Running start(SimDisk disk) {
        return ledger.start(disk, config -> backedUp(config).trimJournals(true).standbys(1));
    }

    private static EngineConfig backedUp(EngineConfig config) {
        return config.backups(Path.of("backups"))
                .backupInterval(Duration.ofMillis(50))
                .snapshotInterval(Duration.ofMillis(10));
    }

    private void process(SimulatedLedger.Running engine, long cents) {
        int expected = ledger.notices().size() + 1;
        ledger.command("alice", cents);
        engine.until(() -> ledger.notices().size() == expected);
    }

    /** Until there is a backup of it, and what follows the backup is done. */
    private void processAndBackUp(SimulatedLedger.Running engine, long cents) {
        long before = backups.of("0-0").isEmpty() ? 0 : newest();
        process(engine, cents);
        engine.until(() -> !backups.of("0-0").isEmpty() && newest() > before);
        for (int step = 0; step < 5; step++) {
            engine.step();
        }
    }

    private static void untilFollowed(SimulatedLedger.Running owner, SimulatedLedger.Running standby) {
        standby.until(() -> {
            owner.step();
            return !standby.standbys().isEmpty()
                    && standby.standbys().get(0).lag().equals(OptionalLong.of(0));
        });
    }

    private long newest() {
        return positionOf(backups.of("0-0").get(backups.of("0-0").size() - 1));
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

    private long start() {
        try {
            return ledger.kafka
                    .admin(Map.of())
                    .listOffsets(Map.of(SimulatedLedger.JOURNAL, OffsetSpec.earliest()))
                    .partitionResult(SimulatedLedger.JOURNAL)
                    .get()
                    .offset();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static TaskStatus.Running running(SimulatedLedger.Running engine) {
        return (TaskStatus.Running) engine.status().get(0);
    }
}
