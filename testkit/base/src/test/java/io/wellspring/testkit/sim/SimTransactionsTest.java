package io.wellspring.testkit.sim;

import static io.wellspring.testkit.sim.SimFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class SimTransactionsTest {
    private final SimFixture sim = new SimFixture(7);

    @SuppressWarnings("removal") // There is no other way to be of no member.
    private static ConsumerGroupMetadata ofNoMember() {
        return new ConsumerGroupMetadata("g");
    }

    private Producer<byte[], byte[]> opened(String id) {
        Producer<byte[], byte[]> producer = sim.transactional(id);
        producer.beginTransaction();
        send(producer, sim.first, "a");
        send(producer, sim.second, "b");
        producer.sendOffsetsToTransaction(Map.of(sim.first, new OffsetAndMetadata(5)), ofNoMember());
        return producer;
    }

    @Test
    void returnsFromACommitBeforeItsMarkersAreWritten() {
        opened("p").commitTransaction();

        assertThat(sim.kafka.lastStableOffset(sim.first)).isZero();
        assertThat(sim.kafka.highWatermark(sim.first)).isEqualTo(1);
        assertThat(sim.kafka.openTransactions()).containsExactly("p");
        assertThat(sim.kafka.committedOffsets("g")).isEmpty();

        assertThat(sim.kafka.settle()).as("three markers").isEqualTo(3);
        assertThat(sim.committed(sim.first)).containsExactly("a");
        assertThat(sim.kafka.highWatermark(sim.first))
                .as("the marker has an offset")
                .isEqualTo(2);
        assertThat(sim.kafka.committedOffsets("g")).containsEntry(sim.first, new OffsetAndMetadata(5));
        assertThat(sim.kafka.openTransactions()).isEmpty();
    }

    @Test
    void writesMarkersInEveryOrder() {
        Set<List<Boolean>> seen = new HashSet<>();
        for (long seed = 0; seed < 60; seed++) {
            SimFixture other = new SimFixture(seed);
            Producer<byte[], byte[]> producer = other.transactional("p");
            producer.beginTransaction();
            send(producer, other.first, "a");
            send(producer, other.second, "b");
            producer.sendOffsetsToTransaction(Map.of(other.first, new OffsetAndMetadata(5)), ofNoMember());
            producer.commitTransaction();
            other.kafka.step();
            seen.add(List.of(
                    other.kafka.lastStableOffset(other.first) > 0,
                    other.kafka.lastStableOffset(other.second) > 0,
                    !other.kafka.committedOffsets("g").isEmpty()));
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        List.of(true, false, false), List.of(false, true, false), List.of(false, false, true));
    }

    @Test
    void keepsOffsetsPendingWhileMarkersAreHeld() throws Exception {
        sim.kafka.holdMarkers();
        opened("p").commitTransaction();
        sim.kafka.settle();
        Consumer<byte[], byte[]> consumer = sim.kafka.consumer(Map.of("group.id", "g"));

        assertThatThrownBy(() -> consumer.committed(Set.of(sim.first))).isInstanceOf(TimeoutException.class);
        assertThat(sim.admin
                        .listConsumerGroupOffsets("g", new ListConsumerGroupOffsetsOptions().requireStable(true))
                        .partitionsToOffsetAndMetadata()
                        .get())
                .as("missing, not null")
                .isEmpty();

        sim.kafka.releaseMarkers();
        assertThat(consumer.committed(Set.of(sim.first))).containsEntry(sim.first, new OffsetAndMetadata(5));
    }

    @Test
    void keepsTheNextTransactionWaitingForTheMarkersOfTheLast() {
        sim.kafka.holdMarkers();
        Producer<byte[], byte[]> producer = opened("p");
        producer.commitTransaction();
        producer.beginTransaction();
        send(producer, sim.first, "next");
        sim.kafka.settle();
        assertThat(sim.kafka.highWatermark(sim.first)).isEqualTo(1);

        sim.kafka.releaseMarkers();
        producer.commitTransaction();
        sim.kafka.settle();
        assertThat(sim.committed(sim.first)).containsExactly("a", "next");
    }

    @Test
    void carriesACommitOutWhoseRequestWasLostWhenItIsRetried() {
        Producer<byte[], byte[]> producer = opened("p");
        sim.kafka.loseRequest(Request.END_TRANSACTION);

        assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(producer::abortTransaction)
                .as("only the same call may follow")
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::beginTransaction).isInstanceOf(IllegalStateException.class);

        producer.commitTransaction();
        sim.kafka.settle();
        assertThat(sim.committed(sim.first)).containsExactly("a");
    }

    @Test
    void knowsARetriedCommitWhoseReplyWasLostForOneThatWasCarriedOut() {
        Producer<byte[], byte[]> producer = opened("p");
        sim.kafka.loseReply(Request.END_TRANSACTION);
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);

        assertThatCode(producer::commitTransaction).doesNotThrowAnyException();

        sim.kafka.settle();
        assertThat(sim.committed(sim.first)).containsExactly("a");
        producer.beginTransaction();
        send(producer, sim.first, "goes on");
        producer.commitTransaction();
        sim.kafka.settle();
        assertThat(sim.committed(sim.first)).containsExactly("a", "goes on");
    }

    @Test
    void asksAgainInTheBackgroundForACommitThatGotNoAnswer() {
        Producer<byte[], byte[]> producer = opened("p");
        sim.kafka.loseRequest(Request.END_TRANSACTION);
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);

        sim.kafka.settle();

        assertThat(sim.committed(sim.first)).containsExactly("a");
        assertThatCode(producer::commitTransaction).doesNotThrowAnyException();
    }

    @Test
    void leavesACommitUnmadeWhenItsProducerCrashesAfterTheRequestWasLost() {
        SimProcess process = sim.kafka.process("doomed");
        Producer<byte[], byte[]> producer = SimFixture.transactional(process, "p");
        producer.beginTransaction();
        send(producer, sim.first, "a");
        producer.flush();
        sim.kafka.loseRequest(Request.END_TRANSACTION);
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(TimeoutException.class);
        process.crash();
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(IllegalStateException.class);

        sim.transactional("p");

        assertThat(sim.committed(sim.first)).isEmpty();
        assertThat(sim.kafka.lastStableOffset(sim.first)).isEqualTo(2);
    }

    @Test
    void abortsATransactionThatIsOpenForTooLongAndRefusesItsCommit() {
        Producer<byte[], byte[]> producer = opened("p");
        sim.clock.advance(Duration.ofSeconds(14));
        assertThat(sim.kafka.step()).isTrue();
        while (sim.kafka.step()) {
            // Only the records arrive.
        }
        assertThat(sim.kafka.lastStableOffset(sim.first)).isZero();

        sim.clock.advance(Duration.ofSeconds(1));
        sim.kafka.settle();

        assertThat(sim.kafka.lastStableOffset(sim.first)).isEqualTo(2);
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(InvalidTxnStateException.class);
        assertThatThrownBy(producer::abortTransaction).as("fatal").isExactlyInstanceOf(KafkaException.class);
    }

    @Test
    void fencesAStalledProducerByItsSuccessor() {
        Producer<byte[], byte[]> zombie = opened("p");
        zombie.flush();
        Producer<byte[], byte[]> successor = sim.transactional("p");

        assertThatThrownBy(zombie::commitTransaction).isInstanceOf(ProducerFencedException.class);
        successor.beginTransaction();
        send(successor, sim.first, "of the successor");
        successor.commitTransaction();
        sim.kafka.settle();
        assertThat(sim.committed(sim.first)).containsExactly("of the successor");
    }

    @Test
    void putsATransactionIntoErrorByARecordThatIsTooLarge() {
        Producer<byte[], byte[]> producer = opened("p");
        Future<RecordMetadata> sent = producer.send(new ProducerRecord<>("t", 0, null, new byte[2_000_000]));

        assertThat(sent).isDone();
        assertThatThrownBy(producer::commitTransaction).hasCauseInstanceOf(RecordTooLargeException.class);
        producer.abortTransaction();
        producer.beginTransaction();
        producer.commitTransaction();
        sim.kafka.settle();
        assertThat(sim.committed(sim.first)).isEmpty();
    }

    @Test
    void dropsWhatWasSentWhenTheClusterIsAwayAndGoesOnAfterAnAbort() {
        Producer<byte[], byte[]> producer = sim.transactional("p");
        producer.beginTransaction();
        send(producer, sim.first, "lost");
        sim.kafka.away(Duration.ofSeconds(5));
        assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
        assertThatThrownBy(producer::abortTransaction).isInstanceOf(TimeoutException.class);
        assertThat(sim.kafka.step()).isFalse();

        sim.clock.advance(Duration.ofSeconds(5));
        producer.abortTransaction();
        producer.beginTransaction();
        send(producer, sim.first, "kept");
        producer.commitTransaction();
        sim.kafka.settle();
        assertThat(sim.committed(sim.first)).containsExactly("kept");
    }
}
