package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.journal.OffsetMetadata;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Other engines with the identity of this one, which a copied state directory makes (windows 28 and 42 of the failure page): they take each other's
 * place in the group and each other's transactions. Each commit names the instance and its start in the offsets' metadata (I10), so the one that
 * stops can name the other.
 *
 * <p>What was committed before this engine started is known from the beginning, offset by offset. Who has committed another one since is the other,
 * whether it started before or after. Where nobody has, it may be one that was committing before; it may have ended too.
 *
 * <p>That another one lives is shown by nothing but a member that has come to a worker's place: each joining makes a member id that was never there
 * before. A fencing alone does not show it. Brokers fence also when the group's coordinator comes back with what it knew before a member
 * joined, and others end the transactions of a worker whose session has expired.
 */
final class Namesakes {
    private static final Logger LOG = LoggerFactory.getLogger(Namesakes.class);
    private static final int INSTANCE_CHARS = 8;
    private static final Duration BOUND = Duration.ofSeconds(5);

    private final Admin admin;
    private final String group;
    private final String instance;
    private final Set<Commit> before;

    /** Of this engine's workers, and of others that were seen; one for each joining. */
    private final Set<String> knownMembers = ConcurrentHashMap.newKeySet();

    private Namesakes(Admin admin, String group, String instance) {
        this.admin = admin;
        this.group = group;
        this.instance = instance;
        this.before = committing();
        members().forEach(member -> knownMembers.add(member.consumerId()));
    }

    /** The last thing that somebody did: set an offset. */
    private record Commit(TopicPartition partition, long offset, String nonce) {}

    /** Looks at who has committed to a group before this engine does. */
    static Namesakes look(Admin admin, String group, String instanceId) {
        return new Namesakes(admin, group, prefix(instanceId));
    }

    /** The name of one start of an instance, as commits tell it. */
    static String nonce(String instanceId, String startNonce) {
        return prefix(instanceId) + startNonce;
    }

    private static String prefix(String instanceId) {
        return instanceId.substring(0, Math.min(INSTANCE_CHARS, instanceId.length())) + ".";
    }

    /** Says under which id a worker of this engine is a member; any thread may. */
    void joined(String memberId) {
        knownMembers.add(memberId);
    }

    /**
     * Whether another process has come to a worker's place in the group since this was last asked, or since the start. Asks the cluster and waits;
     * no answer shows nothing.
     */
    boolean newcomerHolds(String workerId) {
        return holder(workerId)
                .filter(member -> knownMembers.add(member.consumerId()))
                .isPresent();
    }

    /** What is known of them, as sentences; for the one time at which it is needed, since it asks the cluster and waits. */
    String described(String workerId, String ownNonce) {
        String committed = committed(committing(), ownNonce);
        return holder(workerId)
                .map(member -> committed + " The place in the group is held by member " + member.consumerId() + " at "
                        + member.host() + ".")
                .orElse(committed);
    }

    private String committed(Set<Commit> now, String ownNonce) {
        Set<Commit> since = new HashSet<>(now);
        since.removeAll(before);
        Set<String> others = names(since, ownNonce);
        if (!others.isEmpty()) {
            return "It commits as " + String.join(", ", others) + " (instance, host, process).";
        }
        Set<String> earlier = names(before, ownNonce);
        return earlier.isEmpty()
                ? "It has committed nothing yet."
                : "It has committed nothing since this engine started; before, " + String.join(", ", earlier)
                        + " (instance, host, process) did.";
    }

    private static Set<String> names(Set<Commit> commits, String ownNonce) {
        return commits.stream()
                .map(Commit::nonce)
                .filter(nonce -> !nonce.equals(ownNonce))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<Commit> committing() {
        try {
            return await(admin.listConsumerGroupOffsets(
                                    group, new ListConsumerGroupOffsetsOptions().timeoutMs((int) BOUND.toMillis()))
                            .partitionsToOffsetAndMetadata())
                    .entrySet()
                    .stream()
                    .flatMap(commit -> commit(commit.getKey(), commit.getValue()).stream())
                    .filter(commit -> commit.nonce().startsWith(instance))
                    .collect(Collectors.toSet());
        } catch (ExecutionException | TimeoutException | KafkaException unknown) {
            LOG.debug("the offsets of group {} cannot be looked at", group, unknown);
            return Set.of();
        }
    }

    private static Optional<Commit> commit(TopicPartition partition, OffsetAndMetadata offset) {
        return metadata(offset).map(said -> new Commit(partition, offset.offset(), said.nonce()));
    }

    private static Optional<OffsetMetadata> metadata(OffsetAndMetadata offset) {
        try {
            return offset == null ? Optional.empty() : OffsetMetadata.decode(offset.metadata());
        } catch (CorruptException strange) {
            return Optional.empty(); // the recovery of its task says what is wrong
        }
    }

    private Optional<MemberDescription> holder(String workerId) {
        return members().stream()
                .filter(member -> member.groupInstanceId().equals(Optional.of(workerId)))
                .findFirst();
    }

    private Collection<MemberDescription> members() {
        try {
            return await(admin.describeConsumerGroups(
                                    List.of(group),
                                    new DescribeConsumerGroupsOptions().timeoutMs((int) BOUND.toMillis()))
                            .describedGroups()
                            .get(group))
                    .members();
        } catch (ExecutionException | TimeoutException | KafkaException unknown) {
            LOG.debug("group {} cannot be described", group, unknown);
            return List.of();
        }
    }

    private static <T> T await(KafkaFuture<T> answer) throws ExecutionException, TimeoutException {
        try {
            return answer.get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ExecutionException(interrupted);
        }
    }
}
