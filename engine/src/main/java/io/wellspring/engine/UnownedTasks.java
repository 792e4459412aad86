package io.wellspring.engine;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether each task has an owner, and tells when the group has to hand its tasks out anew because one has none.
 *
 * <p>A cooperative rebalance has two rounds: in the first, a task that moves is withheld, and its owner begins the second when it has given the task
 * back. An owner that dies in between and is back within its session is given what stands, for a static member starts no round (KIP-345): the task
 * would be nobody's for ever. So it would be where a broker comes back with an older state of the group, as it was between two rounds.
 *
 * <p>Between two rounds a task has no owner for a moment, so it has to have none in two looks. One member asks, the first by its instance id: when that one
 * is gone, the end of its session makes the group rebalance anyway. For the {@code classic} protocol, where members plan.
 */
final class UnownedTasks {
    private static final Logger LOG = LoggerFactory.getLogger(UnownedTasks.class);
    private static final long SHORTEST_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LONGEST_NANOS = Duration.ofMinutes(5).toNanos();
    private static final int ANSWER_MILLIS = 10_000;

    private final Admin admin;
    private final Cluster cluster;
    private final String member;
    private final LongSupplier nanos;
    private Optional<KafkaFuture<ConsumerGroupDescription>> asked = Optional.empty();
    private Set<String> before = Set.of();
    private long waitNanos = SHORTEST_NANOS;
    private long dueNanos;

    /**
     * The first look comes after the first wait.
     *
     * @param member the instance id of the member that looks
     */
    UnownedTasks(Admin admin, Cluster cluster, String member, LongSupplier nanos) {
        this.admin = admin;
        this.cluster = cluster;
        this.member = member;
        this.nanos = nanos;
        this.dueNanos = nanos.getAsLong() + waitNanos;
    }

    /**
     * Goes on with a look; never waits.
     *
     * @return the tasks without an owner for which this member is to make the group rebalance now; mostly none
     */
    Set<String> look() {
        if (asked.isEmpty()) {
            if (nanos.getAsLong() - dueNanos >= 0) {
                asked = Optional.of(describe());
            }
            return Set.of();
        }
        if (!asked.get().isDone()) {
            return Set.of();
        }
        Optional<ConsumerGroupDescription> group = answer(asked.get());
        asked = Optional.empty();
        Set<String> unowned = group.map(this::unowned).orElse(Set.of());
        Set<String> still = new TreeSet<>(unowned);
        still.retainAll(before);
        before = unowned;
        // Where it does not help, or may not be looked at, less and less often.
        waitNanos = group.isPresent() && still.isEmpty() ? SHORTEST_NANOS : Math.min(2 * waitNanos, LONGEST_NANOS);
        dueNanos = nanos.getAsLong() + waitNanos;
        return group.isPresent() && isFirst(group.get()) ? still : Set.of();
    }

    private KafkaFuture<ConsumerGroupDescription> describe() {
        String group = cluster.topology().pipeline();
        return admin.describeConsumerGroups(
                        List.of(group), new DescribeConsumerGroupsOptions().timeoutMs(ANSWER_MILLIS))
                .describedGroups()
                .get(group);
    }

    private Optional<ConsumerGroupDescription> answer(KafkaFuture<ConsumerGroupDescription> done) {
        try {
            return Optional.of(done.getNow(null));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (CompletionException | ExecutionException | KafkaException unseen) {
            LOG.debug("group {} cannot be described", cluster.topology().pipeline(), unseen);
            return Optional.empty();
        }
    }

    private Set<String> unowned(ConsumerGroupDescription group) {
        if (group.groupState() != GroupState.STABLE) {
            return Set.of();
        }
        Set<TopicPartition> owned = group.members().stream()
                .flatMap(each -> each.assignment().topicPartitions().stream())
                .collect(Collectors.toSet());
        Set<String> unowned = new TreeSet<>();
        for (TaskGroup tasks : cluster.topology().groups()) {
            String topic = tasks.topics().get(0);
            for (int partition = 0; partition < cluster.partitions(topic); partition++) {
                if (!owned.contains(new TopicPartition(topic, partition))) {
                    unowned.add(new TaskId(tasks.number(), partition).toString());
                }
            }
        }
        return unowned;
    }

    private boolean isFirst(ConsumerGroupDescription group) {
        return group.members().stream()
                .map(MemberDescription::groupInstanceId)
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .filter(member::equals)
                .isPresent();
    }
}
