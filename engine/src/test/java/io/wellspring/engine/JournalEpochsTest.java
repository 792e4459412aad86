package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.testkit.sim.SimDisk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a snapshot knows of the leaders of its journal (I9): a lost tail is noticed, also when it has grown again, and a mere change of leaders is not. */
class JournalEpochsTest {
    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimDisk disk = new SimDisk("disk");

    @Test
    void aJournalThatLostItsTailAndHasGrownAgainIsRefused() {
        snapshotOf(1, 2, 3);
        long end = mark().position();
        ledger.kafka.truncate(SimulatedLedger.JOURNAL, end - 1);
        ledger.kafka.load(
                SimulatedLedger.JOURNAL,
                new byte[0],
                new byte[0],
                0); // behind it, the journal ends where the snapshot does
        assertThat(ledger.kafka.highWatermark(SimulatedLedger.JOURNAL)).isEqualTo(end);

        assertThat(ledger.start(disk).untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("journal " + SimulatedLedger.JOURNAL + " lost its tail and may have grown again")
                .hasMessageContaining("what lay before offset " + end + " was written by another leader");
    }

    @Test
    void leadersMayChangeAtAnyTime() {
        SimulatedLedger.Running engine = ledger.start(disk);
        for (int round = 1; round <= 3; round++) {
            process(engine, round, round);
            ledger.kafka.elect(SimulatedLedger.JOURNAL);
            process(engine, round, round);
            engine.close();
            assertThat(mark().leaderEpoch()).isEqualTo(round * 3 - 2);
            ledger.kafka.elect(SimulatedLedger.JOURNAL);
            engine = ledger.start(disk);
            engine.untilRunning();
            ledger.kafka.elect(SimulatedLedger.JOURNAL);
        }
        engine.close();
        assertThat(ledger.start(disk)).satisfies(SimulatedLedger.Running::untilRunning);
    }

    @Test
    void theEpochOfEventsThatWereReadIsTheirOwn() {
        SimulatedLedger.Running before = ledger.start(disk);
        process(before, 1);
        before.crash(); // without a snapshot
        ledger.kafka.elect(SimulatedLedger.JOURNAL);
        SimDisk other = new SimDisk("other");
        SimulatedLedger.Running after = ledger.start(other);
        after.untilRunning();
        after.close();

        assertThat(marks(other))
                .singleElement()
                .extracting(JournalMark::leaderEpoch)
                .isEqualTo(0);
    }

    @Test
    void anOwnerNoticesThatItsJournalLostWhatItWrote() {
        SimulatedLedger.Running engine = ledger.start(disk);
        process(engine, 1, 2, 3);
        List<String> before = ledger.notices();
        ledger.kafka.truncate(SimulatedLedger.JOURNAL, 1);
        ledger.command("alice", 4);

        assertThat(engine.untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(SimulatedLedger.JOURNAL.toString())
                .hasMessageContaining("lost its tail");
        assertThat(ledger.notices()).isEqualTo(before);
    }

    private void snapshotOf(long... cents) {
        SimulatedLedger.Running engine = ledger.start(disk);
        process(engine, cents);
        engine.close();
    }

    private void process(SimulatedLedger.Running engine, long... cents) {
        int expected = ledger.notices().size() + cents.length;
        for (long each : cents) {
            ledger.command("alice", each);
        }
        engine.until(() -> ledger.notices().size() == expected);
    }

    private JournalMark mark() {
        assertThat(marks(disk)).hasSize(1);
        return marks(disk).get(0);
    }

    private static List<JournalMark> marks(SimDisk disk) {
        return disk.stores().get("0-0").mark().orElseThrow().journals();
    }
}
