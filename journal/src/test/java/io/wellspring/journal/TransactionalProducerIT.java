package io.wellspring.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class TransactionalProducerIT {
    private static final ExecutorService COMMITTER = Executors.newSingleThreadExecutor(run -> {
        Thread thread = new Thread(run, "committer");
        thread.setDaemon(true);
        return thread;
    });
    private static KafkaBroker broker;
    private static KafkaClients clients;

    private String name;
    private String journal;
    private TopicPartition input;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.inProcess();
        clients = KafkaClients.connecting(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void closeBroker() {
        COMMITTER.shutdownNow();
        broker.close();
    }

    @BeforeEach
    void createTopics(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
        journal = name + "-journal";
        input = new TopicPartition(name + "-input", 0);
        broker.createTopic(journal, 2);
        broker.createTopic(input.topic(), 1);
    }

    private TransactionalProducer producer(Map<String, Object> overrides) {
        return producer(clients, overrides);
    }

    private TransactionalProducer producer(KafkaClients from, Map<String, Object> overrides) {
        TransactionalProducer made =
                TransactionalProducer.open(from, name, overrides, Set.of(journal), COMMITTER, Clock.systemUTC());
        StepOutcome outcome = made.initNow();
        assertThat(outcome).isEqualTo(new StepOutcome.Done());
        return made;
    }

    private JoinedConsumer member() {
        return new JoinedConsumer(broker, name, List.of(input.topic()), Map.of()).joined();
    }

    private void send(TransactionalProducer producer, int partition, String value) {
        producer.send(journal, partition, 1L, "key".getBytes(UTF_8), value.getBytes(UTF_8), null);
    }

    private OffsetsOfCommit position(long offset) {
        return ends ->
                Map.of(input, new OffsetAndMetadata(offset, new OffsetMetadata("nonce", 5, byName(ends)).encode()));
    }

    private static Map<String, Long> byName(Map<TopicPartition, Long> ends) {
        Map<String, Long> named = new HashMap<>();
        ends.forEach((partition, end) -> named.put(partition.toString(), end));
        return named;
    }

    private List<String> visible() {
        return broker.readCommitted(journal).stream()
                .map(event -> new String(event.value(), UTF_8))
                .toList();
    }

    private OffsetAndMetadata committed() {
        try (Admin admin = clients.admin(Map.of())) {
            return admin.listConsumerGroupOffsets(name)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(input);
        } catch (Exception e) {
            throw new AssertionError("cannot read the offsets of " + name, e);
        }
    }

    @Test
    void commitsRecordsPositionsAndMetadataTogether() {
        try (JoinedConsumer member = member()) {
            TransactionalProducer producer = producer(Map.of());
            send(producer, 0, "a");
            send(producer, 1, "b");
            send(producer, 1, "c");
            producer.beginCommit(position(7), member.consumer.groupMetadata());

            CommitOutcome outcome = producer.pollCommit();
            while (outcome instanceof CommitOutcome.Pending) {
                Thread.onSpinWait();
                outcome = producer.pollCommit();
            }

            assertThat(outcome)
                    .isEqualTo(new CommitOutcome.Committed(
                            Map.of(new TopicPartition(journal, 0), 1L, new TopicPartition(journal, 1), 2L)));
            assertThat(visible()).containsExactly("a", "b", "c");
            assertThat(committed().offset()).isEqualTo(7);
            assertThat(OffsetMetadata.decode(committed().metadata()))
                    .contains(new OffsetMetadata("nonce", 5, Map.of(journal + "-0", 1L, journal + "-1", 2L)));

            send(producer, 1, "d");
            assertThat(producer.commitNow(position(8), member.consumer.groupMetadata(), 1))
                    .as("the marker of the first transaction lies between")
                    .isEqualTo(new CommitOutcome.Committed(Map.of(new TopicPartition(journal, 1), 4L)));
            producer.close(Duration.ofSeconds(5));
        }
    }

    @Test
    void showsNothingOfAnAbortedTransaction() {
        try (JoinedConsumer member = member()) {
            TransactionalProducer producer = producer(Map.of());
            send(producer, 0, "dropped");
            assertThat(producer.abortNow()).isEqualTo(new StepOutcome.Done());
            send(producer, 0, "kept");
            assertThat(producer.commitNow(position(1), member.consumer.groupMetadata(), 1))
                    .isInstanceOf(CommitOutcome.Committed.class);
            producer.close(Duration.ofSeconds(5));
        }
        assertThat(visible()).containsExactly("kept");
    }

    @Test
    void isFencedByASecondProducerWithItsId() {
        try (JoinedConsumer member = member()) {
            TransactionalProducer first = producer(Map.of());
            send(first, 0, "of the first");
            TransactionalProducer second = producer(Map.of());

            CommitOutcome outcome = first.commitNow(position(1), member.consumer.groupMetadata(), 1);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            CommitOutcome.Refused.class,
                            refused -> assertThat(refused.remedy())
                                    .as("%s", refused.cause())
                                    .isEqualTo(Remedy.FENCED));
            assertThat(first.state()).isEqualTo(TransactionalProducer.State.BROKEN);
            send(second, 0, "of the second");
            assertThat(second.commitNow(position(2), member.consumer.groupMetadata(), 1))
                    .isInstanceOf(CommitOutcome.Committed.class);
            first.close(Duration.ZERO);
            second.close(Duration.ofSeconds(5));
        }
        assertThat(visible()).containsExactly("of the second");
    }

    @Test
    void isFencedAlsoWhenItSendsOffsetsOnly() {
        try (JoinedConsumer member = member()) {
            TransactionalProducer first = producer(Map.of());
            TransactionalProducer second = producer(Map.of());

            CommitOutcome outcome = first.commitNow(position(1), member.consumer.groupMetadata(), 1);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            CommitOutcome.Refused.class,
                            refused -> assertThat(refused.remedy())
                                    .as("%s", refused.cause())
                                    .isEqualTo(Remedy.FENCED));
            first.close(Duration.ZERO);
            second.close(Duration.ofSeconds(5));
        }
    }

    @Test
    void refusesAZombieOfAPastGenerationAndGoesOnAfterTheAbort() {
        try (JoinedConsumer member = member()) {
            ConsumerGroupMetadata past = member.consumer.groupMetadata();
            TransactionalProducer producer = producer(Map.of());
            send(producer, 0, "of the zombie");
            member.consumer.enforceRebalance("the test wants a new generation");
            JoinedConsumer.pollUntil(
                    "a new generation",
                    () -> member.consumer.groupMetadata().generationId() > past.generationId(),
                    member);

            CommitOutcome outcome = producer.commitNow(position(1), past, 1);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            CommitOutcome.Refused.class,
                            refused -> assertThat(refused.remedy())
                                    .as("%s", refused.cause())
                                    .isEqualTo(Remedy.ABORT_AND_REWIND));
            assertThat(producer.abortNow()).isEqualTo(new StepOutcome.Done());
            send(producer, 0, "of the member");
            assertThat(producer.commitNow(position(1), member.consumer.groupMetadata(), 1))
                    .isInstanceOf(CommitOutcome.Committed.class);
            producer.close(Duration.ofSeconds(5));
        }
        assertThat(visible()).containsExactly("of the member");
    }

    @Test
    void isRebuiltAfterTheBrokerTimedOutItsTransaction() throws Exception {
        try (JoinedConsumer member = member()) {
            TransactionalProducer stalled = producer(Map.of("transaction.timeout.ms", 1_000));
            send(stalled, 0, "of the stalled");
            awaitNoOpenTransaction(stalled);

            CommitOutcome outcome = stalled.commitNow(position(1), member.consumer.groupMetadata(), 1);

            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            CommitOutcome.Refused.class,
                            refused -> assertThat(refused.remedy())
                                    .as("%s", refused.cause())
                                    .isEqualTo(Remedy.REBUILD));
            stalled.close(Duration.ZERO);
            TransactionalProducer rebuilt = producer(Map.of());
            send(rebuilt, 0, "of the rebuilt");
            assertThat(rebuilt.commitNow(position(1), member.consumer.groupMetadata(), 1))
                    .isInstanceOf(CommitOutcome.Committed.class);
            rebuilt.close(Duration.ofSeconds(5));
        }
        assertThat(visible()).containsExactly("of the rebuilt");
    }

    /** The transaction has begun at the broker, and has been aborted there. */
    private void awaitNoOpenTransaction(TransactionalProducer producer) throws Exception {
        long deadlineNanos = System.nanoTime() + JoinedConsumer.PATIENCE.toNanos();
        boolean begun = false;
        try (Admin admin = clients.admin(Map.of())) {
            while (true) {
                String state = admin.describeTransactions(Set.of(producer.transactionalId()))
                        .description(producer.transactionalId())
                        .get()
                        .state()
                        .toString();
                begun |= state.equals("Ongoing");
                if (begun && state.equals("CompleteAbort")) {
                    return;
                }
                assertThat(System.nanoTime() - deadlineNanos)
                        .as("transaction is %s", state)
                        .isNegative();
            }
        }
    }

    @Test
    void commitsOnceWhenTheBrokerGoesAwayDuringTheCommit() throws Exception {
        Map<String, Object> impatient = Map.of("max.block.ms", 1_500, "transaction.timeout.ms", 60_000);
        AtomicBoolean stopped = new AtomicBoolean();
        KafkaClients cut = new HandedOutProducer(stoppingBefore("commitTransaction", stopped, impatient));
        try (JoinedConsumer member = member()) {
            TransactionalProducer producer = producer(cut, impatient);
            send(producer, 0, "once");

            CommitOutcome outcome = producer.commitNow(position(9), member.consumer.groupMetadata(), 2);

            assertThat(stopped).isTrue();
            assertThat(outcome).isInstanceOf(CommitOutcome.Unknown.class);
            broker.restart();
            assertThat(retryUntilKnown(producer)).isInstanceOf(CommitOutcome.Committed.class);
            send(producer, 0, "and on");
            assertThat(producer.commitNow(position(10), member.consumer.groupMetadata(), 10))
                    .isInstanceOf(CommitOutcome.Committed.class);
            producer.close(Duration.ofSeconds(5));
        }
        assertThat(visible()).containsExactly("once", "and on");
        assertThat(committed().offset()).isEqualTo(10);
    }

    @Test
    void commitsOnceWhenTheBrokerGoesAwayBeforeTheOffsets() throws Exception {
        Map<String, Object> impatient = Map.of("max.block.ms", 1_500, "transaction.timeout.ms", 60_000);
        AtomicBoolean stopped = new AtomicBoolean();
        KafkaClients cut = new HandedOutProducer(stoppingBefore("sendOffsetsToTransaction", stopped, impatient));
        try (JoinedConsumer member = member()) {
            TransactionalProducer producer = producer(cut, impatient);
            send(producer, 0, "once");

            assertThat(producer.commitNow(position(9), member.consumer.groupMetadata(), 1))
                    .isInstanceOf(CommitOutcome.Unknown.class);

            broker.restart();
            assertThat(retryUntilKnown(producer)).isInstanceOf(CommitOutcome.Committed.class);
            producer.close(Duration.ofSeconds(5));
        }
        assertThat(visible()).containsExactly("once");
        assertThat(committed().offset()).isEqualTo(9);
    }

    private static CommitOutcome retryUntilKnown(TransactionalProducer producer) {
        CommitOutcome outcome;
        int attempts = 0;
        do {
            producer.retryCommit();
            outcome = producer.awaitCommit();
            attempts++;
        } while (outcome instanceof CommitOutcome.Unknown && attempts < 20);
        return outcome;
    }

    /** A real producer; the broker is stopped once, right before it is asked to do something. */
    @SuppressWarnings("unchecked")
    private Producer<byte[], byte[]> stoppingBefore(
            String method, AtomicBoolean stopped, Map<String, Object> settings) {
        Producer<byte[], byte[]> real =
                clients.producer(ProducerSettings.of(name, settings).properties());
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method) && stopped.compareAndSet(false, true)) {
                        broker.stop();
                    }
                    try {
                        return called.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
