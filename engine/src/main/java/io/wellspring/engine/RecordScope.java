package io.wellspring.engine;

import io.wellspring.api.error.CodecException;
import io.wellspring.journal.TransactionalProducer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
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
    private final List<Send> sends = new ArrayList<>();

    RecordScope(ToIntFunction<String> maxBytesOfTopic) {
        this.maxBytesOfTopic = maxBytesOfTopic;
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
        sends.add(new Send(topic, partition, timestampMillis, key, value, headers, event));
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
