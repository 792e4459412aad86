package io.wellspring.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.journal.JournalEntry.Cause;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Writes journals for tests as an engine would: effects of one key inside transactions. */
final class JournalScribe implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;
    private final Map<String, Long> sequences = new HashMap<>();

    JournalScribe(KafkaClients clients, String transactionalId) {
        producer = clients.producer(Map.of("transactional.id", transactionalId));
        producer.initTransactions();
    }

    void begin() {
        producer.beginTransaction();
    }

    /** Writes one effect of a key. */
    void effect(TopicPartition journal, String key, String... events) {
        for (int i = 0; i < events.length; i++) {
            event(journal, key, events[i], i, events.length);
        }
    }

    /** Writes one event, be its place in the effect right or wrong. */
    void event(TopicPartition journal, String key, String event, int index, int size) {
        long sequence = sequences.merge(key, 1L, Long::sum);
        raw(
                journal,
                key,
                JournalFormat.encode(new JournalEntry(
                        key.getBytes(UTF_8), event.getBytes(UTF_8), sequence, index, size, 1_000, 2_000, Cause.NONE)));
    }

    void raw(TopicPartition journal, String key, byte[] value) {
        // A failed send fails the commit or abort that follows, so its future is not looked at.
        var unused = producer.send(
                new ProducerRecord<>(journal.topic(), journal.partition(), 1_000L, key.getBytes(UTF_8), value));
    }

    /** Waits until what was written is in the log, its transaction still open. */
    void flush() {
        producer.flush();
    }

    void commit() {
        producer.commitTransaction();
    }

    void abort() {
        producer.flush();
        producer.abortTransaction();
    }

    /** One transaction with one effect of one event for each of the texts. */
    void committed(TopicPartition journal, String... events) {
        begin();
        for (String event : events) {
            effect(journal, "key", event);
        }
        commit();
    }

    void aborted(TopicPartition journal, String... events) {
        begin();
        for (String event : events) {
            effect(journal, "key", event);
        }
        abort();
    }

    @Override
    public void close() {
        producer.close();
    }
}
