package io.wellspring.journal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionAbortableException;

/**
 * What is known about one transaction: what was sent, what the broker acknowledged and where it put it. One object
 * per transaction, so that a late acknowledgement of an aborted one never counts for the next.
 *
 * <p>The worker counts what it sends; acknowledgements come in on the client's network thread. What both touch is
 * guarded by this object's lock, which is rarely contended.
 */
final class OpenTransaction implements Callback {
    private static final long UNTOUCHED = -1;

    private final Set<String> journals;
    private final long begunAtMillis;
    private int records;
    private long sentBytes;

    /** By topic and partition, the offset after the last acknowledged record. Guarded by this. */
    private final Map<String, long[]> ends = new HashMap<>();

    private int touchedPartitions;
    /** Acknowledged or failed. Guarded by this. */
    private int answered;

    private volatile Exception failure;

    OpenTransaction(Set<String> journals, long begunAtMillis) {
        this.journals = journals;
        this.begunAtMillis = begunAtMillis;
    }

    void sent(byte[] key, byte[] value) {
        records++;
        sentBytes += length(key) + length(value);
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    @Override
    public void onCompletion(RecordMetadata metadata, Exception exception) {
        if (exception != null) {
            failed(exception);
        }
        synchronized (this) {
            answered++;
            if (exception == null) {
                raiseEnd(metadata.topic(), metadata.partition(), metadata.hasOffset() ? metadata.offset() + 1 : 0);
            }
        }
        if (exception == null && !metadata.hasOffset() && journals.contains(metadata.topic())) {
            // A repeated batch that the broker has forgotten is acknowledged without an offset: sound for an output,
            // but the end of the journal would be unknown.
            failed(new TransactionAbortableException("the broker acknowledged an event in journal " + metadata.topic()
                    + " partition " + metadata.partition() + " without its offset; the transaction is repeated"));
        }
    }

    private void raiseEnd(String topic, int partition, long end) {
        long[] ofTopic = ends.get(topic);
        if (ofTopic == null || ofTopic.length <= partition) {
            int known = ofTopic == null ? 0 : ofTopic.length;
            long[] longer = ofTopic == null ? new long[partition + 1] : Arrays.copyOf(ofTopic, partition + 1);
            Arrays.fill(longer, known, longer.length, UNTOUCHED);
            ends.put(topic, longer);
            ofTopic = longer;
        }
        if (ofTopic[partition] == UNTOUCHED) {
            touchedPartitions++;
        }
        ofTopic[partition] = Math.max(ofTopic[partition], end);
    }

    /** Remembers the first failure; the later ones are mostly its consequences. */
    synchronized void failed(Exception cause) {
        if (failure == null) {
            failure = cause;
        }
    }

    Exception failure() {
        return failure;
    }

    int records() {
        return records;
    }

    long sentBytes() {
        return sentBytes;
    }

    /** What waits for an acknowledgement, taking every record for an average one. */
    synchronized long bytesInFlight() {
        return records == 0 ? 0 : (long) ((double) sentBytes * (records - answered) / records);
    }

    synchronized int touchedPartitions() {
        return touchedPartitions;
    }

    long begunAtMillis() {
        return begunAtMillis;
    }

    /** The ends of the journals; complete once a flush has returned. */
    synchronized Map<TopicPartition, Long> journalEnds() {
        Map<TopicPartition, Long> ofJournals = new HashMap<>();
        for (String journal : journals) {
            long[] ofTopic = ends.getOrDefault(journal, new long[0]);
            for (int partition = 0; partition < ofTopic.length; partition++) {
                if (ofTopic[partition] > 0) {
                    ofJournals.put(new TopicPartition(journal, partition), ofTopic[partition]);
                }
            }
        }
        return Map.copyOf(ofJournals);
    }
}
