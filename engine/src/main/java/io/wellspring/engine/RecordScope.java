package io.wellspring.engine;

import io.wellspring.api.error.CodecException;
import io.wellspring.journal.TransactionalProducer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.header.Header;

/**
 * Everything that one record is about to send, held back until all of its steps have succeeded. So a record that fails leaves
 * nothing behind in the transaction that it shares with the records of other tasks, and a stage with a policy of its own can take back just
 * its part.
 *
 * <p>State changes of the record lie in the tables' overlays; {@link Task} rolls both back together.
 */
final class RecordScope {
    private final ToIntFunction<String> maxBytesOfTopic;
    private final ToLongFunction<String> maxAheadMillisOfTopic;
    private final Clock clock;
    private final List<Send> sends = new ArrayList<>();

    /**
     * A scope that holds nothing yet.
     *
     * @param maxBytesOfTopic how large a record of a topic may be
     * @param maxAheadMillisOfTopic how far ahead of the clock the timestamp of a record for a topic may lie
     */
    RecordScope(ToIntFunction<String> maxBytesOfTopic, ToLongFunction<String> maxAheadMillisOfTopic, Clock clock) {
        this.maxBytesOfTopic = maxBytesOfTopic;
        this.maxAheadMillisOfTopic = maxAheadMillisOfTopic;
        this.clock = clock;
    }

    /**
     * Adds an event of a journal.
     *
     * @throws CodecException when it is larger than the broker or the producer takes
     */
    void append(String journal, int partition, long timestampMillis, byte[] key, byte[] envelope) {
        add(journal, partition, timestampMillis, key, envelope, null, true);
    }

    /**
     * Adds an output.
     *
     * @param partition the partition, or -1 to let the producer choose by key
     * @throws CodecException when the record is larger than the broker or the producer takes
     */
    void send(String topic, int partition, long timestampMillis, byte[] key, byte[] value, Iterable<Header> headers) {
        add(topic, partition, timestampMillis, key, value, headers, false);
    }

    private void add(
            String topic,
            int partition,
            long timestampMillis,
            byte[] key,
            byte[] value,
            Iterable<Header> headers,
            boolean event) {
        long bytes = TransactionalProducer.recordBytes(key, value, headers);
        int max = maxBytesOfTopic.applyAsInt(topic);
        if (bytes > max) {
            throw new CodecException(
                    "A record of about " + bytes + " bytes for topic " + topic + " is larger than the " + max
                            + " bytes that producer and broker take; nothing of it was sent. Make it smaller, or raise max.message.bytes of the"
                            + " topic and max.request.size of the producer");
        }
        checkTime(topic, timestampMillis);
        sends.add(new Send(topic, partition, timestampMillis, key, value, headers, event));
    }

    /** A timestamp that the broker refuses puts the whole transaction into error, and the next try of it too. */
    private void checkTime(String topic, long timestampMillis) {
        long maxAhead = maxAheadMillisOfTopic.applyAsLong(topic);
        if (maxAhead != Long.MAX_VALUE && timestampMillis - maxAhead > clock.millis()) {
            throw new CodecException("The event time " + Instant.ofEpochMilli(timestampMillis)
                    + " lies further ahead of the clock than the "
                    + maxAhead + " ms that topic " + topic
                    + " takes; nothing of the record was sent. Mend the event time at its source, or raise message.timestamp.after.max.ms"
                    + " of the topic");
        }
    }

    int mark() {
        return sends.size();
    }

    void rollbackTo(int mark) {
        sends.subList(mark, sends.size()).clear();
    }

    List<Send> sends() {
        return sends;
    }

    void clear() {
        sends.clear();
    }

    /** A record that waits for its scope to succeed. */
    record Send(
            String topic,
            int partition,
            long timestampMillis,
            byte[] key,
            byte[] value,
            Iterable<Header> headers,
            boolean event) {}
}
