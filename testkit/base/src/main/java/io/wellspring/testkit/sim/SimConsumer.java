package io.wellspring.testkit.sim;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.metrics.KafkaMetric;

/** A consumer. What it reads it reads in the poll that gives it out; nothing is fetched ahead. */
final class SimConsumer implements Consumer<byte[], byte[]> {
    private static final Duration API_TIMEOUT = Duration.ofMinutes(1);
    /** A wait this long outlasts any marker that is to be written. */
    private static final Duration LONG = Duration.ofSeconds(1);

    private final SimCluster cluster;
    private final SimProcess process;
    private final ConsumerSettings settings;
    private final SimPositions positions;
    private final Optional<SimMembership> membership;
    private final String name;
    private Mode mode = Mode.NONE;
    private boolean wakeup;
    private boolean closed;
    private long nextAutoCommitMillis;

    SimConsumer(SimCluster cluster, SimProcess process, Map<String, Object> configs) {
        this.cluster = cluster;
        this.process = process;
        this.settings = ConsumerSettings.of(configs);
        this.positions = new SimPositions(cluster, settings);
        this.membership = settings.groupId()
                .map(group -> new SimMembership(cluster, process, settings, positions, this::commitByItself));
        this.name = "consumer " + settings.instanceId().orElse(settings.clientId()) + " of " + process;
        this.nextAutoCommitMillis = cluster.nowMillis() + settings.autoCommitIntervalMillis();
    }

    private enum Mode {
        NONE,
        ASSIGNED,
        SUBSCRIBED
    }

    // Assignment

    @Override
    public Set<TopicPartition> assignment() {
        requireOpen();
        return positions.assigned();
    }

    @Override
    public Set<String> subscription() {
        requireOpen();
        return mode == Mode.SUBSCRIBED ? membership().topics() : Set.of();
    }

    @Override
    public void subscribe(Collection<String> topics) {
        subscribe(topics, (ConsumerRebalanceListener) null);
    }

    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener callback) {
        requireOpen();
        if (topics.isEmpty()) {
            unsubscribe();
            return;
        }
        if (mode == Mode.ASSIGNED) {
            throw otherMode();
        }
        membership().subscribe(topics, callback);
        mode = Mode.SUBSCRIBED;
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
        requireOpen();
        if (partitions.isEmpty()) {
            unsubscribe();
            return;
        }
        if (mode == Mode.SUBSCRIBED) {
            throw otherMode();
        }
        mode = Mode.ASSIGNED;
        positions.assign(partitions);
    }

    private static IllegalStateException otherMode() {
        return new IllegalStateException("Subscription to topics, partitions and pattern are mutually exclusive");
    }

    @Override
    public void unsubscribe() {
        requireOpen();
        if (mode == Mode.SUBSCRIBED) {
            membership().leave(GroupMembershipOperation.DEFAULT, false);
        }
        mode = Mode.NONE;
        positions.assign(List.of());
    }

    private SimMembership membership() {
        return membership.orElseThrow(() -> new InvalidGroupIdException(
                "To use the group management or offset commit APIs, you must provide a valid group.id in the consumer"
                        + " configuration."));
    }

    @Override
    public ConsumerGroupMetadata groupMetadata() {
        requireOpen();
        return membership().metadata();
    }

    @Override
    public void enforceRebalance() {
        enforceRebalance("");
    }

    @Override
    public void enforceRebalance(String reason) {
        requireOpen();
        if (mode != Mode.SUBSCRIBED) {
            throw new IllegalStateException("Tried to force a rebalance but consumer does not have a group.");
        }
        membership().enforceRebalance();
    }

    // Reading

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        requireOpen();
        if (mode == Mode.NONE) {
            throw new IllegalStateException("Consumer is not subscribed to any topics or assigned any partitions");
        }
        if (wakeup) {
            wakeup = false;
            throw new WakeupException();
        }
        if (settings.autoCommit() && cluster.nowMillis() >= nextAutoCommitMillis) {
            commitByItself();
            nextAutoCommitMillis = cluster.nowMillis() + settings.autoCommitIntervalMillis();
        }
        ConsumerRecords<byte[], byte[]> polled = pollOnce();
        if (polled.isEmpty() && polled.nextOffsets().isEmpty() && !timeout.isZero()) {
            cluster.whileWaiting(timeout);
            polled = pollOnce();
        }
        return polled;
    }

    private ConsumerRecords<byte[], byte[]> pollOnce() {
        if (mode == Mode.SUBSCRIBED) {
            membership().poll();
        }
        try {
            if (!positions.unset().isEmpty() && !beginUnset()) {
                return ConsumerRecords.empty();
            }
            cluster.ask(Request.FETCH, name, () -> true);
        } catch (NoAnswer late) {
            return ConsumerRecords.empty();
        }
        // A read changes nothing in the cluster. What is read counts, and moves the positions, once the reply is there.
        positions.compare();
        return positions.read();
    }

    /** Sets positions that are not set; false while committed offsets are pending. */
    private boolean beginUnset() {
        List<TopicPartition> unset = positions.unset();
        if (settings.groupId().isEmpty()) {
            positions.begin(Map.of());
            return true;
        }
        SimOffsets offsets = cluster.group(settings.groupId().orElseThrow()).offsets;
        if (unset.stream().anyMatch(offsets::isPending)) {
            return false;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = cluster.ask(Request.OFFSET_FETCH, name, offsets::committed);
        positions.begin(committed);
        return true;
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
        seek(partition, offset, Optional.empty());
    }

    @Override
    public void seek(TopicPartition partition, OffsetAndMetadata offsetAndMetadata) {
        seek(partition, offsetAndMetadata.offset(), offsetAndMetadata.leaderEpoch());
    }

    private void seek(TopicPartition partition, long offset, Optional<Integer> epoch) {
        requireOpen();
        if (offset < 0) {
            throw new IllegalArgumentException("seek offset must not be a negative number");
        }
        positions.seek(partition, offset, epoch);
    }

    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        requireOpen();
        all(partitions).forEach(positions::toStart);
    }

    @Override
    public void seekToEnd(Collection<TopicPartition> partitions) {
        requireOpen();
        all(partitions).forEach(positions::toEnd);
    }

    private Collection<TopicPartition> all(Collection<TopicPartition> partitions) {
        return partitions.isEmpty() ? positions.assigned() : partitions;
    }

    @Override
    public long position(TopicPartition partition) {
        return position(partition, API_TIMEOUT);
    }

    @Override
    public long position(TopicPartition partition, Duration timeout) {
        requireOpen();
        if (!positions.assigned().contains(partition)) {
            throw new IllegalStateException(
                    "You can only check the position for partitions assigned to this consumer.");
        }
        if (positions.position(partition).isEmpty() && !timeout.isZero() && !cluster.away()) {
            try {
                beginUnset();
                positions.compare();
            } catch (NoAnswer late) {
                cluster.trace("%s does not learn its position in %s", name, partition);
            }
        }
        return positions
                .position(partition)
                .orElseThrow(() -> new TimeoutException("Timeout of " + timeout.toMillis()
                        + "ms expired before the position for partition " + partition + " could be determined"));
    }

    @Override
    public Set<TopicPartition> paused() {
        requireOpen();
        return positions.paused();
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        requireOpen();
        positions.pause(partitions, true);
    }

    @Override
    public void resume(Collection<TopicPartition> partitions) {
        requireOpen();
        positions.pause(partitions, false);
    }

    @Override
    public OptionalLong currentLag(TopicPartition partition) {
        requireOpen();
        return positions.lag(partition);
    }

    // Offsets of the group

    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
        return committed(partitions, API_TIMEOUT);
    }

    @Override
    public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions, Duration timeout) {
        requireOpen();
        membership();
        SimOffsets offsets = cluster.group(settings.groupId().orElseThrow()).offsets;
        boolean patient = timeout.compareTo(LONG) >= 0 || cluster.chance(0.5);
        while (patient && markOneOf(offsets.producersPending(partitions))) {
            // The answer waits for the markers of these transactions.
        }
        if (partitions.stream().anyMatch(offsets::isPending)) {
            throw noOffsets(timeout);
        }
        try {
            return cluster.ask(Request.OFFSET_FETCH, name, () -> {
                Map<TopicPartition, OffsetAndMetadata> committed = new LinkedHashMap<>();
                partitions.forEach(partition -> committed.put(partition, offsets.committed(partition)));
                return committed;
            });
        } catch (NoAnswer late) {
            throw noOffsets(timeout);
        }
    }

    private boolean markOneOf(Set<Long> producers) {
        return cluster.transactions.all().stream()
                .filter(transaction -> producers.contains(transaction.producerId()))
                .anyMatch(cluster::markOneOf);
    }

    private static TimeoutException noOffsets(Duration timeout) {
        return new TimeoutException("Timeout of " + timeout.toMillis()
                + "ms expired before the last committed offset for partitions could be determined. Try tuning"
                + " default.api.timeout.ms larger to relax the threshold.");
    }

    @Override
    public void commitSync() {
        commitSync(API_TIMEOUT);
    }

    @Override
    public void commitSync(Duration timeout) {
        requireOpen();
        commitSync(positions.consumed(), timeout);
    }

    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        commitSync(offsets, API_TIMEOUT);
    }

    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        requireOpen();
        try {
            commit(offsets);
        } catch (NoAnswer late) {
            throw new TimeoutException("Timeout of " + timeout.toMillis()
                    + "ms expired before successfully committing offsets " + offsets);
        }
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        ConsumerGroupMetadata from = membership().metadata();
        if (mode == Mode.SUBSCRIBED && from.generationId() < 0) {
            throw new CommitFailedException("Offset commit cannot be completed since the consumer is no member of"
                    + " group " + from.groupId() + " at the moment");
        }
        cluster.ask(Request.OFFSET_COMMIT, name, () -> {
            SimGroup group = cluster.group(from.groupId());
            try {
                group.validateCommit(from, false);
            } catch (UnknownMemberIdException | IllegalGenerationException refused) {
                throw new CommitFailedException("Offset commit cannot be completed since the consumer is not part of an"
                        + " active group for auto partition assignment: " + refused.getMessage());
            }
            offsets.values().forEach(SimCluster::requireShort);
            group.offsets.commit(offsets);
            cluster.trace("%s commits %s", name, offsets);
            return group;
        });
    }

    private void commitByItself() {
        if (settings.autoCommit() && !positions.consumed().isEmpty()) {
            try {
                commit(positions.consumed());
            } catch (NoAnswer | KafkaException refused) {
                cluster.trace("%s could not commit by itself: %s", name, refused.getMessage());
            }
        }
    }

    @Override
    public void commitAsync() {
        commitAsync(null);
    }

    @Override
    public void commitAsync(OffsetCommitCallback callback) {
        requireOpen();
        commitAsync(positions.consumed(), callback);
    }

    @Override
    public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        requireOpen();
        Exception failure = null;
        try {
            commit(offsets);
        } catch (NoAnswer late) {
            failure = new TimeoutException("no answer to the commit of " + offsets);
        } catch (KafkaException refused) {
            failure = refused;
        }
        if (callback != null) {
            callback.onComplete(offsets, failure);
        }
    }

    // Topics

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        return partitionsFor(topic, API_TIMEOUT);
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
        requireOpen();
        return asked(timeout, "topic metadata", () -> cluster.partitions(topic));
    }

    @Override
    public Map<String, List<PartitionInfo>> listTopics() {
        return listTopics(API_TIMEOUT);
    }

    @Override
    public Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
        requireOpen();
        return asked(timeout, "topic metadata", () -> {
            Map<String, List<PartitionInfo>> topics = new LinkedHashMap<>();
            cluster.topicNames().forEach(topic -> topics.put(topic, cluster.partitions(topic)));
            return topics;
        });
    }

    @Override
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(Map<TopicPartition, Long> timestampsToSearch) {
        return offsetsForTimes(timestampsToSearch, API_TIMEOUT);
    }

    @Override
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
            Map<TopicPartition, Long> timestampsToSearch, Duration timeout) {
        requireOpen();
        return asked(timeout, "offsets by times", () -> {
            Map<TopicPartition, OffsetAndTimestamp> found = new LinkedHashMap<>();
            timestampsToSearch.forEach((partition, time) -> found.put(
                    partition,
                    cluster.requireLog(partition)
                            .firstSince(time)
                            .map(read -> new OffsetAndTimestamp(read.offset(), read.timestamp(), read.leaderEpoch()))
                            .orElse(null)));
            return found;
        });
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return beginningOffsets(partitions, API_TIMEOUT);
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions, Duration timeout) {
        return offsets(partitions, timeout, SimLog::start);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return endOffsets(partitions, API_TIMEOUT);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout) {
        return offsets(
                partitions, timeout, settings.readCommitted() ? SimLog::lastStableOffset : SimLog::highWatermark);
    }

    private Map<TopicPartition, Long> offsets(
            Collection<TopicPartition> partitions, Duration timeout, Function<SimLog, Long> which) {
        requireOpen();
        return asked(timeout, "offsets by times", () -> {
            Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
            partitions.forEach(partition -> {
                long offset = which.apply(cluster.requireLog(partition));
                offsets.put(partition, offset);
                positions.tellEnd(partition, offset);
            });
            return offsets;
        });
    }

    private <T> T asked(Duration timeout, String what, Supplier<T> answer) {
        try {
            return cluster.ask(Request.METADATA, name, answer);
        } catch (NoAnswer | UnknownTopicOrPartitionException late) {
            throw new TimeoutException("Failed to get " + what + " in " + timeout.toMillis() + "ms");
        }
    }

    // The end

    @Override
    public void wakeup() {
        wakeup = true;
    }

    @Override
    public void close() {
        close(CloseOptions.timeout(Duration.ofSeconds(30)));
    }

    @SuppressWarnings("InlineMeSuggester") // Kafka's deprecation, not ours to inline.
    @Deprecated
    @Override
    public void close(Duration timeout) {
        close(CloseOptions.timeout(timeout));
    }

    @Override
    public void close(CloseOptions option) {
        if (!closed && !process.crashed()) {
            if (mode == Mode.SUBSCRIBED) {
                commitByItself();
                membership().leave(option.groupMembershipOperation(), true);
            }
            cluster.trace("%s is closed", name);
        }
        closed = true;
    }

    private void requireOpen() {
        process.requireAlive("consume");
        if (closed) {
            throw new IllegalStateException("This consumer has already been closed.");
        }
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener callback) {
        throw Unsupported.call("Consumer.subscribe(Pattern)");
    }

    @Override
    public void subscribe(Pattern pattern) {
        throw Unsupported.call("Consumer.subscribe(Pattern)");
    }

    @Override
    public void subscribe(SubscriptionPattern pattern, ConsumerRebalanceListener callback) {
        throw Unsupported.call("Consumer.subscribe(SubscriptionPattern)");
    }

    @Override
    public void subscribe(SubscriptionPattern pattern) {
        throw Unsupported.call("Consumer.subscribe(SubscriptionPattern)");
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        throw Unsupported.call("Consumer.registerMetricForSubscription");
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        throw Unsupported.call("Consumer.unregisterMetricFromSubscription");
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        throw Unsupported.call("Consumer.clientInstanceId");
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }
}
