package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeleteRecordsOptions;
import org.apache.kafka.clients.admin.DeleteRecordsResult;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Deletes the beginnings of journals, for ever; what is needed of them is for the caller to know. Any thread may ask. */
public final class JournalTrimmer {
    private final Admin admin;
    private final ClusterAnswers answers;

    /**
     * A trimmer of a cluster's journals.
     *
     * @param admin the client to ask with; stays the caller's
     * @param cluster how messages name the cluster: its bootstrap servers
     * @param bound the longest time until a request is answered or fails
     */
    public JournalTrimmer(Admin admin, String cluster, Duration bound) {
        this.admin = admin;
        this.answers = new ClusterAnswers(cluster, bound);
    }

    /**
     * Deletes all records before a position, and waits for it. Where the journal begins there or later already, nothing happens.
     *
     * @param positions by partition the first offset that stays
     * @throws RetryableException when the cluster does not answer within the bound; some may be trimmed
     * @throws ConfigException when the cluster refuses it, such as without the right to
     */
    public void trim(Map<TopicPartition, Long> positions) {
        DeleteRecordsResult deleting = admin.deleteRecords(
                positions.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, position -> RecordsToDelete.beforeOffset(position.getValue()))),
                new DeleteRecordsOptions().timeoutMs(answers.boundMillis()));
        deleting.lowWatermarks().forEach((journal, deleted) -> {
            String asked = "the deletion of records of journal " + journal + " before " + positions.get(journal);
            try {
                answers.await(deleted, asked);
            } catch (KafkaException refused) {
                throw answers.unexpected(refused, asked + " (it needs DELETE on the topic)");
            }
        });
    }
}
