package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.testkit.sim.SimDisk;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/** A dead worker's open transaction holds a recovery up, and a right that it takes to end it is missing (windows 8 and 41 of the failure page). */
class MissingRightsTest {
    private final SimulatedLedger ledger = new SimulatedLedger();
    private long millisHeld;

    @Test
    void withAllRightsItIsEndedAtOnce() {
        String log = held();
        assertThat(log).contains("Ending the open transactions of").doesNotContain("cannot be seen or ended");
        assertThat(millisHeld).isLessThan(20_000);
    }

    @Test
    void withoutTheRightToDescribeProducersTheOthersDo() {
        ledger.kafka.deny(ApiKeys.DESCRIBE_PRODUCERS);
        assertThat(held()).contains("DESCRIBE_PRODUCERS needs READ on the journals");
        assertThat(millisHeld).as("it is ours by name").isLessThan(20_000);
    }

    @Test
    void withoutTheRightToListTransactionsItIsWaitedForAndTheRightIsNamed() {
        ledger.kafka.deny(ApiKeys.LIST_TRANSACTIONS);
        assertThat(held())
                .contains(
                        "transactional ids that cannot be seen",
                        "DESCRIBE on the transactional ids",
                        "some 10 s behind");
        assertThat(millisHeld).isGreaterThan(50_000);
    }

    @Test
    void withoutTheRightToEndItItIsWaitedForAndTheRightIsNamed() {
        ledger.kafka.deny(ApiKeys.INIT_PRODUCER_ID);
        assertThat(held()).contains("fencing needs WRITE on the transactional ids", "some 10 s behind");
        assertThat(millisHeld).isGreaterThan(50_000);
    }

    /** What is logged until the recovery has got past a transaction with a timeout of a minute; nothing is lost or doubled by then. */
    private String held() {
        SimDisk disk = new SimDisk("disk");
        SimulatedLedger.Running first = ledger.start(disk);
        ledger.command("alice", 5);
        first.until(() -> ledger.notices().size() == 1);
        first.close();
        Producer<byte[], byte[]> dead = ledger.kafka
                .process("dead")
                .producer(Map.of(
                        "transactional.id", "ledger-" + new UUID(7, 7) + "-0", "transaction.timeout.ms", 60_000));
        dead.initTransactions();
        dead.beginTransaction();
        var sent = dead.send(new ProducerRecord<>(SimulatedLedger.JOURNAL.topic(), 0, new byte[] {1}, new byte[] {1}));
        dead.flush();
        assertThat(sent).isDone();
        ledger.command("alice", 7);

        PrintStream before = System.err;
        var log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, UTF_8));
        long since = ledger.clock.millis();
        try {
            ledger.start(disk).until(() -> ledger.notices().size() == 2);
        } finally {
            System.setErr(before);
        }
        millisHeld = ledger.clock.millis() - since;
        assertThat(ledger.notices()).isEqualTo(List.of("1:5", "2:12"));
        return log.toString(UTF_8);
    }
}
