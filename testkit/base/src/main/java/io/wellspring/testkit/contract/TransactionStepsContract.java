package io.wellspring.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.junit.jupiter.api.Test;

/** Which call of a transactional producer may follow which, and what a record that cannot be sent does to its transaction. */
public abstract class TransactionStepsContract extends ClusterContract {
    /** For the suites of clusters. */
    protected TransactionStepsContract() {}

    private static void sendOffsets(Producer<byte[], byte[]> producer, TopicPartition input) {
        producer.sendOffsetsToTransaction(Map.of(input, new OffsetAndMetadata(7)), ofNoMember(input.topic()));
    }

    @Test
    void refusesEveryStepOfATransactionThatHasNotBegun() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);

        assertThatThrownBy(producer::commitTransaction).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::abortTransaction).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> sendOffsets(producer, log)).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::initTransactions)
                .as("a second initialisation")
                .isExactlyInstanceOf(IllegalStateException.class);

        assertCommits(producer, log);
    }

    @Test
    void sendsARecordThatWasRefusedOutsideATransactionWithTheNextOne() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);

        assertThatThrownBy(() -> producer.send(entry(log, "refused")))
                .as("no transaction has begun")
                .isExactlyInstanceOf(IllegalStateException.class);

        producer.beginTransaction();
        assertThat(send(producer, log, "kept").offset())
                .as("the client has buffered the refused record before it looked at its state")
                .isEqualTo(1);
        producer.commitTransaction();
        awaitDecided(log);
        assertThat(reader("read_committed", log).readUpTo(3).values()).containsExactly("refused", "kept");
    }

    @Test
    void refusesToBeginTwiceAndToDecideTwice() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        assertThatThrownBy(producer::beginTransaction).isExactlyInstanceOf(IllegalStateException.class);

        send(producer, log, "a");
        producer.commitTransaction();
        assertThatThrownBy(producer::commitTransaction)
                .as("a commit after one that succeeded")
                .isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::abortTransaction).isExactlyInstanceOf(IllegalStateException.class);

        producer.beginTransaction();
        producer.abortTransaction();
        assertThatThrownBy(producer::abortTransaction).isExactlyInstanceOf(IllegalStateException.class);
        assertCommits(producer, log);
    }

    @Test
    void refusesTransactionsBeforeInitialisationAndWithoutAnId() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> fresh = producer(Map.of("transactional.id", name));
        assertThatThrownBy(fresh::beginTransaction).isExactlyInstanceOf(IllegalStateException.class);
        fresh.initTransactions();
        assertCommits(fresh, log);

        Producer<byte[], byte[]> plain = producer(Map.of());
        assertThatThrownBy(plain::initTransactions).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(plain::beginTransaction).isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void abortsTheOpenTransactionWhenClosedAndRefusesEveryCallAfterwards() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        send(producer, log, "dropped");

        producer.close();

        awaitDecided(log);
        assertThat(reader("read_committed", log).readUpTo(2).records).isEmpty();
        assertThatThrownBy(() -> producer.send(entry(log, "x"))).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::beginTransaction).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::commitTransaction).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::abortTransaction).isExactlyInstanceOf(IllegalStateException.class);
        assertThatCode(producer::flush).doesNotThrowAnyException();
        assertThatCode(producer::close).as("a second close").doesNotThrowAnyException();
    }

    @Test
    void takesNoOffsetsForNothingToDo() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        assertThatCode(() -> producer.sendOffsetsToTransaction(Map.of(), ofNoMember(name)))
                .doesNotThrowAnyException();
        producer.commitTransaction();
        assertCommits(producer, log);
    }

    @Test
    void doomsTheTransactionOfARecordThatTheClientFindsTooLarge() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name, Map.of("max.request.size", 1_000));
        producer.beginTransaction();
        send(producer, log, "small");

        Future<RecordMetadata> tooLarge = producer.send(new ProducerRecord<>(log.topic(), 0, null, new byte[2_000]));

        assertThat(tooLarge).as("refused before anything is sent").isDone();
        assertThat(refusal(tooLarge)).isExactlyInstanceOf(RecordTooLargeException.class);
        assertDoomed(producer, log, RecordTooLargeException.class);
    }

    @Test
    void doomsTheTransactionOfARecordThatTheBrokerFindsTooLarge() {
        createTopic(name, 1, Map.of("max.message.bytes", "500"));
        TopicPartition log = new TopicPartition(name, 0);
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        send(producer, log, "small");

        Future<RecordMetadata> tooLarge = producer.send(new ProducerRecord<>(log.topic(), 0, null, new byte[2_000]));
        producer.flush();

        assertThat(refusal(tooLarge)).isExactlyInstanceOf(RecordTooLargeException.class);
        assertDoomed(producer, log, RecordTooLargeException.class);
    }

    @Test
    void doomsTheTransactionOfARecordForATopicThatDoesNotExist() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name, Map.of("max.block.ms", 500));
        producer.beginTransaction();

        Future<RecordMetadata> lost = producer.send(new ProducerRecord<>(name + "-missing", 0, null, new byte[1]));

        assertThat(refusal(lost)).isExactlyInstanceOf(TimeoutException.class);
        assertDoomed(producer, log, TransactionAbortableException.class);
    }

    /** Every step fails for the first failure's reason, until an abort; then the producer is as good as new. */
    private void assertDoomed(
            Producer<byte[], byte[]> producer, TopicPartition log, Class<? extends Throwable> reason) {
        awaitFailed(producer, log);
        assertThatThrownBy(() -> producer.send(entry(log, "small")))
                .as("send throws by itself")
                .isExactlyInstanceOf(KafkaException.class)
                .hasCauseExactlyInstanceOf(reason);
        assertThatThrownBy(() -> sendOffsets(producer, log))
                .isExactlyInstanceOf(KafkaException.class)
                .hasCauseExactlyInstanceOf(reason);
        assertThatThrownBy(producer::commitTransaction)
                .isExactlyInstanceOf(KafkaException.class)
                .hasCauseExactlyInstanceOf(reason);
        assertThatThrownBy(producer::beginTransaction)
                .isExactlyInstanceOf(KafkaException.class)
                .hasCauseExactlyInstanceOf(reason);
        assertThatCode(producer::flush).doesNotThrowAnyException();
        producer.abortTransaction();
        assertCommits(producer, log);
    }

    private void assertCommits(Producer<byte[], byte[]> producer, TopicPartition log) {
        producer.beginTransaction();
        send(producer, log, "kept");
        producer.commitTransaction();
        awaitDecided(log);
        assertThat(reader("read_committed", log).readUpTo(highWatermark(log)).values())
                .endsWith("kept")
                .doesNotContain("small", "x");
    }
}
