package io.wellspring.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What a second producer with the same transactional id does to the first, and what the broker's own abort of a transaction that was open
 * for too long does to a producer that is still there.
 */
public abstract class FencingContract extends ClusterContract {
    private static final Map<String, Object> SHORT = Map.of("transaction.timeout.ms", 500);

    private TopicPartition log;

    /** For the suites of clusters. */
    protected FencingContract() {}

    /** A producer with one record in an open transaction. */
    private Producer<byte[], byte[]> opened(Map<String, Object> settings) {
        log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name, settings);
        producer.beginTransaction();
        send(producer, log, "of the first");
        return producer;
    }

    private Producer<byte[], byte[]> fenced() {
        Producer<byte[], byte[]> first = opened(Map.of());
        transactional(name);
        return first;
    }

    private Producer<byte[], byte[]> timedOut() {
        Producer<byte[], byte[]> late = opened(SHORT);
        await("the broker's abort", () -> stateOf(name) == TransactionState.COMPLETE_ABORT);
        return late;
    }

    private TransactionState stateOf(String transactionalId) {
        return answer(admin.describeTransactions(Set.of(transactionalId)).description(transactionalId))
                .state();
    }

    private void sendOffsets(Producer<byte[], byte[]> producer) {
        producer.sendOffsetsToTransaction(Map.of(log, new OffsetAndMetadata(7)), ofNoMember(name));
    }

    /** Nothing can be done with a producer any more. */
    private void assertDead(Producer<byte[], byte[]> producer, Class<? extends KafkaException> exception) {
        List<ThrowingCallable> calls = List.of(
                () -> sendOffsets(producer),
                producer::commitTransaction,
                producer::abortTransaction,
                producer::beginTransaction);
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isExactlyInstanceOf(exception);
        }
    }

    private void assertUsable(Producer<byte[], byte[]> producer) {
        producer.beginTransaction();
        send(producer, log, "usable");
        producer.commitTransaction();
        awaitDecided(log);
        assertThat(reader("read_committed", log).readUpTo(highWatermark(log)).values())
                .containsExactly("usable");
    }

    @Test
    void abortsTheOpenTransactionOfAPredecessorBeforeInitReturns() {
        opened(Map.of());
        assertThat(lastStableOffset(log)).isZero();

        Producer<byte[], byte[]> second = transactional(name);

        assertThat(lastStableOffset(log)).isEqualTo(2);
        assertThat(highWatermark(log)).isEqualTo(2);
        assertUsable(second);
    }

    @Test
    void finishesThePreparedCommitOfAPredecessorBeforeInitReturns() {
        // A commit returns once it is decided, with markers still to be written: the more partitions, the longer that
        // takes.
        String topic = topic(40);
        List<TopicPartition> logs = new ArrayList<>();
        Producer<byte[], byte[]> first = transactional(name);
        first.beginTransaction();
        for (int partition = 0; partition < 40; partition++) {
            logs.add(new TopicPartition(topic, partition));
            var unused = first.send(entry(logs.get(partition), "kept"));
        }
        first.commitTransaction();

        transactional(name);

        for (TopicPartition each : logs) {
            assertThat(lastStableOffset(each)).as("%s", each).isEqualTo(2);
        }
        assertThat(reader("read_committed", logs.get(39)).readUpTo(2).values()).containsExactly("kept");
        assertThatCode(first::beginTransaction)
                .as("the first does not know yet")
                .doesNotThrowAnyException();
    }

    @Test
    void refusesTheSendOfAFencedProducer() {
        Producer<byte[], byte[]> first = fenced();

        assertThat(refusedSend(first, log)).isExactlyInstanceOf(InvalidProducerEpochException.class);

        awaitFailed(first, log);
        assertThat(refusedSend(first, log))
                .as("a later send fails through its future, too, it does not throw")
                .isExactlyInstanceOf(InvalidProducerEpochException.class);
        assertThatThrownBy(() -> sendOffsets(first)).isExactlyInstanceOf(InvalidProducerEpochException.class);
        assertThatThrownBy(first::commitTransaction).isExactlyInstanceOf(InvalidProducerEpochException.class);
        assertThatThrownBy(first::abortTransaction)
                .as("only the abort asks the coordinator, which knows better")
                .isExactlyInstanceOf(ProducerFencedException.class);
        assertDead(first, ProducerFencedException.class);
    }

    @Test
    void refusesTheOffsetsOfAFencedProducer() {
        Producer<byte[], byte[]> first = fenced();
        assertThatThrownBy(() -> sendOffsets(first)).isExactlyInstanceOf(ProducerFencedException.class);
        assertDead(first, ProducerFencedException.class);
        assertThat(refusedSend(first, log)).isExactlyInstanceOf(ProducerFencedException.class);
    }

    @Test
    void refusesTheCommitOfAFencedProducer() {
        Producer<byte[], byte[]> first = fenced();
        assertThatThrownBy(first::commitTransaction).isExactlyInstanceOf(ProducerFencedException.class);
        assertDead(first, ProducerFencedException.class);
        assertThatThrownBy(first::initTransactions)
                .as("also a new initialisation")
                .isExactlyInstanceOf(ProducerFencedException.class);
    }

    @Test
    void refusesTheAbortOfAFencedProducer() {
        Producer<byte[], byte[]> first = fenced();
        assertThatThrownBy(first::abortTransaction).isExactlyInstanceOf(ProducerFencedException.class);
        assertDead(first, ProducerFencedException.class);
    }

    @Test
    void letsAFencedProducerCommitATransactionThatHoldsNothing() {
        Producer<byte[], byte[]> first = transactional(name);
        transactional(name);

        first.beginTransaction();
        assertThatCode(first::commitTransaction)
                .as("nothing was sent, so nobody was asked (I1's reason)")
                .doesNotThrowAnyException();
    }

    @Test
    void fencesATransactionOfNothingButOffsets() {
        log = onePartition();
        Producer<byte[], byte[]> first = transactional(name);
        transactional(name);

        first.beginTransaction();
        assertThatThrownBy(() -> sendOffsets(first)).isExactlyInstanceOf(ProducerFencedException.class);
    }

    @Test
    void refusesTheCommitOfATransactionThatTheBrokerTimedOut() {
        Producer<byte[], byte[]> late = timedOut();

        assertThatThrownBy(late::commitTransaction).isExactlyInstanceOf(InvalidTxnStateException.class);

        assertDead(late, KafkaException.class);
        assertThatThrownBy(late::abortTransaction)
                .as("fatal, and the reason is kept")
                .hasCauseExactlyInstanceOf(InvalidTxnStateException.class);
        assertThatThrownBy(() -> refusedSend(late, log))
                .as("send throws by itself")
                .isExactlyInstanceOf(KafkaException.class)
                .hasCauseExactlyInstanceOf(InvalidTxnStateException.class);
        assertUsable(transactional(name));
    }

    @Test
    void refusesTheSendAfterABrokerTimeoutButGoesOnAfterAnAbort() {
        Producer<byte[], byte[]> late = timedOut();

        assertThat(refusedSend(late, log)).isExactlyInstanceOf(InvalidProducerEpochException.class);
        awaitFailed(late, log);
        assertThatThrownBy(late::commitTransaction).isExactlyInstanceOf(InvalidProducerEpochException.class);

        late.abortTransaction();
        assertUsable(late);
    }

    @Test
    void takesTheOffsetsAfterABrokerTimeoutForThoseOfAFencedProducer() {
        Producer<byte[], byte[]> late = timedOut();

        assertThatThrownBy(() -> sendOffsets(late)).isExactlyInstanceOf(ProducerFencedException.class);

        assertDead(late, ProducerFencedException.class);
        assertUsable(transactional(name));
    }

    @Test
    void letsAnAbortAfterABrokerTimeoutSucceed() {
        Producer<byte[], byte[]> late = timedOut();
        assertThat(lastStableOffset(log)).as("the broker's abort is complete").isEqualTo(2);

        late.abortTransaction();

        assertUsable(late);
    }

    @Test
    void leavesATransactionOpenWhenItsProducerIsClosedWithoutWaiting() {
        Producer<byte[], byte[]> left = opened(Map.of());

        left.close(Duration.ZERO);

        assertThat(stateOf(name)).isEqualTo(TransactionState.ONGOING);
        assertThat(lastStableOffset(log)).isZero();
    }
}
