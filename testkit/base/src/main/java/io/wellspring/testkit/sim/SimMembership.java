package io.wellspring.testkit.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.RebalanceProtocol;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * A consumer's side of the {@code classic} group protocol. Everything happens inside of polls, but heartbeats, which come as long as the
 * process runs.
 *
 * <pre>
 *   OUT --join--> JOINING --all have joined--> SYNCING --assignment--> IN --a rebalance, partitions to give back--> JOINING
 *    ^                                                                  |
 *    +------------- unknown to the group: all partitions are lost ------+
 * </pre>
 *
 * <p>Fenced by the answer to a heartbeat it forgets its member id and joins as a new member, which fences the other. Fenced as it joins it keeps the id,
 * and is fenced again with each try, until it unsubscribes (4.4).
 */
final class SimMembership implements SimMember.Heartbeats {
    private static final int NEVER = -1;
    private static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final SimCluster cluster;
    private final SimProcess process;
    private final ConsumerSettings settings;
    private final SimPositions positions;
    private final String groupId;
    private final ConsumerPartitionAssignor assignor;
    private final boolean cooperative;
    /** Called before partitions are given up, for automatic commits. */
    private final Runnable beforeRevocation;

    private Set<String> topics = Set.of();
    private ConsumerRebalanceListener listener;
    private Phase phase = Phase.OUT;
    private String memberId = "";
    private int generation = -1;
    private boolean rejoin;
    private int assignedInMetadata = NEVER;
    private long lastPollMillis;
    private long closedMillis = -1;
    private int knownWakings;
    /** Whether the last heartbeat was refused for good. */
    private boolean heartbeatFailed;

    SimMembership(
            SimCluster cluster,
            SimProcess process,
            ConsumerSettings settings,
            SimPositions positions,
            Runnable beforeRevocation) {
        this.cluster = cluster;
        this.process = process;
        this.settings = settings;
        this.positions = positions;
        this.beforeRevocation = beforeRevocation;
        this.groupId = settings.groupId().orElseThrow();
        this.assignor = settings.assignors().get(0);
        // Of what all its assignors can do, a consumer does the best.
        this.cooperative = settings.assignors().stream()
                .allMatch(each -> each.supportedProtocols().contains(RebalanceProtocol.COOPERATIVE));
        this.lastPollMillis = cluster.nowMillis();
    }

    private enum Phase {
        OUT,
        JOINING,
        SYNCING,
        IN
    }

    void subscribe(Collection<String> to, ConsumerRebalanceListener calls) {
        Set<String> wanted = new TreeSet<>(to);
        if (phase != Phase.OUT && !wanted.equals(topics)) {
            rejoin = true;
        }
        topics = wanted;
        listener = calls;
    }

    Set<String> topics() {
        return topics;
    }

    ConsumerGroupMetadata metadata() {
        return memberMetadata(generation, memberId);
    }

    @SuppressWarnings("removal") // Nobody but a member's client can make it, and this is one.
    private ConsumerGroupMetadata memberMetadata(int ofGeneration, String ofMember) {
        return new ConsumerGroupMetadata(groupId, ofGeneration, ofMember, settings.instanceId());
    }

    void enforceRebalance() {
        rejoin = true;
    }

    // Heartbeats

    @Override
    public OptionalLong stoppedMillis() {
        long stopped = Long.MAX_VALUE;
        if (closedMillis >= 0) {
            stopped = closedMillis;
        }
        if (process.stoppedMillis().isPresent()) {
            stopped = Math.min(stopped, process.stoppedMillis().getAsLong());
        }
        // A static member does not leave when it is not polled; it falls silent.
        if (settings.instanceId().isPresent() && pollIsLate()) {
            stopped = Math.min(stopped, lastPollMillis + settings.maxPollIntervalMillis());
        }
        return stopped == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(stopped);
    }

    @Override
    public boolean leaves() {
        return settings.instanceId().isEmpty()
                && closedMillis < 0
                && process.stoppedMillis().isEmpty()
                && pollIsLate();
    }

    private boolean pollIsLate() {
        return cluster.nowMillis() - lastPollMillis > settings.maxPollIntervalMillis();
    }

    // Polls

    void poll() {
        if (leaves() && !memberId.isEmpty()) {
            cluster.group(groupId).leave(memberId, "it was not polled for too long");
        }
        lastPollMillis = cluster.nowMillis();
        if (cluster.away()) {
            return;
        }
        if (knownWakings != process.wakings()) {
            knownWakings = process.wakings();
            // The answer to the first heartbeat after a stall may come later than the poll that follows it.
            if (cluster.chance(0.5)) {
                return;
            }
        }
        advance();
    }

    private void advance() {
        // Joining, assigning, taking over and giving back, each at most twice: more means waiting for others.
        for (int round = 0; round < 8; round++) {
            Phase before = phase;
            boolean again = rejoin;
            try {
                once();
            } catch (RebalanceInProgressException e) {
                rejoin = true;
            } catch (UnknownMemberIdException | IllegalGenerationException e) {
                forgetMembership(e);
            } catch (FencedInstanceIdException taken) {
                if (heartbeatFailed) {
                    forgetMembership(taken);
                } else {
                    cluster.trace("%s is fenced as it joins %s", memberId, groupId);
                    phase = Phase.OUT;
                    rejoin = false;
                }
                throw taken;
            }
            if (phase == before && again == rejoin && !rejoin) {
                return;
            }
        }
    }

    private void once() {
        SimGroup group = cluster.group(groupId);
        heartbeatFailed = false;
        // Whoever wants to join does so before its next heartbeat.
        if (phase == Phase.IN && !rejoin) {
            heartbeat(group);
            if (group.isLeader(memberId) && assignedInMetadata != cluster.metadataVersion() && cluster.chance(0.5)) {
                noticeTopics();
            }
        }
        if (phase == Phase.OUT || (rejoin && phase != Phase.JOINING)) {
            join(group);
        }
        if (phase == Phase.JOINING) {
            requireMember(group);
            if (!group.isJoining(memberId)) {
                generation = group.generation();
                phase = Phase.SYNCING;
            }
        }
        if (phase == Phase.SYNCING) {
            sync(group);
        }
    }

    private void heartbeat(SimGroup group) {
        try {
            group.heartbeat(memberId, settings.instanceId(), generation);
        } catch (RebalanceInProgressException called) {
            rejoin = true;
        } catch (FencedInstanceIdException fenced) {
            heartbeatFailed = true;
            throw fenced;
        }
    }

    /** A member whose joining was cut short by its removal learns it as from any other request. */
    private void requireMember(SimGroup group) {
        try {
            group.heartbeat(memberId, settings.instanceId(), group.generation());
        } catch (RebalanceInProgressException stillMember) {
            return;
        }
    }

    private void noticeTopics() {
        assignedInMetadata = cluster.metadataVersion();
        cluster.trace("%s notices that topics have changed", memberId);
        rejoin = true;
    }

    private void join(SimGroup group) {
        rejoin = false;
        giveUpBeforeJoin();
        List<TopicPartition> owned = cooperative ? List.copyOf(positions.assigned()) : List.of();
        Subscription subscription = new Subscription(
                List.copyOf(topics), assignor.subscriptionUserData(topics), owned, generation, Optional.empty());
        memberId = group.join(
                memberId,
                settings.instanceId(),
                subscription,
                new SimGroup.Joining(
                        settings.clientId(),
                        assignor.name(),
                        settings.sessionTimeoutMillis(),
                        settings.maxPollIntervalMillis(),
                        this));
        phase = Phase.JOINING;
    }

    private void giveUpBeforeJoin() {
        SortedSet<TopicPartition> leaving = sorted(positions.assigned());
        if (memberId.isEmpty()) {
            if (!leaving.isEmpty()) {
                call(calls -> calls.onPartitionsLost(leaving));
                positions.remove(leaving);
            }
            return;
        }
        if (cooperative) {
            leaving.removeIf(partition -> topics.contains(partition.topic()));
        }
        if (!leaving.isEmpty()) {
            beforeRevocation.run();
            call(calls -> calls.onPartitionsRevoked(leaving));
            positions.remove(leaving);
        }
    }

    private void sync(SimGroup group) {
        group.heartbeat(memberId, settings.instanceId(), generation);
        if (group.state() == SimGroup.State.COMPLETING && group.isLeader(memberId)) {
            Map<String, Subscription> subscriptions = group.subscriptions();
            Set<String> all = new TreeSet<>();
            subscriptions.values().forEach(subscription -> all.addAll(subscription.topics()));
            assignedInMetadata = cluster.metadataVersion();
            group.assign(assignor.assign(cluster.view(all), new GroupSubscription(subscriptions))
                    .groupAssignment());
        }
        Optional<Assignment> given = group.assignment(memberId, settings.instanceId(), generation);
        if (given.isPresent()) {
            phase = Phase.IN;
            if (assignedInMetadata == NEVER) {
                assignedInMetadata =
                        cluster.metadataVersion(); // a leader that came back goes on with what stands (KIP-814)
            }
            take(given.get());
        }
    }

    private void take(Assignment given) {
        SortedSet<TopicPartition> owned = sorted(positions.assigned());
        SortedSet<TopicPartition> assigned = sorted(given.partitions());
        SortedSet<TopicPartition> added = sorted(assigned);
        added.removeAll(owned);
        SortedSet<TopicPartition> revoked = sorted(owned);
        revoked.removeAll(assigned);
        KafkaException failure = null;
        if (!revoked.isEmpty()) {
            cluster.trace("%s has to give back %s", memberId, revoked);
            beforeRevocation.run();
            failure = attempt(calls -> calls.onPartitionsRevoked(revoked));
            rejoin = true;
        }
        assignor.onAssignment(given, metadata());
        positions.assign(assigned);
        cluster.trace("%s is given %s", memberId, added);
        KafkaException second = attempt(calls -> calls.onPartitionsAssigned(added));
        if (failure != null || second != null) {
            throw failure != null ? failure : second;
        }
    }

    private void forgetMembership(RuntimeException why) {
        cluster.trace("%s is no member of %s any more: %s", memberId, groupId, why.getMessage());
        memberId = "";
        generation = -1;
        phase = Phase.OUT;
        rejoin = false;
    }

    private void call(Consumer<ConsumerRebalanceListener> what) {
        KafkaException failure = attempt(what);
        if (failure != null) {
            throw failure;
        }
    }

    /** What callbacks throw comes out of the poll, as the real client has it, once the rebalance is through. */
    private KafkaException attempt(Consumer<ConsumerRebalanceListener> what) {
        try {
            if (listener != null) {
                what.accept(listener);
            }
            return null;
        } catch (KafkaException thrown) {
            return thrown;
        } catch (RuntimeException thrown) {
            return new KafkaException("User rebalance callback throws an error", thrown);
        }
    }

    // The end

    void leave(GroupMembershipOperation operation, boolean closing) {
        SortedSet<TopicPartition> owned = sorted(positions.assigned());
        if (!owned.isEmpty()) {
            boolean lost = generation < 0 || phase == Phase.OUT;
            KafkaException failure = attempt(calls -> {
                if (lost) {
                    calls.onPartitionsLost(owned);
                } else {
                    calls.onPartitionsRevoked(owned);
                }
            });
            if (failure != null) {
                cluster.trace("a callback of %s failed at its end: %s", memberId, failure.getMessage());
            }
            positions.remove(owned);
        }
        boolean leaves = operation == GroupMembershipOperation.LEAVE_GROUP
                || (operation == GroupMembershipOperation.DEFAULT
                        && settings.instanceId().isEmpty());
        if (leaves && !memberId.isEmpty() && !cluster.away()) {
            cluster.group(groupId).leave(memberId, "it left");
        }
        if (closing) {
            closedMillis = cluster.nowMillis();
        } else {
            memberId = ""; // a static member too: it comes back as another one
            generation = -1;
            phase = Phase.OUT;
        }
    }

    private static SortedSet<TopicPartition> sorted(Collection<TopicPartition> partitions) {
        SortedSet<TopicPartition> sorted = new TreeSet<>(ORDER);
        sorted.addAll(new ArrayList<>(partitions));
        return sorted;
    }
}
