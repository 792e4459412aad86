package io.wellspring.testkit.sim;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** A record in a producer's buffer. */
final class QueuedSend {
    final TopicPartition to;
    final SimLog.Content content;
    final int batchBytes;
    final CompletableFuture<RecordMetadata> future = new CompletableFuture<>();
    private final Callback callback;
    /** Where it lies in the log, when it arrived and its reply did not: the broker knows a repetition by its sequence. */
    private long offset = -1;

    QueuedSend(TopicPartition to, SimLog.Content content, int batchBytes, Callback callback) {
        this.to = to;
        this.content = content;
        this.batchBytes = batchBytes;
        this.callback = callback;
    }

    boolean arrived() {
        return offset >= 0;
    }

    long offset() {
        return offset;
    }

    void arriveAt(long at) {
        offset = at;
    }

    void succeed(long timestampMillis) {
        RecordMetadata where = metadata(offset, timestampMillis);
        future.complete(where);
        if (callback != null) {
            callback.onCompletion(where, null);
        }
    }

    void fail(RuntimeException why) {
        future.completeExceptionally(why);
        if (callback != null) {
            callback.onCompletion(metadata(-1, -1), why);
        }
    }

    private RecordMetadata metadata(long at, long timestampMillis) {
        return new RecordMetadata(
                to,
                at,
                0,
                timestampMillis,
                content.key() == null ? -1 : content.key().length,
                content.value() == null ? -1 : content.value().length);
    }
}
