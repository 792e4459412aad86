package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.CorruptException;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/**
 * Behind the last record of a quiet input lie markers and what was aborted, and retention deletes the log up to its end (window 11 of the failure page).
 */
class QuietInputsTest {
    private final SimulatedLedger ledger = new SimulatedLedger();
    private final SimDisk disk = new SimDisk("disk");
    private final Producer<byte[], byte[]> writer =
            ledger.kafka.process("writer").producer(Map.of("transactional.id", "writer"));

    @Test
    void whatLiesBehindTheLastRecordIsCommittedSoonAndMayBeDeletedWhileThePipelineIsDown() {
        SimulatedLedger.Running engine = processedThenAborted();
        long committed = committed();
        assertThat(committed).as("nothing was processed since").isLessThan(end());
        long quietUntil = ledger.clock.millis() + QuietInputs.EVERY.toMillis();
        engine.until(() -> ledger.clock.millis() >= quietUntil && committed() == end());
        engine.crash();

        deleteAll();
        goesOn();
    }

    @Test
    void whatLiesBehindTheLastRecordIsCommittedWhenTheEngineIsClosed() {
        SimulatedLedger.Running engine = processedThenAborted();
        engine.close();
        ledger.kafka.settle(); // the markers of the last commit
        assertThat(committed()).isEqualTo(end());

        deleteAll();
        goesOn();
    }

    @Test
    void aRecordThatWasNotReadIsAGapStill() {
        processedThenAborted().close();
        ledger.command("alice", 1);
        deleteAll();

        assertThat(ledger.start(disk).untilFailed())
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("1 records were deleted before they were processed");
    }

    @Test
    void nothingIsCommittedAgainWhereNothingMoves() {
        SimulatedLedger.Running engine = ledger.start(disk);
        ledger.command("alice", 1);
        engine.until(() -> ledger.notices().size() == 1 && committed() == end());
        long ofNotices = ledger.kafka.highWatermark(SimulatedLedger.NOTICES);
        var offsets = ledger.kafka.committedOffsets("ledger");
        long since = ledger.clock.millis() + 3 * QuietInputs.EVERY.toMillis();
        for (; ledger.clock.millis() < since; engine.step()) {
            ledger.clock.advance(Duration.ofMillis(200));
        }

        assertThat(ledger.kafka.committedOffsets("ledger")).isEqualTo(offsets);
        assertThat(ledger.kafka.highWatermark(SimulatedLedger.NOTICES)).isEqualTo(ofNotices);
        assertThat(ledger.kafka.trace(5_000).stream().filter(line -> line.contains("sends offsets of ledger")))
                .hasSize(1);
        engine.close();
    }

    private SimulatedLedger.Running processedThenAborted() {
        SimulatedLedger.Running engine = ledger.start(disk);
        writer.initTransactions();
        writer.beginTransaction();
        send(3);
        writer.commitTransaction();
        engine.until(() -> ledger.notices().size() == 3);
        writer.beginTransaction();
        send(2);
        writer.abortTransaction();
        for (int step = 0; step < 100; step++) {
            engine.step(); // the consumer passes over it
        }
        return engine;
    }

    private void goesOn() {
        SimulatedLedger.Running engine = ledger.start(disk);
        ledger.command("alice", 7);
        engine.until(() -> ledger.notices().size() == 4);
        assertThat(ledger.notices()).containsExactly("1:1", "2:2", "3:3", "4:10");
        engine.close();
    }

    private void send(int commands) {
        List<Future<?>> sent = new ArrayList<>();
        for (int command = 0; command < commands; command++) {
            sent.add(writer.send(new ProducerRecord<>(
                    SimulatedLedger.COMMANDS.topic(),
                    0,
                    "alice".getBytes(UTF_8),
                    Codecs.int64().encode(1L))));
        }
        writer.flush();
        assertThat(sent).allMatch(Future::isDone);
    }

    private long committed() {
        return ledger.kafka
                .committedOffsets("ledger")
                .get(SimulatedLedger.COMMANDS)
                .offset();
    }

    private long end() {
        return ledger.kafka.highWatermark(SimulatedLedger.COMMANDS);
    }

    private void deleteAll() {
        ledger.kafka
                .admin(Map.of())
                .deleteRecords(Map.of(SimulatedLedger.COMMANDS, RecordsToDelete.beforeOffset(end())));
    }
}
