package io.wellspring.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** A group's offsets that are part of a transaction: who sees them when, and in which order they apply. */
public abstract class TransactionOffsetsContract extends ClusterContract {
    private TopicPartition input;

    /** For the suites of clusters. */
    protected TransactionOffsetsContract() {}

    private void sendOffset(Producer<byte[], byte[]> producer, long offset) {
        sendOffset(producer, offset, ofNoMember(name));
    }

    private void sendOffset(Producer<byte[], byte[]> producer, long offset, ConsumerGroupMetadata group) {
        producer.sendOffsetsToTransaction(Map.of(input, new OffsetAndMetadata(offset, "at " + offset)), group);
    }

    private void commitOffset(Producer<byte[], byte[]> producer, long offset) {
        producer.beginTransaction();
        sendOffset(producer, offset);
        producer.commitTransaction();
        await("the marker of the offsets", () -> listed(true).equals(Map.of(input, at(offset))));
    }

    private Map<TopicPartition, OffsetAndMetadata> listed(boolean stable) {
        return answer(admin.listConsumerGroupOffsets(name, new ListConsumerGroupOffsetsOptions().requireStable(stable))
                .partitionsToOffsetAndMetadata());
    }

    private Map<TopicPartition, OffsetAndMetadata> listed(boolean stable, TopicPartition... partitions) {
        return answer(admin.listConsumerGroupOffsets(
                        Map.of(name, new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(partitions))),
                        new ListConsumerGroupOffsetsOptions().requireStable(stable))
                .partitionsToOffsetAndMetadata(name));
    }

    private Consumer<byte[], byte[]> ofGroup() {
        return consumer(Map.of("group.id", name));
    }

    /** What the group has committed, waiting for transactions under way. */
    private OffsetAndMetadata stable() {
        return ofGroup().committed(Set.of(input)).get(input);
    }

    private static OffsetAndMetadata at(long offset) {
        return new OffsetAndMetadata(offset, "at " + offset);
    }

    @Test
    void showsNoOffsetsOfATransactionBeforeItsCommit() {
        input = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        sendOffset(producer, 5);

        assertThat(listed(false)).isEmpty();
        assertThat(listed(false, input)).containsEntry(input, null);

        producer.commitTransaction();
        assertThat(stable()).as("with its metadata").isEqualTo(at(5));
        assertThat(listed(false)).isEqualTo(Map.of(input, at(5)));
        assertThat(listed(true)).isEqualTo(Map.of(input, at(5)));
    }

    @Test
    void keepsTheConsumerWaitingForOffsetsThatArePending() {
        input = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        commitOffset(producer, 5);
        Consumer<byte[], byte[]> consumer = ofGroup();
        assertThat(consumer.committed(Set.of(input)).get(input)).isEqualTo(at(5));
        producer.beginTransaction();
        sendOffset(producer, 8);

        assertThatThrownBy(() -> consumer.committed(Set.of(input), Duration.ofMillis(300)))
                .isExactlyInstanceOf(TimeoutException.class);

        producer.commitTransaction();
        assertThat(consumer.committed(Set.of(input)).get(input)).isEqualTo(at(8));
    }

    @Test
    void leavesAPendingPartitionOutOfStableAnswersAndGivesTheOldOffsetInOthers() {
        createTopic(name, 2, Map.of());
        input = new TopicPartition(name, 0);
        TopicPartition other = new TopicPartition(name, 1);
        Producer<byte[], byte[]> producer = transactional(name);
        commitOffset(producer, 5);
        producer.beginTransaction();
        sendOffset(producer, 8);

        assertThat(listed(false)).isEqualTo(Map.of(input, at(5)));
        assertThat(listed(true)).isEmpty();
        assertThat(listed(true, input, other))
                .as("missing means pending, null means none")
                .containsOnlyKeys(other)
                .containsEntry(other, null);

        producer.abortTransaction();
        assertThat(stable()).as("an abort leaves what was").isEqualTo(at(5));
        assertThat(listed(true)).isEqualTo(Map.of(input, at(5)));
    }

    @Test
    void commitsOffsetsWithTheRecordsOfTheirTransaction() {
        input = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        send(producer, input, "dropped");
        sendOffset(producer, 1);
        producer.abortTransaction();
        assertThat(stable()).isNull();

        producer.beginTransaction();
        send(producer, input, "kept");
        sendOffset(producer, 2);
        sendOffset(producer, 3);
        producer.commitTransaction();

        assertThat(stable()).as("the later of two in one transaction").isEqualTo(at(3));
        awaitDecided(input);
        assertThat(reader("read_committed", input).readUpTo(4).values()).containsExactly("kept");
    }

    @Test
    void dropsOffsetsOfATransactionThatASecondProducerAborts() {
        input = onePartition();
        Producer<byte[], byte[]> first = transactional(name);
        commitOffset(first, 5);
        first.beginTransaction();
        sendOffset(first, 8);

        transactional(name);

        assertThat(listed(true)).as("stable once init has returned").isEqualTo(Map.of(input, at(5)));
    }

    @Test
    void appliesOffsetsOfTwoProducersInTheOrderInWhichTheyWereSent() {
        input = onePartition();
        Producer<byte[], byte[]> one = transactional(name + "-one");
        Producer<byte[], byte[]> two = transactional(name + "-two");
        one.beginTransaction();
        two.beginTransaction();
        sendOffset(one, 10);
        sendOffset(two, 20);
        two.commitTransaction();
        one.commitTransaction();

        assertThat(stable())
                .as("the first was committed last and is ignored, for it was sent first")
                .isEqualTo(at(20));
    }

    @Test
    void movesAGroupBackwardsWhenOffsetsAreSentInTheWrongOrder() {
        input = onePartition();
        Producer<byte[], byte[]> one = transactional(name + "-one");
        Producer<byte[], byte[]> two = transactional(name + "-two");
        one.beginTransaction();
        two.beginTransaction();
        sendOffset(two, 20);
        sendOffset(one, 10);
        one.commitTransaction();
        await("the first commit's marker", () -> listed(false).equals(Map.of(input, at(10))));
        assertThat(listed(true)).as("the other is pending").isEmpty();
        two.commitTransaction();

        assertThat(stable())
                .as("committed in order, sent out of order (I8's reason)")
                .isEqualTo(at(10));
    }

    @Test
    void letsOffsetsThatWereSetMeanwhileWinOverPendingOnes() {
        input = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        sendOffset(producer, 50);
        answer(admin.alterConsumerGroupOffsets(name, Map.of(input, new OffsetAndMetadata(3)))
                .all());
        producer.commitTransaction();

        assertThat(stable().offset()).isEqualTo(3);
    }

    @Test
    void refusesMetadataThatIsTooLongAndDoomsTheProducer() {
        input = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();

        assertThatThrownBy(() -> producer.sendOffsetsToTransaction(
                        Map.of(input, new OffsetAndMetadata(1, "x".repeat(4_097))), ofNoMember(name)))
                .isExactlyInstanceOf(KafkaException.class)
                .hasMessageContaining("metadata");
        assertThatThrownBy(producer::abortTransaction)
                .as("fatal, not abortable")
                .isExactlyInstanceOf(KafkaException.class);
    }

    @Test
    void acceptsTheOffsetsOfAMemberAndOfNoMemberAtAll() {
        input = onePartition();
        GroupMember member = joined();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        sendOffset(producer, 1, member.consumer.groupMetadata());
        producer.commitTransaction();
        assertThat(stable()).isEqualTo(at(1));

        producer.beginTransaction();
        assertThatCode(() -> sendOffset(producer, 2, ofNoMember(name)))
                .as("generation -1 with an empty member id is not fenced even while the group has members (I1)")
                .doesNotThrowAnyException();
        producer.commitTransaction();
        assertThat(stable()).isEqualTo(at(2));
    }

    @Test
    void refusesTheOffsetsOfAPastGeneration() {
        input = onePartition();
        GroupMember member = joined();
        ConsumerGroupMetadata past = member.consumer.groupMetadata();
        member.consumer.enforceRebalance("the scenario wants a new generation");
        await("a new generation", () -> member.generation() > past.generationId(), member);

        assertRefused(past, member.consumer.groupMetadata());
    }

    @Test
    void refusesTheOffsetsOfAnUnknownMember() {
        input = onePartition();
        ConsumerGroupMetadata real = joined().consumer.groupMetadata();
        assertRefused(metadata(name, real.generationId(), "nobody", null), real);
    }

    @Test
    void refusesTheOffsetsOfAGenerationInAGroupThatHasNoMembers() {
        input = onePartition();
        assertRefused(metadata(name, 3, "nobody", null), ofNoMember(name));
    }

    private GroupMember joined() {
        GroupMember member = new GroupMember(
                consumer(Map.of("group.id", name, "auto.offset.reset", "earliest", "heartbeat.interval.ms", 100)),
                input.topic());
        await("an assignment", () -> !member.owned().isEmpty(), member);
        return member;
    }

    /** The metadata is refused, an abort clears that, and the same producer goes on with metadata that is accepted. */
    private void assertRefused(ConsumerGroupMetadata refused, ConsumerGroupMetadata accepted) {
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        send(producer, input, "of the zombie");
        Class<? extends Throwable> expected = org.apache.kafka.clients.consumer.CommitFailedException.class;

        assertThatThrownBy(() -> sendOffset(producer, 7, refused)).isExactlyInstanceOf(expected);
        assertThatThrownBy(producer::commitTransaction)
                .isExactlyInstanceOf(KafkaException.class)
                .hasCauseExactlyInstanceOf(expected);
        producer.abortTransaction();

        producer.beginTransaction();
        sendOffset(producer, 8, accepted);
        producer.commitTransaction();
        assertThat(stable()).isEqualTo(at(8));
        awaitDecided(input);
        assertThat(reader("read_committed", input).readUpTo(highWatermark(input)).records)
                .isEmpty();
    }
}
