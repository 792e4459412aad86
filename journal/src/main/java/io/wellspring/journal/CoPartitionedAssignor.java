package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import io.wellspring.journal.TaskGroups.Task;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives whole tasks to the members of a consumer group: task p of a group of topics is partition p of each of them,
 * and one member gets all of it or nothing.
 *
 * <p><em>Which member.</em> The numbers of tasks differ by at most one between members that subscribe to the same
 * topics. Who owns a task keeps it as long as that holds; a task without an owner goes where its state is on disk, if
 * that member has not its share yet. {@link TaskPlan} has the passes.
 *
 * <p><em>Who owns.</em> Each member sends the partitions it has and the generation it got them in. Of several members
 * that claim a task the one with the highest generation owns it; when two have the same, neither does.
 *
 * <p><em>Two rounds</em> (cooperative rebalancing, KIP-429): as long as any partition of a task is claimed by another
 * member than the one it is planned for, nobody gets it; an owner keeps what it has whatever past generations claim.
 * The claimant sees it missing, stops it, gives it back and joins again; in that second round nobody claims it.
 *
 * <pre>
 *   round 1   A owns 0 1 2 3, B is new    plan: A 0 1, B 2 3    assigned: A 0 1, B nothing   (2 and 3 withheld)
 *   round 2   A owns 0 1, B nothing       plan: A 0 1, B 2 3    assigned: A 0 1, B 2 3
 * </pre>
 *
 * <p><em>Standbys.</em> Members that want copies of tasks besides their owners' are told which ones to keep, in the user data of the assignment
 * ({@link StandbyPlan}); when an owner is gone, the member whose standby has read most gets the task.
 *
 * <p>For the {@code classic} group protocol. Configured through the consumer's properties by {@link #GROUPS_CONFIG}
 * and, optionally, {@link #INSTANCE_CONFIG}, {@link #LOCAL_CONFIG}, {@link #ROUND_CONFIG} and {@link #STANDBYS_CONFIG}. The leader's groups of topics count; equal
 * input gives equal output on whichever member leads. Not safe for use by several threads; the consumer calls it on
 * the thread that polls.
 *
 * <p>A group of topics with different numbers of partitions is not assigned at all, and an error names the numbers. A
 * static member that comes back does not start a round, not even with other topics or other state on disk: call
 * {@code Consumer.enforceRebalance} where that matters, with another {@link #ROUND_CONFIG round}.
 */
public final class CoPartitionedAssignor implements ConsumerPartitionAssignor, Configurable {
    /** Consumer property: the groups of co-partitioned topics, a collection of collections of topic names. Required. */
    public static final String GROUPS_CONFIG = "wellspring.assignor.groups";

    /** Consumer property: names the instance; members of one instance share their state on disk. Default: none. */
    public static final String INSTANCE_CONFIG = "wellspring.assignor.instance";

    /**
     * Consumer property: a {@code Supplier<? extends Collection<TopicPartition>>}, asked at each rebalance for the
     * tasks with state on disk, each named by the same partition of any topic of its group. Default: none. Called on
     * the thread that polls.
     */
    public static final String LOCAL_CONFIG = "wellspring.assignor.local";

    /**
     * Consumer property: an {@code IntSupplier}, asked at each rebalance. A static member that wants the group to rebalance has to answer with
     * another number than before: the broker gives it the standing assignment as long as it says the same as last time.
     */
    public static final String ROUND_CONFIG = "wellspring.assignor.round";

    /** Consumer property: a {@link StandbyHolder}. Without it the member has no standbys. */
    public static final String STANDBYS_CONFIG = "wellspring.assignor.standbys";

    private static final Logger LOG = LoggerFactory.getLogger(CoPartitionedAssignor.class);
    private static final String NAME = "wellspring-copartitioned";

    private static final Comparator<TopicPartition> BY_TOPIC_AND_PARTITION =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private TaskGroups groups;
    private String instance = "";
    private Supplier<?> local = List::of;
    private IntSupplier round = () -> 0;
    private Optional<StandbyHolder> standbys = Optional.empty();

    /** Made by the consumer, which then calls {@link #configure}. */
    public CoPartitionedAssignor() {}

    @Override
    public void configure(Map<String, ?> configs) {
        groups = TaskGroups.of(configs.get(GROUPS_CONFIG));
        Object named = configs.get(INSTANCE_CONFIG);
        if (named != null) {
            instance = named.toString();
        }
        Object supplier = configs.get(LOCAL_CONFIG);
        if (supplier != null) {
            if (!(supplier instanceof Supplier<?> known)) {
                throw new ConfigException("consumer property " + LOCAL_CONFIG + " is a "
                        + supplier.getClass().getName()
                        + "; give a Supplier of a Collection of TopicPartition, or leave it out");
            }
            local = known;
        }
        if (configs.get(ROUND_CONFIG) instanceof IntSupplier counted) {
            round = counted;
        }
        if (configs.get(STANDBYS_CONFIG) instanceof StandbyHolder holder) {
            standbys = Optional.of(holder);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<RebalanceProtocol> supportedProtocols() {
        return List.of(RebalanceProtocol.COOPERATIVE);
    }

    @Override
    public ByteBuffer subscriptionUserData(Set<String> topics) {
        Set<TopicPartition> withState = new HashSet<>();
        if (local.get() instanceof Collection<?> given) {
            given.forEach(partition -> withState.add((TopicPartition) partition));
        }
        return new MemberNote(
                        instance,
                        withState,
                        round.getAsInt(),
                        standbys.map(StandbyHolder::wanted).orElse(0),
                        standbys.map(StandbyHolder::followed).orElse(Map.of()))
                .encode();
    }

    @Override
    public void onAssignment(Assignment assignment, ConsumerGroupMetadata metadata) {
        standbys.ifPresent(holder -> holder.assigned(StandbyNote.decode(assignment.userData())));
    }

    @Override
    public GroupAssignment assign(Cluster cluster, GroupSubscription subscriptions) {
        SortedMap<String, Member> members = members(subscriptions.groupSubscription());
        SortedSet<Task> tasks = tasks(cluster);
        SortedMap<Task, String> owners = new TreeMap<>();
        for (Task task : tasks) {
            Member owner = owner(task, members.values());
            if (owner != null && owner.takes[task.group()]) {
                owners.put(task, owner.place);
            }
        }

        Map<String, List<TopicPartition>> assigned = new HashMap<>();
        SortedMap<Task, StandbyPlan.Whereabouts> whereabouts = new TreeMap<>();
        members.values().forEach(member -> assigned.put(member.id, new ArrayList<>()));
        TaskPlan.of(seats(members.values()), tasks, owners).forEach((task, place) -> {
            Member target = members.get(place);
            if (isHeldByAnother(task, target, place.equals(owners.get(task)), members.values())) {
                LOG.debug("{} waits for its owner to give it back before {} gets it", task, target.id);
                whereabouts.put(task, new StandbyPlan.Whereabouts(claimants(task, members.values()), place));
            } else {
                assigned.get(target.id).addAll(groups.partitionsOf(task));
                whereabouts.put(task, new StandbyPlan.Whereabouts(Set.of(target.home()), null));
            }
        });
        Map<String, SortedSet<Task>> standbysOf = standbys(members.values(), whereabouts);

        Map<String, Assignment> assignments = new HashMap<>();
        members.values().forEach(member -> {
            List<TopicPartition> partitions = assigned.get(member.id);
            partitions.sort(BY_TOPIC_AND_PARTITION);
            Set<Task> given = standbysOf.get(member.place);
            assignments.put(
                    member.id,
                    given.isEmpty()
                            ? new Assignment(partitions)
                            : new Assignment(
                                    partitions,
                                    StandbyNote.encode(given.stream()
                                            .map(task ->
                                                    groups.partitionsOf(task).get(0))
                                            .toList())));
        });
        return new GroupAssignment(assignments);
    }

    private static Map<String, SortedSet<Task>> standbys(
            Collection<Member> members, SortedMap<Task, StandbyPlan.Whereabouts> tasks) {
        Map<String, Set<Task>> local = localOfInstances(members);
        return StandbyPlan.of(
                members.stream()
                        .map(member -> new StandbyPlan.Seat(
                                member.place,
                                member.home(),
                                member.takes,
                                member.standbys > 0,
                                member.followed,
                                local.get(member.home())))
                        .toList(),
                members.stream().mapToInt(member -> member.standbys).max().orElse(0),
                tasks);
    }

    /** The instances of those that have a partition of a task. */
    private Set<String> claimants(Task task, Collection<Member> members) {
        return members.stream()
                .filter(member -> groups.partitionsOf(task).stream().anyMatch(member.claimed::contains))
                .map(Member::home)
                .collect(Collectors.toSet());
    }

    /** The members in the order of their places, each with the state on disk of its whole instance. */
    private static List<TaskPlan.Seat> seats(Collection<Member> members) {
        Map<String, Set<Task>> local = localOfInstances(members);
        return members.stream()
                .map(member -> new TaskPlan.Seat(member.place, member.takes, local.get(member.home()), member.followed))
                .toList();
    }

    private static Map<String, Set<Task>> localOfInstances(Collection<Member> members) {
        Map<String, Set<Task>> local = new HashMap<>();
        members.forEach(member ->
                local.computeIfAbsent(member.home(), home -> new HashSet<>()).addAll(member.local));
        return local;
    }

    /** A member as it described itself. */
    private record Member(
            String id,
            String place,
            String instance,
            boolean[] takes,
            Set<Task> local,
            Set<TopicPartition> claimed,
            Set<Task> claimedTasks,
            int generation,
            int standbys,
            Map<Task, Long> followed) {
        /** Whose state on disk it sees; a member that does not name its instance is one of its own. */
        String home() {
            return instance.isEmpty() ? "member " + id : "instance " + instance;
        }
    }

    private SortedMap<String, Member> members(Map<String, Subscription> subscriptions) {
        SortedMap<String, Member> members = new TreeMap<>();
        subscriptions.forEach((id, subscription) -> {
            // Static members keep their place in the order when they come back with another member id.
            String place =
                    subscription.groupInstanceId().map(name -> "static " + name).orElse("dynamic " + id);
            boolean[] takes = new boolean[groups.count()];
            for (int group = 0; group < takes.length; group++) {
                takes[group] = subscription.topics().containsAll(groups.topics(group));
            }
            MemberNote note = MemberNote.decode(id, subscription.userData());
            members.put(
                    place,
                    new Member(
                            id,
                            place,
                            note.instance(),
                            takes,
                            tasksOf(note.local()),
                            Set.copyOf(subscription.ownedPartitions()),
                            tasksOf(subscription.ownedPartitions()),
                            subscription.generationId().orElse(-1),
                            note.standbys(),
                            followedTasks(note.followed())));
        });
        return members;
    }

    private Map<Task, Long> followedTasks(Map<TopicPartition, Long> followed) {
        Map<Task, Long> tasks = new HashMap<>();
        followed.forEach((partition, position) -> {
            Task task = groups.taskOf(partition);
            if (task != null) {
                tasks.merge(task, position, Math::max);
            }
        });
        return tasks;
    }

    private Set<Task> tasksOf(Collection<TopicPartition> partitions) {
        Set<Task> tasks = new HashSet<>();
        for (TopicPartition partition : partitions) {
            Task task = groups.taskOf(partition);
            if (task != null) {
                tasks.add(task);
            }
        }
        return tasks;
    }

    private SortedSet<Task> tasks(Cluster cluster) {
        SortedSet<Task> tasks = new TreeSet<>();
        for (int group = 0; group < groups.count(); group++) {
            Map<String, Integer> counts = groups.partitionCounts(group, cluster);
            Set<Integer> different = new HashSet<>(counts.values());
            if (different.size() == 1 && !different.contains(0)) {
                int partitions = different.iterator().next();
                for (int partition = 0; partition < partitions; partition++) {
                    tasks.add(new Task(group, partition));
                }
            } else {
                LOG.error(
                        "nothing of the topics {} is assigned: one task owns the same partition of each, but their numbers of"
                                + " partitions are {} (0: the topic is missing); give all of them the same number",
                        counts.keySet(),
                        counts);
            }
        }
        return tasks;
    }

    /**
     * Of those that claim the task the one with the highest generation; null when there is none, or two of one
     * generation.
     */
    private static Member owner(Task task, Collection<Member> members) {
        Member owner = null;
        boolean tie = false;
        for (Member member : members) {
            if (!member.claimedTasks.contains(task)) {
                continue;
            }
            if (owner == null || member.generation > owner.generation) {
                owner = member;
                tie = false;
            } else if (member.generation == owner.generation) {
                tie = true;
            }
        }
        return tie ? null : owner;
    }

    /**
     * Whether another member than the one that is to get the task has a partition of it. What the task's owner has
     * itself is left out: there the others' claims are of past generations.
     */
    private boolean isHeldByAnother(Task task, Member target, boolean owns, Collection<Member> members) {
        for (TopicPartition partition : groups.partitionsOf(task)) {
            boolean kept = owns && target.claimed.contains(partition);
            for (Member other : members) {
                if (!kept && !other.id.equals(target.id) && other.claimed.contains(partition)) {
                    return true;
                }
            }
        }
        return false;
    }
}
