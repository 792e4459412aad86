package io.wellspring.journal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** A consumer group as the assignor sees it: rounds, members that keep what they were assigned, and their notes. */
final class SimulatedGroup {
    /** A member between two rounds. */
    static final class Member {
        final String id;
        String instance = "";
        Optional<String> staticId = Optional.empty();
        List<String> topics;
        List<TopicPartition> owned = List.of();
        int generation = -1;
        Set<TopicPartition> local = Set.of();
        int wanted;
        Map<TopicPartition, Long> standbys = Map.of();

        Member(String id, List<String> topics) {
            this.id = id;
            this.topics = topics;
        }

        Set<String> tasks() {
            return owned.stream().map(TopicPartition::toString).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static final int MOST_ROUNDS = 10;

    final Map<String, Member> members = new TreeMap<>();
    private final List<List<String>> groups;
    private final Map<String, Integer> partitions;
    private int generation;

    SimulatedGroup(List<List<String>> groups, Map<String, Integer> partitions) {
        this.groups = groups;
        this.partitions = partitions;
    }

    Member join(String id) {
        Member member = new Member(id, groups.stream().flatMap(List::stream).toList());
        members.put(id, member);
        return member;
    }

    void leave(String id) {
        members.remove(id);
    }

    Member member(String id) {
        return members.get(id);
    }

    CoPartitionedAssignor assignor(String instance, Collection<TopicPartition> local) {
        return assignor(instance, local, new Holder(0, Map.of(), new HashSet<>()));
    }

    private CoPartitionedAssignor assignor(String instance, Collection<TopicPartition> local, StandbyHolder holder) {
        CoPartitionedAssignor assignor = new CoPartitionedAssignor();
        Supplier<Collection<TopicPartition>> supplier = () -> local;
        assignor.configure(Map.of(
                CoPartitionedAssignor.GROUPS_CONFIG, groups,
                CoPartitionedAssignor.INSTANCE_CONFIG, instance,
                CoPartitionedAssignor.LOCAL_CONFIG, supplier,
                CoPartitionedAssignor.STANDBYS_CONFIG, holder));
        return assignor;
    }

    /** What a member says, and what it is told. */
    private record Holder(int wanted, Map<TopicPartition, Long> followed, Set<TopicPartition> given)
            implements StandbyHolder {
        @Override
        public void assigned(Set<TopicPartition> tasks) {
            given.addAll(tasks);
        }
    }

    private Subscription subscription(Member member) {
        Subscription subscription = new Subscription(
                member.topics,
                assignor(member.instance, member.local, new Holder(member.wanted, member.standbys, new HashSet<>()))
                        .subscriptionUserData(Set.copyOf(member.topics)),
                member.owned,
                member.generation,
                Optional.empty());
        subscription.setGroupInstanceId(member.staticId);
        return subscription;
    }

    Cluster cluster() {
        Node node = new Node(0, "localhost", 1);
        List<PartitionInfo> infos = new ArrayList<>();
        partitions.forEach((topic, count) -> {
            for (int partition = 0; partition < count; partition++) {
                infos.add(new PartitionInfo(topic, partition, node, new Node[] {node}, new Node[] {node}));
            }
        });
        return new Cluster("cluster", List.of(node), infos, Set.of(), Set.of());
    }

    /** What a leader would assign now. */
    Map<String, List<TopicPartition>> propose() {
        Map<String, List<TopicPartition>> byMember = new TreeMap<>();
        assignments().forEach((id, assignment) -> byMember.put(id, assignment.partitions()));
        return byMember;
    }

    /** Which standbys a leader would assign now. */
    Map<String, Set<TopicPartition>> proposeStandbys() {
        return standbys(assignments());
    }

    private Map<String, Set<TopicPartition>> standbys(Map<String, Assignment> assigned) {
        Map<String, Set<TopicPartition>> byMember = new TreeMap<>();
        assigned.forEach((id, assignment) -> {
            var told = new Holder(0, Map.of(), new HashSet<>());
            assignor("", Set.of(), told).onAssignment(assignment, null);
            byMember.put(id, told.given());
        });
        return byMember;
    }

    private Map<String, Assignment> assignments() {
        Map<String, Subscription> subscriptions = new HashMap<>();
        members.values().forEach(member -> subscriptions.put(member.id, subscription(member)));
        return assignor("", Set.of())
                .assign(cluster(), new GroupSubscription(subscriptions))
                .groupAssignment();
    }

    /**
     * One round: everybody joins with what it has and takes what it gets.
     *
     * @return whether somebody gave something back, so that another round follows
     */
    boolean round() {
        Map<String, Assignment> assigned = assignments();
        Map<String, Set<TopicPartition>> standbys = standbys(assigned);
        generation++;
        boolean revoked = false;
        for (Member member : members.values()) {
            List<TopicPartition> partitions = assigned.get(member.id).partitions();
            revoked |= !new HashSet<>(partitions).containsAll(member.owned);
            member.owned = partitions;
            member.generation = generation;
            Map<TopicPartition, Long> before = member.standbys;
            member.standbys = standbys.get(member.id).stream()
                    .collect(Collectors.toMap(task -> task, task -> before.getOrDefault(task, 0L) + 1));
        }
        return revoked;
    }

    /** Rounds until nobody gives anything back, or until it is clear that it never ends. */
    int settle() {
        int rounds = 1;
        while (round() && rounds < MOST_ROUNDS) {
            rounds++;
        }
        return rounds;
    }
}
