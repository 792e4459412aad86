package org.apache.kafka.clients.admin;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.internals.CoordinatorKey;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.internals.ProducerIdAndEpoch;

/**
 * Makes results of the admin client whose constructors only this package may call. It is here, in Kafka's package, for the same reason
 * and in the same way as Kafka's own MockAdminClient; a module path would refuse that, the class path does not. For the simulation only.
 */
public final class SimulatedResults {
    private SimulatedResults() {}

    /**
     * Makes a result.
     *
     * @param values the answers
     * @return the result
     */
    public static CreateTopicsResult createTopics(
            Map<String, KafkaFuture<CreateTopicsResult.TopicMetadataAndConfig>> values) {
        return new CreateTopicsResult(values);
    }

    /**
     * Makes a result.
     *
     * @param byName the answers
     * @return the result
     */
    public static DescribeTopicsResult describeTopicNames(Map<String, KafkaFuture<TopicDescription>> byName) {
        return DescribeTopicsResult.ofTopicNames(byName);
    }

    /**
     * Makes a result.
     *
     * @param byId the answers
     * @return the result
     */
    public static DescribeTopicsResult describeTopicIds(Map<Uuid, KafkaFuture<TopicDescription>> byId) {
        return DescribeTopicsResult.ofTopicIds(byId);
    }

    /**
     * Makes a result.
     *
     * @param values the answers
     * @return the result
     */
    public static DescribeConfigsResult describeConfigs(Map<ConfigResource, KafkaFuture<Config>> values) {
        return new DescribeConfigsResult(values);
    }

    /**
     * Makes a result.
     *
     * @param values the answers
     * @return the result
     */
    public static AlterConfigsResult alterConfigs(Map<ConfigResource, KafkaFuture<Void>> values) {
        return new AlterConfigsResult(values);
    }

    /**
     * Makes a result.
     *
     * @param listings the answer
     * @return the result
     */
    public static ListTopicsResult listTopics(KafkaFuture<Map<String, TopicListing>> listings) {
        return new ListTopicsResult(listings);
    }

    /**
     * Makes a result.
     *
     * @param byName the answers
     * @return the result
     */
    public static DeleteTopicsResult deleteTopics(Map<String, KafkaFuture<Void>> byName) {
        return DeleteTopicsResult.ofTopicNames(byName);
    }

    /**
     * Makes a result.
     *
     * @param byId the answers
     * @return the result
     */
    public static DeleteTopicsResult deleteTopicIds(Map<Uuid, KafkaFuture<Void>> byId) {
        return DeleteTopicsResult.ofTopicIds(byId);
    }

    /**
     * Makes a result.
     *
     * @param values the answers
     * @return the result
     */
    public static CreatePartitionsResult createPartitions(Map<String, KafkaFuture<Void>> values) {
        return new CreatePartitionsResult(values);
    }

    /**
     * Makes a result.
     *
     * @param nodes the brokers
     * @param controller the controller
     * @param clusterId the cluster's id
     * @return the result
     */
    public static DescribeClusterResult describeCluster(
            KafkaFuture<Collection<Node>> nodes, KafkaFuture<Node> controller, KafkaFuture<String> clusterId) {
        return new DescribeClusterResult(
                nodes, controller, clusterId, KafkaFuture.completedFuture(Set.<AclOperation>of()));
    }

    /**
     * Makes a result.
     *
     * @param byGroup the answers
     * @return the result
     */
    public static ListConsumerGroupOffsetsResult listConsumerGroupOffsets(
            Map<String, KafkaFuture<Map<TopicPartition, OffsetAndMetadata>>> byGroup) {
        Map<CoordinatorKey, KafkaFuture<Map<TopicPartition, OffsetAndMetadata>>> byKey = new LinkedHashMap<>();
        byGroup.forEach((group, answer) -> byKey.put(CoordinatorKey.byGroupId(group), answer));
        return new ListConsumerGroupOffsetsResult(byKey);
    }

    /**
     * Makes a result.
     *
     * @param errors the answer
     * @return the result
     */
    public static AlterConsumerGroupOffsetsResult alterConsumerGroupOffsets(
            KafkaFuture<Map<TopicPartition, Errors>> errors) {
        return new AlterConsumerGroupOffsetsResult(errors);
    }

    /**
     * Makes a result.
     *
     * @param deleted the answers
     * @return the result
     */
    public static DeleteConsumerGroupsResult deleteConsumerGroups(Map<String, KafkaFuture<Void>> deleted) {
        return new DeleteConsumerGroupsResult(deleted);
    }

    /**
     * Makes a result.
     *
     * @param errors the answer
     * @param partitions what was to be deleted
     * @return the result
     */
    public static DeleteConsumerGroupOffsetsResult deleteConsumerGroupOffsets(
            KafkaFuture<Map<TopicPartition, Errors>> errors, Set<TopicPartition> partitions) {
        return new DeleteConsumerGroupOffsetsResult(errors, partitions);
    }

    /**
     * Makes a result.
     *
     * @param errors the answer, by instance id
     * @param members who was to be removed, empty for all
     * @return the result
     */
    public static RemoveMembersFromConsumerGroupResult removeMembers(
            KafkaFuture<Map<String, Errors>> errors, Set<MemberToRemove> members) {
        return new RemoveMembersFromConsumerGroupResult(
                errors.thenApply(byInstance -> {
                    Map<MemberIdentity, Errors> byMember = new LinkedHashMap<>();
                    byInstance.forEach(
                            (instance, error) -> byMember.put(new MemberToRemove(instance).toMemberIdentity(), error));
                    return byMember;
                }),
                members);
    }

    /**
     * Makes a result.
     *
     * @param values the answers
     * @return the result
     */
    public static DescribeProducersResult describeProducers(
            Map<TopicPartition, KafkaFuture<DescribeProducersResult.PartitionProducerState>> values) {
        return new DescribeProducersResult(values);
    }

    /**
     * Makes a result.
     *
     * @param listings the answer of the only broker
     * @param brokerId its id
     * @return the result
     */
    public static ListTransactionsResult listTransactions(
            KafkaFutureImpl<Collection<TransactionListing>> listings, int brokerId) {
        return new ListTransactionsResult(KafkaFuture.completedFuture(Map.of(brokerId, listings)));
    }

    /**
     * Makes a result.
     *
     * @param byId the answers
     * @return the result
     */
    public static DescribeTransactionsResult describeTransactions(
            Map<String, KafkaFuture<TransactionDescription>> byId) {
        Map<CoordinatorKey, KafkaFuture<TransactionDescription>> byKey = new LinkedHashMap<>();
        byId.forEach((id, answer) -> byKey.put(CoordinatorKey.byTransactionalId(id), answer));
        return new DescribeTransactionsResult(byKey);
    }

    /**
     * Makes a result.
     *
     * @param byId the answers: producer ids and epochs
     * @return the result
     */
    public static FenceProducersResult fenceProducers(Map<String, KafkaFuture<ProducerIdAndEpoch>> byId) {
        Map<CoordinatorKey, KafkaFuture<ProducerIdAndEpoch>> byKey = new LinkedHashMap<>();
        byId.forEach((id, answer) -> byKey.put(CoordinatorKey.byTransactionalId(id), answer));
        return new FenceProducersResult(byKey);
    }

    /**
     * Makes a result.
     *
     * @param values the answers
     * @return the result
     */
    public static AbortTransactionResult abortTransaction(Map<TopicPartition, KafkaFuture<Void>> values) {
        return new AbortTransactionResult(values);
    }

    /**
     * Tells the time that a specification asks for.
     *
     * @param spec the specification
     * @return milliseconds since 1970
     */
    public static long timeOf(OffsetSpec.TimestampSpec spec) {
        return spec.timestamp();
    }
}
