package io.wellspring.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A worker's place in the consumer group: turns partitions that come and go into tasks that come and go. A task comes when <em>all</em> its
 * partitions have arrived and goes when <em>one</em> leaves, inside the callback that takes it away (I3).
 *
 * <p>Positions are always set by seek; a partition rests until its task has recovered.
 */
final class Membership implements AutoCloseable {
    private final Consumer<byte[], byte[]> consumer;
    private final List<TaskGroup> groups;
    private final Listener listener;
    private final Set<TopicPartition> assigned = new HashSet<>();
    private final Set<TaskId> tasks = new HashSet<>();
    private final List<String> topics = new ArrayList<>();
    private final CommittedOffsets committed;
    private int round;

    Membership(
            Function<IntSupplier, Consumer<byte[], byte[]>> consumers,
            List<TaskGroup> groups,
            Listener listener,
            LongSupplier nanos) {
        this.consumer = consumers.apply(() -> round);
        this.committed = new CommittedOffsets(consumer, nanos);
        this.groups = groups;
        this.listener = listener;
        groups.forEach(group -> topics.addAll(group.topics()));
        consumer.subscribe(topics, new Callbacks());
    }

    /** What becomes of the tasks; called inside {@link #poll} and {@link #close}. */
    interface Listener {
        /** The group has given out its partitions, if only none to this member. */
        void joined();

        void arrived(TaskId task);

        /** These tasks go to another member: commit, then let go of them. */
        void leaving(Set<TaskId> tasks);

        /** These tasks have gone to another member already: nothing of them may be committed. */
        void lost(Set<TaskId> tasks);
    }

    /** Whether all of a task's partitions are here. */
    boolean owns(TaskId task) {
        return tasks.contains(task);
    }

    ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
        committed.polled();
        return consumer.poll(atMost);
    }

    /** Asks the group to hand out its partitions anew; follows with one of the next polls. */
    void regroup(String why) {
        round++;
        consumer.enforceRebalance(why);
    }

    /**
     * Forgets the place in the group and joins anew with one of the next polls. A member that was fenced as it joined would send the same member id
     * again, and be fenced again (4.4).
     *
     * @return the tasks that it had there; they are gone, and the listener is not told
     */
    Set<TaskId> joinAnew() {
        Set<TaskId> gone = Set.copyOf(tasks);
        tasks.clear();
        assigned.clear();
        consumer.unsubscribe();
        consumer.subscribe(topics, new Callbacks());
        return gone;
    }

    ConsumerGroupMetadata metadata() {
        return consumer.groupMetadata();
    }

    /**
     * The committed offsets of a task, stable: none that a transaction under way may still change.
     *
     * @return the offsets, null for a partition without one; empty when it is not the task's turn to ask, or the group did not answer in time: ask again
     */
    Optional<Map<TopicPartition, OffsetAndMetadata>> committed(Task task) {
        return committed.ask(task);
    }

    /**
     * The consumer's position. Never waits.
     *
     * @return empty while it is being compared with the log of a new leader (KIP-320); the polls see to that, and say if the log has lost it
     */
    OptionalLong position(TopicPartition partition) {
        try {
            return OptionalLong.of(consumer.position(partition, Duration.ZERO));
        } catch (TimeoutException | OffsetOutOfRangeException inDoubt) {
            return OptionalLong.empty();
        }
    }

    boolean caughtUp(TopicPartition partition) {
        return consumer.currentLag(partition).orElse(1) == 0;
    }

    void pause(Collection<TopicPartition> partitions) {
        consumer.pause(assignedOf(partitions));
    }

    void resume(Collection<TopicPartition> partitions) {
        consumer.resume(assignedOf(partitions));
    }

    void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
    }

    @Override
    public void close() {
        close(false);
    }

    /**
     * Ends the membership.
     *
     * @param leave whether the group is left for good; otherwise a static member's partitions wait for its restart until the session ends
     */
    void close(boolean leave) {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(10))
                .withGroupMembershipOperation(
                        leave
                                ? CloseOptions.GroupMembershipOperation.LEAVE_GROUP
                                : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
    }

    private List<TopicPartition> assignedOf(Collection<TopicPartition> partitions) {
        return partitions.stream().filter(assigned::contains).toList();
    }

    private Set<TaskId> tasksOf(Collection<TopicPartition> partitions) {
        Set<TaskId> found = new HashSet<>();
        for (TopicPartition partition : partitions) {
            for (TaskGroup group : groups) {
                if (group.topics().contains(partition.topic())) {
                    found.add(new TaskId(group.number(), partition.partition()));
                }
            }
        }
        return found;
    }

    private boolean complete(TaskId task) {
        for (TaskGroup group : groups) {
            if (group.number() == task.group()) {
                return group.topics().stream()
                        .allMatch(topic -> assigned.contains(new TopicPartition(topic, task.partition())));
            }
        }
        return false;
    }

    private final class Callbacks implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> arrived) {
            // A position that is set keeps the consumer from asking for one; resting, it fetches nothing there.
            consumer.pause(arrived);
            arrived.forEach(partition -> consumer.seek(partition, 0));
            assigned.addAll(arrived);
            for (TaskId task : tasksOf(arrived)) {
                if (complete(task) && tasks.add(task)) {
                    listener.arrived(task);
                }
            }
            listener.joined();
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> leaving) {
            Set<TaskId> gone = tasksOf(leaving);
            gone.retainAll(tasks);
            if (!gone.isEmpty()) {
                listener.leaving(gone);
            }
            forget(leaving, gone);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> lost) {
            Set<TaskId> gone = tasksOf(lost);
            gone.retainAll(tasks);
            if (!gone.isEmpty()) {
                listener.lost(gone);
            }
            forget(lost, gone);
        }

        private void forget(Collection<TopicPartition> partitions, Set<TaskId> gone) {
            assigned.removeAll(Set.copyOf(partitions));
            tasks.removeAll(gone);
            // What is left of a task that lost one of its partitions rests until it is whole again.
            consumer.pause(assigned.stream()
                    .filter(partition -> !Collections.disjoint(tasksOf(List.of(partition)), gone))
                    .toList());
        }
    }
}
