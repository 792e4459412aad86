package io.wellspring.journal;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The consumer of a reader: read_committed, assigned by hand, never reset. What goes wrong comes out as Kafka's exceptions; none of its
 * calls waits but {@link #fetch}.
 */
final class ReplayConsumer {
    private static final Map<String, Object> DEFAULTS = Map.of(
            // A fetch under way keeps a new assignment waiting until it returns, on quiet journals after this time.
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);

    private static final Map<String, Object> FIXED = Map.of(
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none",
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
            ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");

    private final Consumer<byte[], byte[]> consumer;

    ReplayConsumer(KafkaClients clients, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(DEFAULTS);
        all.putAll(settings);
        all.putAll(FIXED);
        this.consumer = clients.consumer(all);
    }

    /** Reads these journals from now on, each new one from where its replay begins. */
    void assign(Collection<Replay> replays) {
        consumer.assign(replays.stream()
                .filter(replay -> replay.state() != Replay.State.STRAYED)
                .map(replay -> replay.journal)
                .toList());
        for (Replay replay : replays) {
            if (replay.state() == Replay.State.STARTING) {
                Optional<Integer> epoch = replay.fromEpoch < 0 ? Optional.empty() : Optional.of(replay.fromEpoch);
                consumer.seek(replay.journal, new OffsetAndMetadata(replay.at(), epoch, ""));
                replay.become(Replay.State.READING);
            }
        }
    }

    /** Delivers nothing of these until told otherwise, and of all others what there is. */
    void rest(Set<TopicPartition> resting) {
        Set<TopicPartition> woken = new HashSet<>(consumer.paused());
        woken.removeAll(resting);
        consumer.resume(woken);
        Set<TopicPartition> assigned = new HashSet<>(consumer.assignment());
        assigned.retainAll(resting);
        consumer.pause(assigned);
    }

    ConsumerRecords<byte[], byte[]> fetch(Duration max) {
        return consumer.assignment().isEmpty() ? ConsumerRecords.empty() : consumer.poll(max);
    }

    /** Where the consumer stands; empty while the position is being compared with the leader's epochs. */
    OptionalLong position(TopicPartition journal) {
        try {
            return OptionalLong.of(consumer.position(journal, Duration.ZERO));
        } catch (TimeoutException e) {
            return OptionalLong.empty();
        }
    }

    /** How many offsets lie before the last stable one, as the last fetch saw it; empty before the first fetch. */
    OptionalLong lag(TopicPartition journal) {
        return consumer.assignment().contains(journal) ? consumer.currentLag(journal) : OptionalLong.empty();
    }

    /**
     * Whether the leader of a topic's partitions is known here. The consumer compares epochs in the first poll after it has learnt the
     * leader; until then it takes any position for valid.
     */
    boolean knowsLeader(TopicPartition journal) {
        try {
            return !consumer.partitionsFor(journal.topic(), Duration.ZERO).isEmpty();
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Closes without waiting for brokers. */
    void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
