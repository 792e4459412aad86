package io.wellspring.journal;

import io.wellspring.api.error.WellspringException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeProducersOptions;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the open transactions that hold readers back, and ends those of dead workers.
 *
 * <pre>
 *   describeProducers   who has a transaction open on the partitions that a reader waits for
 *   listTransactions    under which transactional ids; and which of this group's ids have a transaction open anywhere, since one that holds
 *                       only offsets shows on no partition of ours
 *   describe the group  whose workers are members
 *   fence               those that are ours by name and no members: initialising the id aborts its transaction, or rolls a commit forward
 * </pre>
 *
 * <p>A worker's transactional id is its instance id in the group as well, so that a member is known by it. A member is never fenced: it is
 * alive, or its session will tell. What a missing right hides is waited for: transactions end by themselves after their timeout.
 *
 * <p>Any thread may begin a search; each search is confined to one thread.
 */
public final class TransactionHolders {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionHolders.class);
    private static final String UUID_AND_NUMBER = "-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9]+";

    private static final Set<TransactionState> ENDED =
            Set.of(TransactionState.EMPTY, TransactionState.COMPLETE_ABORT, TransactionState.COMPLETE_COMMIT);

    private final Admin admin;
    private final ClusterAnswers answers;

    /**
     * Holders of a cluster's transactions.
     *
     * @param admin the client to ask with; stays the caller's
     * @param cluster how messages name the cluster: its bootstrap servers
     * @param bound the longest time until a question is answered or fails
     */
    public TransactionHolders(Admin admin, String cluster, Duration bound) {
        this.admin = admin;
        this.answers = new ClusterAnswers(cluster, bound);
    }

    /**
     * Begins a search; nothing waits.
     *
     * @param group the consumer group; its workers are named {@code group-INSTANCE-NUMBER} with a UUID for the instance
     * @param partitions whose readers are held back
     * @return the search, to be polled
     */
    public Search search(String group, Collection<TopicPartition> partitions) {
        return new Search(group, partitions);
    }

    /**
     * What a search found.
     *
     * @param fenced dead workers whose transactions were ended
     * @param waitedFor transactional ids whose transactions go on: members of the group, or somebody else's
     * @param hindrances why something could not be seen or ended, such as the right that is missing
     * @param hanging open transactions that nobody will end, if a later search finds them too: one may have ended between two questions of a search
     */
    public record Found(Set<String> fenced, Set<String> waitedFor, List<String> hindrances, Set<Hanging> hanging) {}

    /**
     * A transaction that a partition has open and its coordinator takes for complete: brokers have lost its marker. No client can end it but an
     * administrator's, with an abort on that partition (<a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-664">KIP-664</a>).
     *
     * @param partition where it is open
     * @param startOffset its first record there
     * @param transactionalId whose it was
     * @param state what its coordinator says
     */
    public record Hanging(TopicPartition partition, long startOffset, String transactionalId, TransactionState state) {}

    /** An open transaction as its partition tells it. */
    private record Open(TopicPartition partition, long startOffset) {}

    private enum Step {
        PRODUCERS,
        TRANSACTIONS,
        MEMBERS,
        FENCING,
        DONE
    }

    /** A search under way. */
    public final class Search {
        private final String group;
        private final Pattern ours;
        private final Set<String> holders = new TreeSet<>();
        private final Set<String> fenced = new TreeSet<>();

        /** Producers with a transaction open on the partitions, whose transactional id is not known. */
        private final Set<Long> unnamed = new TreeSet<>();

        private final List<TopicPartition> partitions;
        private final Map<Long, List<Open>> openOf = new HashMap<>();
        private final Set<Hanging> hanging = new HashSet<>();

        private final List<String> hindrances = new ArrayList<>();
        private Step step = Step.PRODUCERS;
        private List<KafkaFuture<?>> waiting;
        private List<KafkaFuture<?>> previous = List.of();

        private Search(String group, Collection<TopicPartition> partitions) {
            this.group = group;
            this.ours = Pattern.compile(Pattern.quote(group) + UUID_AND_NUMBER);
            this.partitions = List.copyOf(partitions);
            var result = admin.describeProducers(
                    partitions, new DescribeProducersOptions().timeoutMs(answers.boundMillis()));
            this.waiting = this.partitions.stream()
                    .<KafkaFuture<?>>map(result::partitionResult)
                    .toList();
        }

        /**
         * Takes the next step if the answers are there; never waits.
         *
         * @return what was found, once the search is over
         */
        public Optional<Found> poll() {
            while (step != Step.DONE && waiting.stream().allMatch(KafkaFuture::isDone)) {
                previous = waiting;
                advance();
            }
            if (step != Step.DONE) {
                return Optional.empty();
            }
            Set<String> left = new TreeSet<>(holders);
            left.removeAll(fenced);
            return Optional.of(
                    new Found(Set.copyOf(fenced), Set.copyOf(left), List.copyOf(hindrances), Set.copyOf(hanging)));
        }

        private void advance() {
            switch (step) {
                case PRODUCERS -> listTransactions();
                case TRANSACTIONS -> describeGroup();
                case MEMBERS -> fence();
                case FENCING, DONE -> end();
            }
        }

        private void listTransactions() {
            for (int asked = 0; asked < partitions.size(); asked++) {
                TopicPartition partition = partitions.get(asked);
                answer(
                                previous.get(asked),
                                PartitionProducerState.class,
                                "DESCRIBE_PRODUCERS needs READ on the journals")
                        .ifPresent(state -> state.activeProducers().forEach(producer -> seen(partition, producer)));
            }
            unnamed.addAll(openOf.keySet());
            List<KafkaFuture<?>> asked = new ArrayList<>();
            if (!unnamed.isEmpty()) {
                asked.add(admin.listTransactions(options().filterProducerIds(Set.copyOf(unnamed)))
                        .all());
            }
            asked.add(admin.listTransactions(options()
                            .filterStates(Set.of(TransactionState.ONGOING))
                            .filterOnTransactionalIdPattern("^" + group.replace(".", "\\.") + "-.*"))
                    .all());
            waiting = asked;
            step = Step.TRANSACTIONS;
        }

        private void seen(TopicPartition partition, ProducerState producer) {
            producer.currentTransactionStartOffset()
                    .ifPresent(start -> openOf.computeIfAbsent(producer.producerId(), first -> new ArrayList<>())
                            .add(new Open(partition, start)));
        }

        private ListTransactionsOptions options() {
            return new ListTransactionsOptions().timeoutMs(answers.boundMillis());
        }

        private void describeGroup() {
            for (KafkaFuture<?> answer : previous) {
                answer(answer, Collection.class, "LIST_TRANSACTIONS needs DESCRIBE on the transactional ids")
                        .ifPresent(listings -> {
                            for (Object listing : listings) {
                                var transaction = (TransactionListing) listing;
                                unnamed.remove(transaction.producerId());
                                if (transaction.state() == TransactionState.ONGOING) {
                                    holders.add(transaction.transactionalId());
                                } else if (ENDED.contains(transaction.state())) {
                                    openOf.getOrDefault(transaction.producerId(), List.of())
                                            .forEach(open -> hanging.add(new Hanging(
                                                    open.partition(),
                                                    open.startOffset(),
                                                    transaction.transactionalId(),
                                                    transaction.state())));
                                }
                            }
                        });
            }
            if (!unnamed.isEmpty() && hindrances.isEmpty()) {
                // Brokers leave out what may not be seen, and do not say so.
                hindrances.add("producers " + unnamed
                        + " have transactions open on the journals, under transactional ids that cannot be seen: LIST_TRANSACTIONS needs DESCRIBE"
                        + " on the transactional ids");
            }
            if (holders.stream().noneMatch(ours.asMatchPredicate())) {
                end();
                return;
            }
            waiting = List.of(admin.describeConsumerGroups(
                            List.of(group), new DescribeConsumerGroupsOptions().timeoutMs(answers.boundMillis()))
                    .describedGroups()
                    .get(group));
            step = Step.MEMBERS;
        }

        private void fence() {
            Optional<ConsumerGroupDescription> description =
                    answer(previous.get(0), ConsumerGroupDescription.class, "DESCRIBE on the group is needed");
            if (description.isEmpty()) {
                end();
                return;
            }
            Set<String> members = description.get().members().stream()
                    .map(MemberDescription::groupInstanceId)
                    .flatMap(Optional::stream)
                    .collect(Collectors.toSet());
            List<String> dead = holders.stream()
                    .filter(ours.asMatchPredicate())
                    .filter(id -> !members.contains(id))
                    .toList();
            if (dead.isEmpty()) {
                end();
                return;
            }
            LOG.info("Ending the open transactions of {}, which are no members of group {} any more", dead, group);
            fenced.addAll(dead);
            waiting = List.of(admin.fenceProducers(dead, new FenceProducersOptions().timeoutMs(answers.boundMillis()))
                    .all());
            step = Step.FENCING;
        }

        private void end() {
            if (step == Step.FENCING && !answered(previous.get(0), "fencing needs WRITE on the transactional ids")) {
                fenced.clear();
            }
            waiting = List.of();
            step = Step.DONE;
        }

        private boolean answered(KafkaFuture<?> answer, String right) {
            try {
                answers.await(answer, "a search for open transactions of group " + group);
                return true;
            } catch (UnsupportedVersionException older) {
                return false; // a broker before 4.1 cannot filter by name; what partitions tell is all there is
            } catch (AuthorizationException refused) {
                hindrances.add(right + ": " + refused.getMessage());
                return false;
            } catch (KafkaException | WellspringException unanswered) {
                hindrances.add(unanswered.getMessage());
                return false;
            }
        }

        private <T> Optional<T> answer(KafkaFuture<?> answer, Class<T> type, String right) {
            return answered(answer, right)
                    ? Optional.of(type.cast(answers.await(answer, "a search for open transactions of group " + group)))
                    : Optional.empty();
        }
    }
}
