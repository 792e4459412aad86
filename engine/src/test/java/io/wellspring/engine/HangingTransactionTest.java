package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.journal.TransactionHolders;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ListTransactionsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.SimulatedResults;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/** Brokers lost the marker of a transaction: its partition has it open, its coordinator takes it for complete, and nobody will end it. */
class HangingTransactionTest {
    private final SimulatedLedger ledger = new SimulatedLedger();
    private TransactionState state = TransactionState.COMPLETE_COMMIT;

    @Test
    void aPersonIsToldWhereAndHowToEndIt() {
        leaveOpen();

        assertThat(searched(1)).as("it may have ended between two questions").doesNotContain("until a person helps");
        assertThat(searched(2))
                .contains("task 0-0 waits until a person helps")
                .contains("has a transaction of stranger open since offset 0")
                .contains("takes for ended (CompleteCommit)")
                .contains("kafka-transactions.sh abort --topic " + SimulatedLedger.JOURNAL.topic()
                        + " --partition 0 --start-offset 0");
    }

    @Test
    void oneThatGoesOnIsLeftAlone() {
        leaveOpen();
        state = TransactionState.ONGOING;

        assertThat(searched(3)).doesNotContain("until a person helps");
    }

    private void leaveOpen() {
        ledger.kafka.admin(Map.of()).createTopics(List.of(new NewTopic(SimulatedLedger.JOURNAL.topic(), 1, (short) 1)));
        ledger.kafka.settle();
        Producer<byte[], byte[]> stranger =
                ledger.kafka.process("stranger").producer(Map.of("transactional.id", "stranger"));
        stranger.initTransactions();
        stranger.beginTransaction();
        var sent =
                stranger.send(new ProducerRecord<>(SimulatedLedger.JOURNAL.topic(), 0, new byte[] {1}, new byte[] {1}));
        stranger.flush();
        assertThat(sent).isDone();
    }

    /** What is logged by so many searches. */
    private String searched(int times) {
        long[] nanos = {0};
        var heldUp = new HeldUp(
                new TaskId(0, 0),
                "ledger",
                List.of(SimulatedLedger.JOURNAL),
                new TransactionHolders(lying(), "simulated", Duration.ofSeconds(5)),
                () -> nanos[0]);
        PrintStream before = System.err;
        var log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, UTF_8));
        try {
            for (int search = 0; search < times; search++) {
                nanos[0] += TimeUnit.SECONDS.toNanos(6);
                for (int turn = 0; turn < 50; turn++) {
                    heldUp.look();
                    ledger.kafka.step();
                }
            }
        } finally {
            System.setErr(before);
        }
        return log.toString(UTF_8);
    }

    private Admin lying() {
        Admin honest = ledger.kafka.admin(Map.of());
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(honest, arguments);
                        return answer instanceof ListTransactionsResult truth
                                ? lie(truth, (ListTransactionsOptions) arguments[0])
                                : answer;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private ListTransactionsResult lie(ListTransactionsResult truth, ListTransactionsOptions options) {
        var lie = new KafkaFutureImpl<Collection<TransactionListing>>();
        KafkaFuture<?> told = truth.all().whenComplete((found, failed) -> lie.complete(told(found, options)));
        assertThat(told).isNotCancelled();
        return SimulatedResults.listTransactions(lie, 1);
    }

    private List<TransactionListing> told(Collection<TransactionListing> found, ListTransactionsOptions options) {
        return found.stream()
                .map(each -> new TransactionListing(each.transactionalId(), each.producerId(), state))
                .filter(each -> options.filteredStates().isEmpty()
                        || options.filteredStates().contains(each.state()))
                .toList();
    }
}
