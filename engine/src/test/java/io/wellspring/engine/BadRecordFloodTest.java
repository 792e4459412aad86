package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.testkit.sim.SimDisk;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Nothing but bad records (window 30 of the failure page): bounded buffers, bounded transactions, a line a second. */
class BadRecordFloodTest {
    private static final TopicPartition DEAD = new TopicPartition("dead", 0);
    private static final int ROUNDS = 8;
    private static final int RECORDS_A_ROUND = 4_000;
    private static final int BUFFER_RECORDS = 1_000;

    /** What one poll brings may go over the bound of a buffer. */
    private static final int POLL_RECORDS = 2_000;

    /** A turn takes at most 500 records, and a step lasts 5 ms. */
    private static final int MOST_IN_A_TRANSACTION = 500 * (20 / 5 + 1);

    private static final byte[] BAD = {1, 2, 3};

    private SimulatedLedger ledger;
    private long lookedCommitted;
    private int mostInATransaction;
    private int mostBuffered;
    private String log = "";
    private long millis;

    @Test
    void deadLettersComeInBoundedTransactionsFromBoundedBuffersWithALineASecond() {
        TaskCounts counts = flood(Policy.deadLetter(DEAD.topic()));
        assertThat(ledger.kafka.committedRecords(DEAD)).hasSize(ROUNDS * RECORDS_A_ROUND);
        assertThat(counts.deadLettered()).isEqualTo(ROUNDS * RECORDS_A_ROUND);
        requireBounded("sent away to dead");
    }

    @Test
    void skippedRecordsToo() {
        TaskCounts counts = flood(Policy.skip());
        assertThat(ledger.kafka.committedRecords(DEAD)).isEmpty();
        assertThat(counts.skipped()).isEqualTo(ROUNDS * RECORDS_A_ROUND);
        requireBounded("skipped");
    }

    private void requireBounded(String done) {
        assertThat(mostBuffered).isBetween(1, BUFFER_RECORDS + POLL_RECORDS);
        assertThat(mostInATransaction).isBetween(1, MOST_IN_A_TRANSACTION);
        assertThat(log.lines()
                        .filter(line -> line.contains("task 0-0: " + done))
                        .count())
                .as("lines in %s ms", millis)
                .isBetween((long) ROUNDS, 1 + millis / 1_000);
        assertThat(log).contains("more since the last line)");
    }

    private TaskCounts flood(Policy policy) {
        ledger = new SimulatedLedger(
                1,
                Pipeline.named(
                        "ledger",
                        p -> p.from(Accounts.COMMANDS, source -> source.onError(policy))
                                .stage(Accounts.STAGE)
                                .out(Accounts.NOTICES)
                                .to(Accounts.NOTICES_TOPIC)));
        ledger.kafka.admin(Map.of()).createTopics(List.of(new NewTopic(DEAD.topic(), 1, (short) 1)));
        PrintStream before = System.err;
        var lines = new ByteArrayOutputStream();
        System.setErr(new PrintStream(lines, true, UTF_8));
        try {
            SimulatedLedger.Running engine = ledger.start(
                    new SimDisk("disk"),
                    config -> config.bufferRecords(BUFFER_RECORDS).commitInterval(Duration.ofMillis(20)));
            engine.untilRunning();
            long since = ledger.clock.millis();
            for (int round = 1; round <= ROUNDS; round++) {
                for (int record = 0; record < RECORDS_A_ROUND; record++) {
                    ledger.kafka.load(SimulatedLedger.COMMANDS, "alice".getBytes(UTF_8), BAD, ledger.clock.millis());
                }
                long wanted = (long) round * RECORDS_A_ROUND;
                long next = ledger.clock.millis() + 1_000;
                engine.until(() -> look(engine) && committed() == wanted && ledger.clock.millis() >= next);
            }
            millis = ledger.clock.millis() - since;
            TaskCounts counts = ((TaskStatus.Running) engine.status().get(0)).counts();
            engine.close();
            return counts;
        } finally {
            System.setErr(before);
            log = lines.toString(UTF_8);
        }
    }

    private boolean look(SimulatedLedger.Running engine) {
        mostInATransaction = Math.max(mostInATransaction, (int) (committed() - lookedCommitted));
        lookedCommitted = committed();
        mostBuffered = Math.max(mostBuffered, engine.buffered());
        return true;
    }

    private long committed() {
        var offset = ledger.kafka.committedOffsets("ledger").get(SimulatedLedger.COMMANDS);
        return offset == null ? 0 : offset.offset();
    }
}
