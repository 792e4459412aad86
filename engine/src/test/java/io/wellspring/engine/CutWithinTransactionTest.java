package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.codec.Codecs;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A source that does not hold the position any more while its task has part in a transaction that another task commits (windows 32 and 36 of the failure page). */
class CutWithinTransactionTest {
    private static final TopicPartition OTHER = new TopicPartition(SimulatedLedger.COMMANDS.topic(), 1);

    private final SimDisk disk = new SimDisk("disk");

    /** Nothing but the committed offset keeps its records from being processed twice. */
    private final SimulatedLedger stateless = new SimulatedLedger(
            2,
            Pipeline.named(
                    "ledger",
                    p -> p.from(Accounts.COMMANDS)
                            .map(cents -> "cents " + cents)
                            .to(Accounts.NOTICES_TOPIC)));

    private final SimulatedLedger stateful = new SimulatedLedger(2);

    @Test
    void outputsAndPositionsAreCommittedTogetherWhenTheTailIsLost() {
        SimulatedLedger.Running engine = processedAndNotCommitted(stateless);
        stateless.kafka.truncate(SimulatedLedger.COMMANDS, 2);
        command(stateless, SimulatedLedger.COMMANDS, 104); // at 2, in another epoch
        requireCommittedWhole(stateless, engine);

        assertThat(stopped(again(stateless)).getMessage())
                .contains("is committed at " + SimulatedLedger.COMMANDS + "@4, but the log ends at 3", "lost its tail");
        assertThat(stateless.notices()).doesNotHaveDuplicates();
    }

    @Test
    void eventsAndPositionsAreCommittedTogetherWhenTheTailIsLost() {
        SimulatedLedger.Running engine = processedAndNotCommitted(stateful);
        stateful.kafka.truncate(SimulatedLedger.COMMANDS, 2);
        command(stateful, SimulatedLedger.COMMANDS, 104);
        requireCommittedWhole(stateful, engine);

        assertThat(stopped(again(stateful)).getMessage())
                .as("the offsets were not moved by hand")
                .contains("is committed at " + SimulatedLedger.COMMANDS + "@4, but the log ends at 3", "lost its tail");
    }

    @Test
    void eventsAndPositionsAreCommittedTogetherWhenRetentionOvertakesTheTask() {
        SimulatedLedger.Running engine = processedAndNotCommitted(stateful);
        for (int cents = 104; cents < 108; cents++) {
            command(stateful, SimulatedLedger.COMMANDS, cents);
        }
        stateful.kafka.admin(Map.of()).deleteRecords(Map.of(SimulatedLedger.COMMANDS, RecordsToDelete.beforeOffset(6)));
        requireCommittedWhole(stateful, engine);

        assertThat(stopped(again(stateful)).getMessage())
                .as("the gap is named")
                .contains(
                        "is committed at " + SimulatedLedger.COMMANDS + "@4, but the log begins at 6",
                        "2 records were deleted");
    }

    /** One command of the first task is committed, three more are processed. */
    private SimulatedLedger.Running processedAndNotCommitted(SimulatedLedger ledger) {
        SimulatedLedger.Running engine = ledger.start(
                disk, config -> config.commitInterval(Duration.ofSeconds(1)).commitGap(Duration.ofSeconds(1)));
        engine.untilRunning();
        command(ledger, SimulatedLedger.COMMANDS, 100);
        engine.until(() -> ledger.notices().size() == 1);
        for (int cents = 101; cents <= 103; cents++) {
            command(ledger, SimulatedLedger.COMMANDS, cents);
        }
        command(ledger, OTHER, 200);
        for (int step = 0; step < 20; step++) {
            engine.step();
        }
        assertThat(ledger.notices()).as("the gap is a second").hasSize(1);
        assertThat(ledger.kafka.openTransactions()).hasSize(1);
        return engine;
    }

    private void requireCommittedWhole(SimulatedLedger ledger, SimulatedLedger.Running engine) {
        engine.until(() -> engine.status().stream().anyMatch(TaskStatus.Failed.class::isInstance));
        command(ledger, OTHER, 201);
        engine.until(() -> ledger.notices().size() == 6);
        assertThat(ledger.kafka
                        .committedOffsets("ledger")
                        .get(SimulatedLedger.COMMANDS)
                        .offset())
                .isEqualTo(4);
        engine.until(() -> ledger.kafka.openTransactions().isEmpty());
        engine.close();
    }

    private SimulatedLedger.Running again(SimulatedLedger ledger) {
        return ledger.start(disk);
    }

    private static RuntimeException stopped(SimulatedLedger.Running engine) {
        engine.until(() -> engine.status().stream().anyMatch(TaskStatus.Failed.class::isInstance));
        List<TaskStatus.Failed> failed = engine.status().stream()
                .filter(TaskStatus.Failed.class::isInstance)
                .map(TaskStatus.Failed.class::cast)
                .toList();
        assertThat(failed).hasSize(1);
        return failed.get(0).error();
    }

    private static void command(SimulatedLedger ledger, TopicPartition to, long cents) {
        ledger.kafka.load(
                to, ("account" + to.partition()).getBytes(UTF_8), Codecs.int64().encode(cents), ledger.clock.millis());
    }
}
