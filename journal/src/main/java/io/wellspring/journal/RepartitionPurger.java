package io.wellspring.journal;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeleteRecordsOptions;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the beginnings of repartition topics, for ever; what is done with is for the caller to know. It is housekeeping: no call waits or throws, a
 * request that fails is made again with the next call, and the first failure is logged. One thread uses it.
 */
public final class RepartitionPurger {
    private static final Logger LOG = LoggerFactory.getLogger(RepartitionPurger.class);

    private final Admin admin;
    private final int boundMillis;
    private final Map<TopicPartition, Long> purged = new HashMap<>();
    private final Map<TopicPartition, Request> underWay = new HashMap<>();
    private boolean warned;

    /**
     * A purger of a pipeline's repartition topics.
     *
     * @param admin the client to ask with; stays the caller's
     * @param bound how long the client tries
     */
    public RepartitionPurger(Admin admin, Duration bound) {
        this.admin = admin;
        this.boundMillis = Math.toIntExact(Math.max(1, bound.toMillis()));
    }

    /** A request that was made. */
    private record Request(long before, KafkaFuture<DeletedRecords> answer) {}

    /**
     * Begins to delete all records before positions, but where that is done already or a request is under way.
     *
     * @param positions by partition the first offset that stays: at most the committed one
     */
    public void purge(Map<TopicPartition, Long> positions) {
        settle();
        Map<TopicPartition, RecordsToDelete> due = positions.entrySet().stream()
                .filter(position -> !underWay.containsKey(position.getKey()))
                .filter(position -> position.getValue() > purged.getOrDefault(position.getKey(), 0L))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, position -> RecordsToDelete.beforeOffset(position.getValue())));
        if (!due.isEmpty()) {
            admin.deleteRecords(due, new DeleteRecordsOptions().timeoutMs(boundMillis))
                    .lowWatermarks()
                    .forEach((partition, answer) ->
                            underWay.put(partition, new Request(positions.get(partition), answer)));
        }
    }

    private void settle() {
        underWay.entrySet().removeIf(entry -> {
            Request request = entry.getValue();
            if (!request.answer().isDone()) {
                return false;
            }
            try {
                request.answer().get();
                purged.put(entry.getKey(), request.before());
            } catch (ExecutionException refused) {
                say(entry.getKey(), request.before(), refused.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            return true;
        });
    }

    private void say(TopicPartition partition, long before, Throwable why) {
        if (warned) {
            LOG.debug("{} is not purged up to {}", partition, before, why);
        } else {
            warned = true;
            LOG.warn(
                    "repartition topic {} is not purged up to {}, which is done with: {}. Nothing is lost, but the topic grows; it is tried again,"
                            + " and not logged again. Purging needs DELETE on the topic",
                    partition,
                    before,
                    String.valueOf(why));
        }
    }
}
