package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.LogRange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the records of one parked key from a parked topic's partition, from its beginning on, committed ones only. Their numbers are known from
 * the journal, so none can be missed unseen. Used by one thread.
 */
final class ParkedTopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int MOST_RECORDS = 500;
    private static final long MOST_BYTES = 4L << 20;
    private static final Duration STALL = Duration.ofSeconds(30);

    private final TopicPartition partition;
    private final JournalEnds ends;
    private final LongSupplier nanos;
    private final Consumer<byte[], byte[]> consumer;
    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> polled = new ArrayDeque<>();

    ParkedTopicReader(EngineConfig config, JournalEnds ends, TopicPartition partition, LongSupplier nanos) {
        this.partition = partition;
        this.ends = ends;
        this.nanos = nanos;
        Map<String, Object> settings = new HashMap<>(config.client());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        this.consumer = config.clients().consumer(settings);
        try {
            consumer.assign(List.of(partition));
            consumer.seek(partition, range().start());
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /**
     * Reads on, up to bounds of records and bytes.
     *
     * @param parked how the key is parked by a committed transaction; what was read before is done
     * @return those that come next, in order: at least one where any is left
     * @throws CorruptException when the next one is not there any more
     * @throws RetryableException when the cluster does not answer
     */
    List<ParkedRecord> read(Parked parked, String journal) {
        // Asked now, behind the commit that counted the records, so that all of them lie below it.
        long end = range().end();
        long count = Math.min(MOST_RECORDS, parked.left());
        List<ParkedRecord> found = new ArrayList<>();
        long bytes = 0;
        long progressNanos = nanos.getAsLong();
        while (found.size() < count && bytes < MOST_BYTES) {
            String wanted = parked.id(journal, parked.taken() + found.size() + 1);
            ConsumerRecord<byte[], byte[]> next = polled.pollFirst();
            if (next != null) {
                if (ParkedRecord.idOf(next).equals(wanted)) {
                    ParkedRecord record = ParkedRecord.read(next);
                    found.add(record);
                    bytes += record.bytes();
                }
            } else if (poll()) {
                progressNanos = nanos.getAsLong();
            } else if (position() >= end) {
                if (!found.isEmpty()) {
                    break; // what lies before the gap can be processed
                }
                throw missing(parked, parked.taken() + 1);
            } else if (nanos.getAsLong() - progressNanos > STALL.toNanos()) {
                throw new RetryableException("Reading parked records from " + partition + " stands at " + position()
                        + " before " + end + " for " + STALL.toSeconds()
                        + " s; the key stays parked. Ask again when the cluster answers");
            }
        }
        return found;
    }

    private boolean poll() {
        try {
            long before = position();
            consumer.poll(POLL).records(partition).forEach(polled::add);
            return !polled.isEmpty() || position() > before;
        } catch (KafkaException failure) {
            throw unreadable(failure);
        }
    }

    private long position() {
        try {
            return consumer.position(partition, STALL);
        } catch (KafkaException failure) {
            throw unreadable(failure);
        }
    }

    private LogRange range() {
        return ends.await(List.of(partition)).get(partition);
    }

    private RetryableException unreadable(KafkaException failure) {
        return new RetryableException(
                "Parked records cannot be read from " + partition + ": " + failure.getMessage()
                        + "; the key stays parked. Ask again when the cluster answers; this client needs READ on the topic",
                failure);
    }

    private CorruptException missing(Parked parked, long number) {
        return new CorruptException("Parked record " + number + " of " + parked.added() + " that began with "
                + parked.firstTopic() + "-" + partition.partition() + "@" + parked.firstOffset()
                + " is not in " + partition
                + " any more: it was deleted, by the topic's retention or compaction or by hand. The key stays parked. Restore the"
                + " topic, or give the key's parked records up with drop");
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
