package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks where journals begin and end. The end is the <em>high watermark</em> (invariant I6 of the architecture page): it counts a
 * transaction whose markers are still being written. The {@code endOffsets} of a read_committed consumer are the last stable offset,
 * which stops before such a transaction, and the high watermark inside a fetch's answer may lag; a replay that trusted one of them
 * would silently lack events that are committed.
 *
 * <p>Any thread may ask.
 */
public final class JournalEnds {
    private static final Logger LOG = LoggerFactory.getLogger(JournalEnds.class);

    private final Admin admin;
    private final ClusterAnswers answers;

    /**
     * Ends of a cluster's journals.
     *
     * @param admin the client to ask with; stays the caller's
     * @param cluster how messages name the cluster: its bootstrap servers
     * @param bound the longest time until a question is answered or fails
     */
    public JournalEnds(Admin admin, String cluster, Duration bound) {
        this.admin = admin;
        this.answers = new ClusterAnswers(cluster, bound);
    }

    /**
     * Asks without waiting. What comes back is no older than this call.
     *
     * @param journals the partitions
     * @return the question, to be polled; within the bound each partition has its answer or fails
     */
    public Asked ask(Collection<TopicPartition> journals) {
        return new Asked(listed(journals, OffsetSpec.earliest()), listed(journals, OffsetSpec.latest()));
    }

    /**
     * Asks and waits.
     *
     * @param journals the partitions
     * @return the range of each
     * @throws RetryableException when the cluster does not answer within the bound or does not know a partition
     * @throws ConfigException when a partition may not be described
     */
    public Map<TopicPartition, LogRange> await(Collection<TopicPartition> journals) {
        Asked asked = ask(journals);
        Map<TopicPartition, LogRange> ranges = new HashMap<>();
        journals.forEach(journal -> ranges.put(journal, asked.await(journal)));
        return ranges;
    }

    /**
     * Asks and waits for leader epochs that positions can be compared by later (KIP-320). The epoch of the leader that wrote the record before
     * the position, or of a later one: it was leader when it answered, and its log reached the position. So an epoch given here is never too low,
     * which is what would make a sound journal look truncated; a tail that is lost after the answer is noticed, one that was lost before is not.
     *
     * @param positions by journal, an offset up to which the caller has read or written, and has had the writing acknowledged
     * @param atMost the longest wait
     * @return the epochs; a journal is missing where no answer came in time, or one that does not reach the position
     */
    public Map<TopicPartition, Integer> leaderEpochs(Map<TopicPartition, Long> positions, Duration atMost) {
        var bounded = new ClusterAnswers(answers.cluster(), atMost);
        ListOffsetsResult asked = admin.listOffsets(
                positions.keySet().stream()
                        .collect(Collectors.toMap(journal -> journal, journal -> OffsetSpec.latest())),
                new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs(bounded.boundMillis()));
        Map<TopicPartition, Integer> epochs = new HashMap<>();
        positions.forEach((journal, position) -> {
            try {
                ListOffsetsResultInfo end =
                        bounded.await(asked.partitionResult(journal), "the leader epoch of journal " + journal);
                // One that was leader once and does not know of its successor yet has a lower epoch, and a shorter log.
                if (end.offset() >= position) {
                    end.leaderEpoch().ifPresent(epoch -> epochs.put(journal, epoch));
                }
            } catch (WellspringException | KafkaException unanswered) {
                LOG.debug("No leader epoch for position {} of journal {}", position, journal, unanswered);
            }
        });
        return epochs;
    }

    private ListOffsetsResult listed(Collection<TopicPartition> journals, OffsetSpec spec) {
        return admin.listOffsets(
                journals.stream().collect(Collectors.toMap(journal -> journal, journal -> spec)),
                new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs(answers.boundMillis()));
    }

    /** A question under way. Any thread may look at it. */
    public final class Asked {
        private final ListOffsetsResult starts;
        private final ListOffsetsResult ends;

        private Asked(ListOffsetsResult starts, ListOffsetsResult ends) {
            this.starts = starts;
            this.ends = ends;
        }

        /**
         * Looks whether a partition's answer is there; never waits.
         *
         * @param journal one of the partitions that were asked for
         * @return its range, empty while the answer is under way
         * @throws RetryableException when the cluster did not answer within the bound or does not know the partition
         * @throws ConfigException when the partition may not be described
         */
        public Optional<LogRange> poll(TopicPartition journal) {
            return starts.partitionResult(journal).isDone()
                            && ends.partitionResult(journal).isDone()
                    ? Optional.of(await(journal))
                    : Optional.empty();
        }

        private LogRange await(TopicPartition journal) {
            return new LogRange(
                    offset(journal, starts.partitionResult(journal)), offset(journal, ends.partitionResult(journal)));
        }

        private long offset(TopicPartition journal, KafkaFuture<ListOffsetsResultInfo> answer) {
            String asked = "the range of journal " + journal;
            try {
                return answers.await(answer, asked).offset();
            } catch (UnknownTopicOrPartitionException e) {
                // A broker may hear of a new topic later than the one that was asked whether it exists.
                throw new RetryableException(
                        "journal " + journal + " is not known at " + answers.cluster()
                                + ": it was deleted, or is so new that not"
                                + " every broker knows it yet. Recover the task again; if it stays away, restore the topic",
                        e);
            } catch (KafkaException e) {
                throw new ConfigException(
                        "the cluster at " + answers.cluster() + " refuses " + asked + ": " + e.getMessage()
                                + "; this client needs DESCRIBE on the topic",
                        e);
            }
        }
    }
}
