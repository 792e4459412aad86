package io.wellspring.engine;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer group as an engine finds it before it joins. Static members outlive their engine until the session ends, which helps a restart and
 * hurts a changed one: the group gives the old assignment to a member that comes back with other topics, and keeps partitions for workers that
 * are not started any more (windows 38 and 39 of the failure page).
 *
 * <p>Without the rights to look or to remove, everything works but later: the log says for how long.
 */
final class GroupBefore {
    private static final Logger LOG = LoggerFactory.getLogger(GroupBefore.class);

    private final Admin admin;
    private final String group;
    private final Duration bound;
    private final Optional<ConsumerGroupDescription> found;

    private GroupBefore(Admin admin, String group, Duration bound) {
        this.admin = admin;
        this.group = group;
        this.bound = bound;
        this.found = describe();
    }

    /** Looks at a group, for the bound at the longest. */
    static GroupBefore look(Admin admin, String group, Duration bound) {
        return new GroupBefore(admin, group, bound);
    }

    /** Whether the standing assignment is over other topics than these, so that it must not be what members come back to. */
    boolean standsOnOtherTopicsThan(Set<String> topics) {
        Set<String> assigned = found.stream()
                .flatMap(description -> description.members().stream())
                .flatMap(member -> member.assignment().topicPartitions().stream())
                .map(TopicPartition::topic)
                .collect(Collectors.toSet());
        return !assigned.isEmpty() && !assigned.equals(topics);
    }

    /** Removes static members that will not come back as they are. */
    void remove(Set<String> instanceIds, String why) {
        Set<String> present = found.stream()
                .flatMap(description -> description.members().stream())
                .map(MemberDescription::groupInstanceId)
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(HashSet::new));
        present.retainAll(instanceIds);
        if (present.isEmpty()) {
            return;
        }
        Set<MemberToRemove> ghosts = present.stream().map(MemberToRemove::new).collect(Collectors.toSet());
        try {
            await(admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(ghosts))
                    .all());
            LOG.info("removed members {} of group {}: {}", present, group, why);
        } catch (ExecutionException | TimeoutException refused) {
            LOG.warn(
                    "members {} of group {} hold their partitions until their session ends, since they could not be removed;"
                            + " READ on the group would allow it: {}",
                    present,
                    group,
                    refused.toString());
        }
    }

    private Optional<ConsumerGroupDescription> describe() {
        try {
            return Optional.of(await(admin.describeConsumerGroups(
                            List.of(group),
                            new DescribeConsumerGroupsOptions().timeoutMs(Math.toIntExact(bound.toMillis())))
                    .describedGroups()
                    .get(group)));
        } catch (ExecutionException | TimeoutException unseen) {
            if (!(unseen.getCause() instanceof GroupIdNotFoundException)) {
                LOG.warn(
                        "group {} cannot be described, so members of workers that are no more stay until their session ends, and added"
                                + " source topics are taken up with the next rebalance only; DESCRIBE on the group would help: {}",
                        group,
                        unseen.toString());
            }
            return Optional.empty();
        }
    }

    private <T> T await(KafkaFuture<T> answer) throws ExecutionException, TimeoutException {
        try {
            return answer.get(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ExecutionException(interrupted);
        }
    }
}
