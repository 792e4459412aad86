package io.wellspring.testkit.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * The coordinator of one group of the {@code classic} protocol.
 *
 * <pre>
 *   EMPTY --join--> PREPARING --all have joined--> COMPLETING --the leader has assigned--> STABLE
 *     ^                 ^                               |                                     |
 *     +-- last member --+------- a member joins, leaves, or its session ends -----------------+
 * </pre>
 *
 * <p>A static member (KIP-345) that joins anew takes the place of the one before, which is fenced from then on; while the group is
 * stable nobody else notices.
 */
final class SimGroup {
    final String id;
    final SimOffsets offsets = new SimOffsets();
    private final SimCluster cluster;
    private final Map<String, SimMember> members = new LinkedHashMap<>();
    private final Map<String, String> idByInstance = new LinkedHashMap<>();
    private final Map<String, String> idBefore = new LinkedHashMap<>();
    private State state = State.EMPTY;
    private int generation;
    private String leader = "";
    private String assignor = "";
    private long preparingSinceMillis;
    private int memberNumber;

    SimGroup(String id, SimCluster cluster) {
        this.id = id;
        this.cluster = cluster;
    }

    enum State {
        EMPTY(GroupState.EMPTY),
        PREPARING(GroupState.PREPARING_REBALANCE),
        COMPLETING(GroupState.COMPLETING_REBALANCE),
        STABLE(GroupState.STABLE);

        private final GroupState told;

        State(GroupState told) {
            this.told = told;
        }

        GroupState told() {
            return told;
        }
    }

    State state() {
        return state;
    }

    int generation() {
        return generation;
    }

    String assignor() {
        return assignor;
    }

    Collection<SimMember> members() {
        return members.values();
    }

    boolean isLeader(String memberId) {
        return leader.equals(memberId);
    }

    /**
     * A member joins, or joins again.
     *
     * @return its member id, a new one unless it had one
     */
    String join(String memberId, Optional<String> instanceId, Subscription subscription, Joining joining) {
        if (!memberId.isEmpty()) {
            validate(memberId, instanceId);
        }
        String joined = memberId;
        Assignment kept = null;
        boolean quiet = false;
        if (memberId.isEmpty()) {
            joined = instanceId.orElse(joining.clientId()) + "-" + ++memberNumber;
            String before = instanceId.map(idByInstance::get).orElse(null);
            SimMember old = before == null ? null : members.remove(before);
            if (old != null) {
                idBefore.put(joined, before);
                quiet = state == State.STABLE && assignor.equals(joining.assignor());
                kept = old.assignment;
                leader = leader.equals(before) ? joined : leader;
                cluster.trace("group %s: %s takes the place of %s", id, joined, before);
            }
            String added = joined;
            instanceId.ifPresent(instance -> idByInstance.put(instance, added));
            members.put(
                    joined,
                    new SimMember(
                            joined,
                            instanceId,
                            joining.clientId(),
                            joining.sessionTimeoutMillis(),
                            joining.rebalanceTimeoutMillis(),
                            joining.heartbeats()));
        }
        SimMember member = members.get(joined);
        member.subscription = subscription;
        if (quiet) {
            member.assignment = kept;
            return joined;
        }
        assignor = joining.assignor();
        cluster.trace("group %s: %s joins", id, joined);
        prepare();
        member.joining = true;
        completeIfAllJoined();
        return joined;
    }

    /** What a member brings along. */
    record Joining(
            String clientId,
            String assignor,
            long sessionTimeoutMillis,
            long rebalanceTimeoutMillis,
            SimMember.Heartbeats heartbeats) {}

    private void prepare() {
        if (state != State.PREPARING) {
            state = State.PREPARING;
            preparingSinceMillis = cluster.nowMillis();
            members.values().forEach(member -> member.joining = false);
        }
    }

    private void completeIfAllJoined() {
        if (members.isEmpty()) {
            state = State.EMPTY;
            generation++;
            leader = "";
            cluster.trace("group %s is empty in generation %d", id, generation);
        } else if (state == State.PREPARING && members.values().stream().allMatch(member -> member.joining)) {
            complete();
        }
    }

    private void complete() {
        generation++;
        state = State.COMPLETING;
        if (!members.containsKey(leader) || !members.get(leader).joining) {
            leader = members.values().stream()
                    .filter(member -> member.joining)
                    .findFirst()
                    .orElseThrow()
                    .id;
        }
        members.values().forEach(member -> {
            member.joining = false;
            member.assignment = null;
        });
        cluster.trace("group %s: generation %d of %s, led by %s", id, generation, members.keySet(), leader);
    }

    boolean isJoining(String memberId) {
        return members.get(memberId).joining;
    }

    /** What the leader assigns from; the leader only asks. */
    Map<String, Subscription> subscriptions() {
        Map<String, Subscription> subscriptions = new LinkedHashMap<>();
        members.values().forEach(member -> {
            member.subscription.setGroupInstanceId(member.instanceId);
            subscriptions.put(member.id, member.subscription);
        });
        return subscriptions;
    }

    /** The leader gives its assignment. */
    void assign(Map<String, Assignment> assignments) {
        if (state != State.COMPLETING) {
            throw new RebalanceInProgressException();
        }
        members.values()
                .forEach(member -> member.assignment = assignments.getOrDefault(member.id, new Assignment(List.of())));
        state = State.STABLE;
        cluster.trace("group %s is stable in generation %d", id, generation);
    }

    /** What a member was given; empty while the leader has not spoken. */
    Optional<Assignment> assignment(String memberId, Optional<String> instanceId, int memberGeneration) {
        heartbeat(memberId, instanceId, memberGeneration);
        return state == State.STABLE ? Optional.of(members.get(memberId).assignment) : Optional.empty();
    }

    /**
     * Looks whether a member is one.
     *
     * @throws RebalanceInProgressException when it has to join again
     */
    void heartbeat(String memberId, Optional<String> instanceId, int memberGeneration) {
        validate(memberId, instanceId);
        if (memberGeneration != generation) {
            throw new IllegalGenerationException("generation " + memberGeneration + " is past, now " + generation);
        }
        if (state == State.PREPARING) {
            throw new RebalanceInProgressException();
        }
    }

    private void validate(String memberId, Optional<String> instanceId) {
        if (instanceId.isPresent()) {
            String known = idByInstance.get(instanceId.get());
            if (known == null) {
                throw new UnknownMemberIdException(
                        "group " + id + " has no member with instance id " + instanceId.get());
            } else if (!known.equals(memberId)) {
                throw new FencedInstanceIdException("instance id " + instanceId.get() + " of group " + id
                        + " belongs to member " + known + " by now, not to " + memberId);
            }
        }
        if (!members.containsKey(memberId)) {
            throw new UnknownMemberIdException("group " + id + " has no member " + memberId);
        }
    }

    /** Checks who commits offsets, as ClassicGroup.validateOffsetCommit does: nobody in particular passes in a transaction. */
    void validateCommit(ConsumerGroupMetadata from, boolean transactional) {
        if (from.generationId() < 0 && state == State.EMPTY) {
            return;
        }
        if (from.generationId() >= 0
                || !from.memberId().isEmpty()
                || from.groupInstanceId().isPresent()) {
            validate(from.memberId(), from.groupInstanceId());
            if (from.generationId() != generation) {
                throw new IllegalGenerationException(
                        "generation " + from.generationId() + " is past, now " + generation);
            }
        } else if (!transactional) {
            throw new UnknownMemberIdException("group " + id + " has members, and the commit is of none");
        }
        if (!transactional && state == State.COMPLETING) {
            throw new RebalanceInProgressException();
        }
    }

    void leave(String memberId, String why) {
        SimMember gone = members.remove(memberId);
        if (gone == null) {
            return;
        }
        gone.instanceId.ifPresent(instance -> idByInstance.remove(instance, memberId));
        cluster.trace("group %s: %s is gone, %s", id, memberId, why);
        prepare();
        completeIfAllJoined();
    }

    void leaveInstance(String instanceId) {
        String memberId = idByInstance.get(instanceId);
        if (memberId == null) {
            throw new UnknownMemberIdException("group " + id + " has no member with instance id " + instanceId);
        }
        leave(memberId, "removed by an admin");
    }

    /**
     * The coordinator comes back with what it knew before a static member took the place of another: by that one's id, which nobody uses any more.
     *
     * @throws IllegalStateException when the member has taken nobody's place
     */
    void forgetLastJoining(String instanceId) {
        String memberId = idByInstance.get(instanceId);
        String before = idBefore.get(memberId);
        if (before == null) {
            throw new IllegalStateException(instanceId + " has taken nobody's place in group " + id);
        }
        SimMember forgotten = members.remove(memberId);
        OptionalLong silentSince = OptionalLong.of(cluster.nowMillis());
        SimMember known = new SimMember(
                before,
                forgotten.instanceId,
                forgotten.clientId,
                forgotten.sessionTimeoutMillis,
                forgotten.rebalanceTimeoutMillis,
                new SimMember.Heartbeats() {
                    @Override
                    public OptionalLong stoppedMillis() {
                        return silentSince;
                    }

                    @Override
                    public boolean leaves() {
                        return false;
                    }
                });
        known.subscription = forgotten.subscription;
        known.assignment = forgotten.assignment;
        members.put(before, known);
        idByInstance.put(instanceId, before);
        leader = leader.equals(memberId) ? before : leader;
        cluster.trace("group %s has forgotten that %s joined in the place of %s", id, memberId, before);
    }

    /** Members that the passing of time takes away now. */
    List<SimMember> expired() {
        List<SimMember> late = new ArrayList<>();
        for (SimMember member : members.values()) {
            boolean silent = member.heartbeats.stoppedMillis().isPresent()
                    && cluster.nowMillis() - member.heartbeats.stoppedMillis().getAsLong()
                            >= member.sessionTimeoutMillis;
            if (silent || member.heartbeats.leaves()) {
                late.add(member);
            }
        }
        return late;
    }

    /** Whether a rebalance has waited long enough for those who do not join. */
    boolean rebalanceIsLate() {
        long bound = members.values().stream()
                .mapToLong(member -> member.rebalanceTimeoutMillis)
                .max()
                .orElse(0);
        return state == State.PREPARING
                && cluster.nowMillis() - preparingSinceMillis >= bound
                && members.values().stream().anyMatch(member -> member.joining);
    }

    /** Goes on without those who did not join in time; static members stay members until their session ends. */
    void endLateRebalance() {
        List<SimMember> late = members.values().stream()
                .filter(member -> !member.joining && member.instanceId.isEmpty())
                .toList();
        late.forEach(member -> {
            members.remove(member.id);
            cluster.trace("group %s: %s did not join in time", id, member.id);
        });
        complete();
    }
}
