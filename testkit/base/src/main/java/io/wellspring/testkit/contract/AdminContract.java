package io.wellspring.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

/** What the admin client tells of topics, producers and transactions, and what it changes. */
public abstract class AdminContract extends ClusterContract {
    /** For the suites of clusters. */
    protected AdminContract() {}

    private Throwable refusedTopic(String topic, int partitions) {
        return refusal(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    private TopicDescription described(String topic) {
        return answer(admin.describeTopics(List.of(topic)).topicNameValues().get(topic));
    }

    private boolean exists(String topic) {
        try {
            return !described(topic).topicId().equals(Uuid.ZERO_UUID);
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        }
    }

    private TransactionDescription transaction(String transactionalId) {
        return answer(admin.describeTransactions(Set.of(transactionalId)).description(transactionalId));
    }

    private List<ProducerState> openAt(TopicPartition log) {
        return answer(admin.describeProducers(Set.of(log)).partitionResult(log)).activeProducers().stream()
                .filter(state -> state.currentTransactionStartOffset().isPresent())
                .toList();
    }

    @Test
    void refusesATopicThatExistsOrCannotBe() {
        topic(1);
        assertThat(refusedTopic(name, 1)).isExactlyInstanceOf(TopicExistsException.class);
        assertThat(refusedTopic(name + "-none", 0)).isExactlyInstanceOf(InvalidPartitionsException.class);
        assertThat(refusedTopic("a name with blanks", 1)).isExactlyInstanceOf(InvalidTopicException.class);
    }

    @Test
    void refusesQuestionsAboutATopicThatDoesNotExist() {
        assertThat(refusal(admin.describeTopics(List.of(name)).allTopicNames()))
                .isExactlyInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(refusal(admin.deleteTopics(List.of(name)).all()))
                .isExactlyInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(refusal(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(2)))
                        .all()))
                .isExactlyInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void givesARecreatedTopicAnotherIdAndAnEmptyLog() {
        TopicPartition log = onePartition();
        send(producer(Map.of()), log, "of the old");
        Uuid old = described(name).topicId();

        answer(admin.deleteTopics(List.of(name)).all());
        await("the deletion", () -> !exists(name));
        topic(1);
        await("the new topic", () -> exists(name));

        assertThat(described(name).topicId()).isNotEqualTo(old);
        await("an empty log", () -> highWatermark(log) == 0);
    }

    @Test
    void addsPartitionsButTakesNoneAway() {
        topic(1);
        assertThat(refusal(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(1)))
                        .all()))
                .isExactlyInstanceOf(InvalidPartitionsException.class);

        answer(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(3))).all());

        await("three partitions", () -> described(name).partitions().size() == 3);
        assertThat(refusal(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(2)))
                        .all()))
                .isExactlyInstanceOf(InvalidPartitionsException.class);
    }

    @Test
    void tellsTheSettingsOfATopic() {
        createTopic(name, 1, Map.of("max.message.bytes", "12345"));
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);

        var config = answer(admin.describeConfigs(List.of(topic)).values().get(topic));

        assertThat(config.get("max.message.bytes").value()).isEqualTo("12345");
        assertThat(config.get("cleanup.policy").value()).isEqualTo("delete");
    }

    @Test
    void tellsHowLongTheMetadataOfAnOffsetMayBe() {
        List<ConfigResource> brokers = answer(admin.describeCluster().nodes()).stream()
                .map(broker -> new ConfigResource(ConfigResource.Type.BROKER, broker.idString()))
                .toList();

        var configs = answer(admin.describeConfigs(brokers).all());

        assertThat(configs.values())
                .isNotEmpty()
                .allSatisfy(config -> assertThat(
                                config.get("offset.metadata.max.bytes").value())
                        .isEqualTo("4096"));
    }

    @Test
    void tellsWhoHoldsATransactionOpen() {
        TopicPartition log = onePartition();
        send(producer(Map.of()), log, "before");
        Producer<byte[], byte[]> holder = transactional(name, Map.of("transaction.timeout.ms", 45_000));
        assertThat(transaction(name).state()).isEqualTo(TransactionState.EMPTY);
        assertThat(openAt(log)).isEmpty();

        holder.beginTransaction();
        assertThat(transaction(name).state())
                .as("the broker does not hear of a mere begin")
                .isEqualTo(TransactionState.EMPTY);
        send(holder, log, "open");
        holder.sendOffsetsToTransaction(Map.of(log, new OffsetAndMetadata(1)), ofNoMember(name));

        List<ProducerState> open = openAt(log);
        assertThat(open).hasSize(1);
        assertThat(open.get(0).currentTransactionStartOffset()).hasValue(1);
        TransactionDescription described = transaction(name);
        assertThat(described.state()).isEqualTo(TransactionState.ONGOING);
        assertThat(described.producerId()).isEqualTo(open.get(0).producerId());
        assertThat(described.producerEpoch()).isEqualTo(open.get(0).producerEpoch());
        assertThat(described.transactionTimeoutMs()).isEqualTo(45_000);
        assertThat(described.transactionStartTimeMs()).isPresent();
        assertThat(described.topicPartitions())
                .as("with the partition of the group's offsets")
                .contains(log)
                .anyMatch(partition -> partition.topic().equals("__consumer_offsets"))
                .hasSize(2);
        assertThat(listedById(open.get(0).producerId()))
                .extracting(TransactionListing::transactionalId, TransactionListing::state)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(name, TransactionState.ONGOING));

        holder.commitTransaction();
        await("the markers", () -> transaction(name).state() == TransactionState.COMPLETE_COMMIT);
        assertThat(openAt(log)).isEmpty();
        assertThat(transaction(name).topicPartitions()).isEmpty();
    }

    private Collection<TransactionListing> listedById(long producerId) {
        return answer(admin.listTransactions(new ListTransactionsOptions()
                        .filterProducerIds(Set.of(producerId))
                        .filterStates(Set.of(TransactionState.ONGOING)))
                .all());
    }

    @Test
    void raisesTheEpochWithEachTransactionAndEachInitialisation() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> first = transactional(name);
        TransactionDescription fresh = transaction(name);
        assertThat(fresh.producerEpoch()).isZero();
        first.beginTransaction();
        send(first, log, "x");
        first.commitTransaction();
        await("the markers", () -> transaction(name).state() == TransactionState.COMPLETE_COMMIT);
        assertThat(transaction(name).producerEpoch())
                .as("after a transaction (transaction version 2)")
                .isEqualTo(1);

        transactional(name);

        assertThat(transaction(name).producerEpoch()).isEqualTo(2);
        assertThat(transaction(name).producerId()).isEqualTo(fresh.producerId());
    }

    @Test
    void fencesAProducerAndAbortsItsTransaction() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> holder = transactional(name);
        holder.beginTransaction();
        send(holder, log, "open");
        long producerId = transaction(name).producerId();

        assertThat(answer(admin.fenceProducers(Set.of(name)).producerId(name))).isEqualTo(producerId);

        assertThat(openAt(log)).isEmpty();
        assertThat(lastStableOffset(log)).as("complete when it returns").isEqualTo(2);
        assertThat(transaction(name).state()).isEqualTo(TransactionState.EMPTY);
        assertThatThrownBy(holder::commitTransaction).isExactlyInstanceOf(ProducerFencedException.class);
        Producer<byte[], byte[]> next = transactional(name);
        next.beginTransaction();
        send(next, log, "kept");
        next.commitTransaction();
        assertThat(reader("read_committed", log).readUpTo(4).values()).containsExactly("kept");
    }

    @Test
    void fencesAnIdThatNobodyEverUsedAndThenKnowsIt() {
        assertThat(refusal(admin.describeTransactions(Set.of(name)).description(name)))
                .isExactlyInstanceOf(TransactionalIdNotFoundException.class);

        answer(admin.fenceProducers(Set.of(name)).all());

        assertThat(transaction(name).state()).isEqualTo(TransactionState.EMPTY);
    }

    @Test
    void abortsATransactionOfOnePartitionByItsProducersState() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> holder = transactional(name);
        holder.beginTransaction();
        send(holder, log, "open");
        ProducerState open = openAt(log).get(0);

        answer(admin.abortTransaction(new AbortTransactionSpec(
                        log,
                        open.producerId(),
                        (short) open.producerEpoch(),
                        open.coordinatorEpoch().orElse(0)))
                .all());

        assertThat(openAt(log)).isEmpty();
        assertThat(lastStableOffset(log)).isEqualTo(2);
        assertThat(transaction(name).state())
                .as("the coordinator has not heard of it")
                .isEqualTo(TransactionState.ONGOING);
    }

    @Test
    void knowsNothingOfAGroupThatNeverWas() {
        assertThat(refusal(admin.describeConsumerGroups(Set.of(name)).all()))
                .isExactlyInstanceOf(GroupIdNotFoundException.class);
        assertThat(answer(admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata()))
                .isEmpty();
    }

    @Test
    void setsAndDeletesOffsetsOfAGroupWithoutMembers() {
        TopicPartition log = onePartition();
        answer(admin.alterConsumerGroupOffsets(name, Map.of(log, new OffsetAndMetadata(3, "note")))
                .all());
        assertThat(answer(admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata()))
                .isEqualTo(Map.of(log, new OffsetAndMetadata(3, "note")));

        answer(admin.deleteConsumerGroupOffsets(name, Set.of(log)).all());

        assertThat(answer(admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata()))
                .isEmpty();
    }

    @Test
    void forgetsTheOffsetsOfATopicThatWasDeleted() {
        TopicPartition log = onePartition();
        answer(admin.alterConsumerGroupOffsets(name, Map.of(log, new OffsetAndMetadata(3)))
                .all());

        answer(admin.deleteTopics(List.of(name)).all());

        await(
                "the offsets to go",
                () -> answer(admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata())
                        .isEmpty());
    }
}
