package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.CorruptException;
import io.wellspring.testkit.sim.SimDisk;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.junit.jupiter.api.Test;

/** A source that does not hold the position any more (window 32 of the failure page): the gap is named, and nothing is passed over in silence. */
class SourceGapTest {
    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimDisk disk = new SimDisk("disk");

    @Test
    void retentionThatOvertookAPipelineThatWasDownIsNamedAtItsStart() {
        List<String> before = processed();
        send(4);
        delete(5);

        assertThat(ledger.start(disk).untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(
                        "Task 0-0 is committed at " + SimulatedLedger.COMMANDS + "@3, but the log begins at 5")
                .hasMessageContaining("2 records were deleted before they were processed")
                .hasMessageContaining("set the group's offset of this partition to 5");
        assertThat(ledger.notices()).isEqualTo(before);
    }

    @Test
    void retentionThatOvertakesARunningPipelineStopsItsTask() {
        SimulatedLedger.Running engine = ledger.start(disk);
        send(3);
        engine.until(() -> ledger.notices().size() == 3);
        send(4);
        delete(5);

        assertThat(engine.untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("wants to go on at " + SimulatedLedger.COMMANDS + "@3")
                .hasMessageContaining("records were deleted before they were processed");
        assertThat(ledger.notices()).hasSize(3);
    }

    @Test
    void aSourceThatLostItsTailIsNamed() {
        List<String> before = processed();
        ledger.kafka.truncate(SimulatedLedger.COMMANDS, 2);

        assertThat(ledger.start(disk).untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("is committed at " + SimulatedLedger.COMMANDS + "@3, but the log ends at 2")
                .hasMessageContaining("lost its tail, or was deleted and made again");
        assertThat(ledger.notices()).isEqualTo(before);
    }

    @Test
    void aSourceThatLosesItsTailUnderARunningPipelineStopsItsTaskAlsoWhenItHasGrownAgain() {
        SimulatedLedger.Running engine = ledger.start(disk);
        send(3);
        engine.until(() -> ledger.notices().size() == 3);
        ledger.kafka.truncate(SimulatedLedger.COMMANDS, 2);
        send(4);

        assertThat(engine.untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("wants to go on at " + SimulatedLedger.COMMANDS + "@3")
                .hasMessageContaining(
                        "the log lost its tail before that offset, and with it records that were processed");
        assertThat(ledger.notices()).hasSize(3);
    }

    private List<String> processed() {
        SimulatedLedger.Running engine = ledger.start(disk);
        send(3);
        engine.until(() -> ledger.notices().size() == 3);
        engine.close();
        return ledger.notices();
    }

    private void send(int commands) {
        for (int command = 0; command < commands; command++) {
            ledger.command("alice", 1);
        }
    }

    private void delete(long before) {
        ledger.kafka
                .admin(Map.of())
                .deleteRecords(Map.of(SimulatedLedger.COMMANDS, RecordsToDelete.beforeOffset(before)));
    }
}
