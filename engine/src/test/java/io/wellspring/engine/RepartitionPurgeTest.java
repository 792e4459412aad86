package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.codec.Codecs;
import io.wellspring.testkit.sim.SimDisk;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/** A repartition topic is purged of what is committed, and of nothing else (window 35 of the failure page). */
class RepartitionPurgeTest {
    private static final TopicPartition REPARTITION = new TopicPartition("ledger-again-repartition", 0);

    private final SimulatedLedger ledger = new SimulatedLedger(
            1,
            Pipeline.named(
                    "ledger",
                    p -> p.from(Accounts.COMMANDS)
                            .rekey("again", Codecs.utf8(), Codecs.int64(), cents -> "one")
                            .stage(Accounts.STAGE)
                            .out(Accounts.NOTICES)
                            .to(Accounts.NOTICES_TOPIC)));
    private final SimDisk disk = new SimDisk("disk");
    private final List<String> expected = new ArrayList<>();
    private long sum;

    @Test
    void whatIsCommittedIsDeletedAfterAWhile() {
        SimulatedLedger.Running engine = ledger.start(disk);
        commands(5);
        engine.until(this::settled);
        assertThat(start()).isZero();
        pass(engine);
        assertThat(start()).isGreaterThanOrEqualTo(5).isEqualTo(committed());

        commands(3);
        engine.until(this::settled);
        assertThat(start()).as("not after each commit").isLessThan(committed());
        pass(engine);
        assertThat(start()).isGreaterThanOrEqualTo(8).isEqualTo(committed());
        engine.close();
    }

    @Test
    void nothingUncommittedIsDeletedHoweverATransactionEnds() {
        for (int steps = 0; steps < 24; steps++) {
            SimulatedLedger.Running engine = ledger.start(disk);
            engine.untilRunning();
            commands(2);
            long due = ledger.clock.millis() + RepartitionPurge.EVERY.toMillis();
            for (; ledger.clock.millis() < due; engine.step()) {
                ledger.clock.advance(Duration.ofMillis(200));
                requireWithinCommitted();
            }
            commands(2);
            for (int step = 0; step < steps; step++) {
                engine.step();
                requireWithinCommitted();
            }
            if (steps % 2 == 0) {
                engine.crash();
            } else {
                // Longer than a transaction may take: the broker aborts it, and another engine goes on.
                engine.stall();
                ledger.clock.advance(Duration.ofMinutes(2));
                ledger.kafka.settle();
                engine.crash();
            }
            requireWithinCommitted();
            SimulatedLedger.Running next = ledger.start(disk);
            next.until(() -> requireWithinCommitted() && settled());
            assertThat(ledger.notices()).as("ended after %s steps", steps).isEqualTo(expected);
            next.close();
        }
        assertThat(start()).as("it was purged meanwhile").isPositive();
    }

    @Test
    void withoutTheRightToPurgeItGoesOnAndSaysSoOnce() {
        ledger.kafka.deny(ApiKeys.DELETE_RECORDS);
        PrintStream before = System.err;
        var log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, UTF_8));
        try {
            SimulatedLedger.Running engine = ledger.start(disk);
            for (int round = 0; round < 4; round++) {
                commands(2);
                engine.until(this::settled);
                pass(engine);
            }
            engine.close();
        } finally {
            System.setErr(before);
        }
        assertThat(ledger.notices()).isEqualTo(expected);
        assertThat(start()).isZero();
        assertThat(log.toString(UTF_8)).containsOnlyOnce("Purging needs DELETE on the topic");
    }

    private void pass(SimulatedLedger.Running engine) {
        long due = ledger.clock.millis() + RepartitionPurge.EVERY.toMillis() + 100;
        engine.until(() -> ledger.clock.millis() >= due);
    }

    private boolean requireWithinCommitted() {
        var offset = ledger.kafka.committedOffsets("ledger").get(REPARTITION);
        assertThat(start()).isLessThanOrEqualTo(offset == null ? 0 : offset.offset());
        return true;
    }

    private void commands(int count) {
        for (int command = 0; command < count; command++) {
            ledger.command("alice", 1);
            sum++;
            expected.add(sum + ":" + sum);
        }
    }

    private boolean settled() {
        return ledger.notices().size() >= expected.size();
    }

    private long committed() {
        return ledger.kafka.committedOffsets("ledger").get(REPARTITION).offset();
    }

    private long start() {
        try {
            return ledger.kafka
                    .admin(Map.of())
                    .listOffsets(Map.of(REPARTITION, OffsetSpec.earliest()))
                    .partitionResult(REPARTITION)
                    .get()
                    .offset();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
