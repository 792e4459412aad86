package io.wellspring.testkit.sim;

import io.wellspring.testkit.sim.SimTransaction.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AbortTransactionOptions;
import org.apache.kafka.clients.admin.AbortTransactionResult;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.AlterConfigsResult;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreatePartitionsResult;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DeleteConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.DeleteConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.DeleteConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DeleteConsumerGroupsResult;
import org.apache.kafka.clients.admin.DeleteRecordsOptions;
import org.apache.kafka.clients.admin.DeleteRecordsResult;
import org.apache.kafka.clients.admin.DeleteTopicsOptions;
import org.apache.kafka.clients.admin.DeleteTopicsResult;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsResult;
import org.apache.kafka.clients.admin.DescribeProducersOptions;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsResult;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.clients.admin.FenceProducersResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsResult;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ListTransactionsResult;
import org.apache.kafka.clients.admin.MemberAssignment;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupResult;
import org.apache.kafka.clients.admin.SimulatedResults;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicCollection.TopicIdCollection;
import org.apache.kafka.common.TopicCollection.TopicNameCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ConcurrentTransactionsException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.internals.ProducerIdAndEpoch;

/**
 * An admin client. Every answer is there when the call returns, so it is as old as an answer can be; a lost one is a TimeoutException.
 */
final class SimAdmin extends UnsimulatedAdmin {
    private final SimCluster cluster;
    private final SimProcess process;

    SimAdmin(SimCluster cluster, SimProcess process) {
        this.cluster = cluster;
        this.process = process;
    }

    @Override
    public void close(Duration timeout) {}

    private <T> KafkaFutureImpl<T> answer(Supplier<T> asked) {
        process.requireAlive("administer");
        KafkaFutureImpl<T> answer = new KafkaFutureImpl<>();
        try {
            answer.complete(cluster.ask(Request.ADMIN, "admin of " + process, asked));
        } catch (NoAnswer late) {
            answer.completeExceptionally(new TimeoutException("Timed out waiting for a node assignment: " + late));
        } catch (RuntimeException refused) {
            answer.completeExceptionally(refused);
        }
        return answer;
    }

    /** One request for all keys; each has an answer of its own. */
    private <K, V> Map<K, KafkaFuture<V>> each(Collection<K> keys, Function<K, V> asked) {
        Map<K, KafkaFuture<V>> answers = new LinkedHashMap<>();
        KafkaFuture<Boolean> request = answer(() -> {
            for (K key : keys) {
                KafkaFutureImpl<V> one = new KafkaFutureImpl<>();
                try {
                    one.complete(asked.apply(key));
                } catch (RuntimeException refused) {
                    one.completeExceptionally(refused);
                }
                answers.put(key, one);
            }
            return true;
        });
        if (request.isCompletedExceptionally()) {
            keys.forEach(key -> answers.put(key, request.thenApply(unused -> null)));
        }
        return answers;
    }

    // Topics

    @Override
    public CreateTopicsResult createTopics(Collection<NewTopic> newTopics, CreateTopicsOptions options) {
        Map<String, NewTopic> wanted = new LinkedHashMap<>();
        newTopics.forEach(topic -> wanted.put(topic.name(), topic));
        return SimulatedResults.createTopics(each(wanted.keySet(), name -> {
            NewTopic topic = wanted.get(name);
            int partitions = topic.replicasAssignments() == null
                    ? topic.numPartitions() < 0 ? 1 : topic.numPartitions()
                    : topic.replicasAssignments().size();
            if (partitions == 0) {
                throw new InvalidPartitionsException("Number of partitions must be larger than 0.");
            }
            SimTopic created =
                    cluster.createTopic(name, partitions, topic.configs() == null ? Map.of() : topic.configs());
            return new CreateTopicsResult.TopicMetadataAndConfig(created.id, partitions, 1, config(created));
        }));
    }

    @Override
    public DeleteTopicsResult deleteTopics(TopicCollection topics, DeleteTopicsOptions options) {
        if (topics instanceof TopicIdCollection ids) {
            return SimulatedResults.deleteTopicIds(each(ids.topicIds(), id -> {
                cluster.deleteTopic(byId(id).name);
                return null;
            }));
        }
        return SimulatedResults.deleteTopics(each(((TopicNameCollection) topics).topicNames(), name -> {
            cluster.deleteTopic(name);
            return null;
        }));
    }

    private SimTopic byId(Uuid id) {
        return cluster.topicNames().stream()
                .map(cluster::requireTopic)
                .filter(topic -> topic.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new UnknownTopicIdException("no topic has the id " + id));
    }

    @Override
    public ListTopicsResult listTopics(ListTopicsOptions options) {
        return SimulatedResults.listTopics(answer(() -> {
            Map<String, TopicListing> listings = new LinkedHashMap<>();
            cluster.topicNames()
                    .forEach(name -> listings.put(name, new TopicListing(name, cluster.requireTopic(name).id, false)));
            return listings;
        }));
    }

    @Override
    public DescribeTopicsResult describeTopics(TopicCollection topics, DescribeTopicsOptions options) {
        if (topics instanceof TopicIdCollection ids) {
            return SimulatedResults.describeTopicIds(each(ids.topicIds(), id -> description(byId(id))));
        }
        return SimulatedResults.describeTopicNames(
                each(((TopicNameCollection) topics).topicNames(), name -> description(cluster.requireTopic(name))));
    }

    private static TopicDescription description(SimTopic topic) {
        List<TopicPartitionInfo> partitions = topic.logs().stream()
                .map(log -> new TopicPartitionInfo(
                        log.partition.partition(), SimCluster.NODE, List.of(SimCluster.NODE), List.of(SimCluster.NODE)))
                .toList();
        return new TopicDescription(topic.name, false, partitions, Set.of(), topic.id);
    }

    @Override
    public DescribeConfigsResult describeConfigs(Collection<ConfigResource> resources, DescribeConfigsOptions options) {
        return SimulatedResults.describeConfigs(each(resources, resource -> switch (resource.type()) {
            case TOPIC -> config(cluster.requireTopic(resource.name()));
            case BROKER ->
                new Config(List.of(new ConfigEntry(
                        "offset.metadata.max.bytes", Integer.toString(SimCluster.OFFSET_METADATA_MAX_BYTES))));
            default -> throw Unsupported.call("the configuration of a " + resource.type());
        }));
    }

    private static Config config(SimTopic topic) {
        List<ConfigEntry> entries = new ArrayList<>();
        topic.settings()
                .forEach((name, value) -> entries.add(new ConfigEntry(
                        name,
                        value,
                        topic.isSet(name)
                                ? ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
                                : ConfigEntry.ConfigSource.DEFAULT_CONFIG,
                        false,
                        false,
                        List.of(),
                        ConfigEntry.ConfigType.UNKNOWN,
                        null)));
        return new Config(entries);
    }

    @Override
    public AlterConfigsResult incrementalAlterConfigs(
            Map<ConfigResource, Collection<AlterConfigOp>> configs, AlterConfigsOptions options) {
        return SimulatedResults.alterConfigs(each(configs.keySet(), resource -> {
            if (resource.type() != ConfigResource.Type.TOPIC) {
                throw Unsupported.call("a change to the configuration of a " + resource.type());
            }
            SimTopic topic = cluster.requireTopic(resource.name());
            for (AlterConfigOp operation : configs.get(resource)) {
                switch (operation.opType()) {
                    case SET ->
                        topic.set(
                                operation.configEntry().name(),
                                operation.configEntry().value());
                    case DELETE -> topic.reset(operation.configEntry().name());
                    default -> throw Unsupported.call("altering a configuration by " + operation.opType());
                }
            }
            return null;
        }));
    }

    @Override
    public CreatePartitionsResult createPartitions(
            Map<String, NewPartitions> newPartitions, CreatePartitionsOptions options) {
        return SimulatedResults.createPartitions(each(newPartitions.keySet(), name -> {
            SimTopic topic = cluster.requireTopic(name);
            int wanted = newPartitions.get(name).totalCount();
            if (wanted <= topic.logs().size()) {
                throw new InvalidPartitionsException("The topic " + name + " currently has "
                        + topic.logs().size() + " partition(s); " + wanted + " would not be an increase.");
            }
            topic.grow(wanted);
            cluster.metadataChanged();
            cluster.trace("topic %s has %d partitions now", name, wanted);
            return null;
        }));
    }

    @Override
    public DescribeClusterResult describeCluster(DescribeClusterOptions options) {
        return SimulatedResults.describeCluster(
                answer(() -> List.of(SimCluster.NODE)),
                answer(() -> SimCluster.NODE),
                answer(() -> SimCluster.CLUSTER_ID));
    }

    // Logs

    @Override
    public ListOffsetsResult listOffsets(
            Map<TopicPartition, OffsetSpec> topicPartitionOffsets, ListOffsetsOptions options) {
        boolean committed = options.isolationLevel() == IsolationLevel.READ_COMMITTED;
        return new ListOffsetsResult(each(
                topicPartitionOffsets.keySet(),
                partition -> offset(cluster.requireLog(partition), topicPartitionOffsets.get(partition), committed)));
    }

    private static ListOffsetsResultInfo offset(SimLog log, OffsetSpec spec, boolean committed) {
        if (spec instanceof OffsetSpec.EarliestSpec) {
            return info(log, log.start());
        } else if (spec instanceof OffsetSpec.LatestSpec) {
            return info(log, committed ? log.lastStableOffset() : log.highWatermark());
        } else if (spec instanceof OffsetSpec.TimestampSpec time) {
            return log.firstSince(SimulatedResults.timeOf(time))
                    .map(found -> new ListOffsetsResultInfo(found.offset(), found.timestamp(), found.leaderEpoch()))
                    .orElse(new ListOffsetsResultInfo(-1, -1, Optional.empty()));
        }
        throw Unsupported.call("Admin.listOffsets with " + spec);
    }

    private static ListOffsetsResultInfo info(SimLog log, long offset) {
        OptionalInt epoch = log.epochAt(offset);
        return new ListOffsetsResultInfo(
                offset, -1, epoch.isPresent() ? Optional.of(epoch.getAsInt()) : Optional.empty());
    }

    @Override
    public DeleteRecordsResult deleteRecords(
            Map<TopicPartition, RecordsToDelete> recordsToDelete, DeleteRecordsOptions options) {
        return new DeleteRecordsResult(each(recordsToDelete.keySet(), partition -> {
            if (cluster.denies(ApiKeys.DELETE_RECORDS)) {
                throw new TopicAuthorizationException(Set.of(partition.topic()));
            }
            SimLog log = cluster.requireLog(partition);
            long before = recordsToDelete.get(partition).beforeOffset();
            if (before > log.highWatermark()) {
                throw new OffsetOutOfRangeException("Cannot delete records before " + before + " of " + partition
                        + ", whose high watermark is " + log.highWatermark());
            }
            log.deleteBefore(before < 0 ? log.highWatermark() : before);
            cluster.trace("%s begins at %d now", partition, log.start());
            return new DeletedRecords(log.start());
        }));
    }

    // Groups

    @Override
    public ListConsumerGroupOffsetsResult listConsumerGroupOffsets(
            Map<String, ListConsumerGroupOffsetsSpec> groupSpecs, ListConsumerGroupOffsetsOptions options) {
        return SimulatedResults.listConsumerGroupOffsets(each(groupSpecs.keySet(), id -> {
            Map<TopicPartition, OffsetAndMetadata> found = new LinkedHashMap<>();
            SimOffsets offsets =
                    cluster.findGroup(id).map(group -> group.offsets).orElseGet(SimOffsets::new);
            Collection<TopicPartition> wanted = groupSpecs.get(id).topicPartitions();
            if (wanted == null) {
                found.putAll(offsets.committed());
            } else {
                wanted.forEach(partition -> found.put(partition, offsets.committed(partition)));
            }
            if (options.requireStable()) {
                found.keySet().removeIf(offsets::isPending);
            }
            return found;
        }));
    }

    @Override
    public AlterConsumerGroupOffsetsResult alterConsumerGroupOffsets(
            String groupId, Map<TopicPartition, OffsetAndMetadata> offsets, AlterConsumerGroupOffsetsOptions options) {
        return SimulatedResults.alterConsumerGroupOffsets(answer(() -> {
            SimGroup group = cluster.group(groupId);
            Map<TopicPartition, Errors> errors = new LinkedHashMap<>();
            offsets.forEach((partition, offset) -> {
                if (group.state() != SimGroup.State.EMPTY) {
                    errors.put(partition, Errors.UNKNOWN_MEMBER_ID);
                } else if (cluster.log(partition).isEmpty()) {
                    errors.put(partition, Errors.UNKNOWN_TOPIC_OR_PARTITION);
                } else {
                    group.offsets.commit(Map.of(partition, offset));
                    errors.put(partition, Errors.NONE);
                }
            });
            cluster.trace("the offsets of %s are set: %s", groupId, offsets);
            return errors;
        }));
    }

    @Override
    public DeleteConsumerGroupOffsetsResult deleteConsumerGroupOffsets(
            String groupId, Set<TopicPartition> partitions, DeleteConsumerGroupOffsetsOptions options) {
        return SimulatedResults.deleteConsumerGroupOffsets(
                answer(() -> {
                    SimGroup group = known(groupId);
                    Set<String> subscribed = new LinkedHashSet<>();
                    group.members().forEach(member -> subscribed.addAll(member.subscription.topics()));
                    Map<TopicPartition, Errors> errors = new LinkedHashMap<>();
                    for (TopicPartition partition : partitions) {
                        boolean busy = subscribed.contains(partition.topic());
                        errors.put(partition, busy ? Errors.GROUP_SUBSCRIBED_TO_TOPIC : Errors.NONE);
                        if (!busy) {
                            group.offsets.delete(List.of(partition));
                        }
                    }
                    return errors;
                }),
                partitions);
    }

    @Override
    public DeleteConsumerGroupsResult deleteConsumerGroups(
            Collection<String> groupIds, DeleteConsumerGroupsOptions options) {
        return SimulatedResults.deleteConsumerGroups(each(groupIds, id -> {
            if (known(id).state() != SimGroup.State.EMPTY) {
                throw new GroupNotEmptyException("The group " + id + " is not empty.");
            }
            cluster.deleteGroup(id);
            cluster.trace("group %s is deleted", id);
            return null;
        }));
    }

    private SimGroup known(String groupId) {
        return cluster.findGroup(groupId)
                .orElseThrow(() -> new GroupIdNotFoundException("Group " + groupId + " not found."));
    }

    @Override
    public RemoveMembersFromConsumerGroupResult removeMembersFromConsumerGroup(
            String groupId, RemoveMembersFromConsumerGroupOptions options) {
        return SimulatedResults.removeMembers(
                answer(() -> {
                    Map<String, Errors> errors = new LinkedHashMap<>();
                    if (options.removeAll()) {
                        cluster.findGroup(groupId)
                                .ifPresent(group -> List.copyOf(group.members())
                                        .forEach(member -> group.leave(member.id, "removed by an admin")));
                    }
                    for (MemberToRemove member : options.members()) {
                        errors.put(member.groupInstanceId(), removed(groupId, member.groupInstanceId()));
                    }
                    return errors;
                }),
                options.members());
    }

    private Errors removed(String groupId, String instanceId) {
        try {
            cluster.group(groupId).leaveInstance(instanceId);
            return Errors.NONE;
        } catch (UnknownMemberIdException unknown) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
    }

    @Override
    public DescribeConsumerGroupsResult describeConsumerGroups(
            Collection<String> groupIds, DescribeConsumerGroupsOptions options) {
        return new DescribeConsumerGroupsResult(each(groupIds, id -> describe(known(id))));
    }

    private static ConsumerGroupDescription describe(SimGroup group) {
        boolean stable = group.state() == SimGroup.State.STABLE;
        List<MemberDescription> members = group.members().stream()
                .map(member -> new MemberDescription(
                        member.id,
                        member.instanceId,
                        Optional.empty(),
                        member.clientId,
                        "/simulated",
                        new MemberAssignment(
                                stable && member.assignment != null
                                        ? new LinkedHashSet<>(member.assignment.partitions())
                                        : Set.of()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()))
                .toList();
        GroupState state = group.state().told();
        return new ConsumerGroupDescription(
                group.id,
                members.isEmpty() && group.assignor().isEmpty(),
                members,
                stable ? group.assignor() : "",
                GroupType.CLASSIC,
                state,
                SimCluster.NODE,
                Set.of(),
                Optional.empty(),
                Optional.empty());
    }

    // Transactions

    @Override
    public DescribeProducersResult describeProducers(
            Collection<TopicPartition> partitions, DescribeProducersOptions options) {
        return SimulatedResults.describeProducers(each(partitions, partition -> {
            if (cluster.denies(ApiKeys.DESCRIBE_PRODUCERS)) {
                throw new TopicAuthorizationException(Set.of(partition.topic()));
            }
            List<ProducerState> producers = cluster.requireLog(partition).producers().stream()
                    .map(producer -> new ProducerState(
                            producer.producerId(),
                            producer.epoch(),
                            0,
                            producer.lastTimestampMillis(),
                            OptionalInt.of(0),
                            producer.openSince()))
                    .toList();
            return new DescribeProducersResult.PartitionProducerState(producers);
        }));
    }

    @Override
    public ListTransactionsResult listTransactions(ListTransactionsOptions options) {
        return SimulatedResults.listTransactions(
                answer(() -> cluster.transactions.all().stream()
                        .filter(each -> !cluster.denies(ApiKeys.LIST_TRANSACTIONS))
                        .filter(each -> options.filteredStates().isEmpty()
                                || options.filteredStates()
                                        .contains(each.state().told()))
                        .filter(each -> options.filteredProducerIds().isEmpty()
                                || options.filteredProducerIds().contains(each.producerId()))
                        .filter(each -> options.filteredDuration() < 0
                                || (each.state() == SimTransaction.State.ONGOING
                                        && cluster.nowMillis() - each.startedMillis() > options.filteredDuration()))
                        .map(each -> new TransactionListing(
                                each.id(), each.producerId(), each.state().told()))
                        .toList()),
                SimCluster.NODE.id());
    }

    @Override
    public DescribeTransactionsResult describeTransactions(
            Collection<String> transactionalIds, DescribeTransactionsOptions options) {
        return SimulatedResults.describeTransactions(each(transactionalIds, id -> {
            SimTransaction found = cluster.transactions
                    .find(id)
                    .orElseThrow(() -> new TransactionalIdNotFoundException("no transactional id " + id));
            Set<TopicPartition> partitions = new LinkedHashSet<>();
            for (Place place : found.places()) {
                partitions.add(place.group() == null ? place.partition() : new TopicPartition("__consumer_offsets", 0));
            }
            boolean open = found.state() == SimTransaction.State.ONGOING || found.deciding();
            return new TransactionDescription(
                    SimCluster.NODE.id(),
                    found.state().told(),
                    found.producerId(),
                    found.epoch(),
                    found.timeoutMillis(),
                    open ? OptionalLong.of(found.startedMillis()) : OptionalLong.empty(),
                    partitions);
        }));
    }

    @Override
    public FenceProducersResult fenceProducers(Collection<String> transactionalIds, FenceProducersOptions options) {
        return SimulatedResults.fenceProducers(each(transactionalIds, id -> {
            if (cluster.denies(ApiKeys.INIT_PRODUCER_ID)) {
                throw new TransactionalIdAuthorizationException("Transactional Id authorization failed.");
            }
            while (true) {
                try {
                    SimTransactions.Identity now = cluster.transactions.init(id, 1);
                    return new ProducerIdAndEpoch(now.producerId(), now.epoch());
                } catch (ConcurrentTransactionsException busy) {
                    if (cluster.transactions
                            .deciding(id)
                            .filter(cluster::markOneOf)
                            .isEmpty()) {
                        throw new TimeoutException("the markers of " + id + " are not written: " + busy.getMessage());
                    }
                }
            }
        }));
    }

    @Override
    public AbortTransactionResult abortTransaction(AbortTransactionSpec spec, AbortTransactionOptions options) {
        return SimulatedResults.abortTransaction(each(List.of(spec.topicPartition()), partition -> {
            abort(spec);
            return null;
        }));
    }

    private void abort(AbortTransactionSpec spec) {
        SimLog log = cluster.requireLog(spec.topicPartition());
        log.checkEpoch(spec.producerId(), spec.producerEpoch());
        if (!log.hasOpen(spec.producerId(), spec.producerEpoch())) {
            throw new InvalidRequestException("producer " + spec.producerId() + " with epoch " + spec.producerEpoch()
                    + " has no open transaction in " + spec.topicPartition());
        }
        log.mark(spec.producerId(), spec.producerEpoch(), false, cluster.nowMillis());
        cluster.trace("an admin aborts producer %d in %s", spec.producerId(), spec.topicPartition());
    }
}
