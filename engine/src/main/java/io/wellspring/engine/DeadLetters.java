package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The headers of a dead letter: those of the record, and where it came from and why, each as UTF-8 text. Value and key are the
 * record's own bytes. So is the timestamp, unless it lies in the future: topics refuse such times, which must not stop a task, so it is the time of sending then; a header has the record's.
 */
final class DeadLetters {
    static final String TOPIC = "wellspring.topic";
    static final String OFFSET = "wellspring.offset";
    static final String TIMESTAMP = "wellspring.timestamp";
    private static final int REASON_CHARS = 2_000;

    private DeadLetters() {}

    static List<Header> headers(ConsumerRecord<byte[], byte[]> record, String where, String reason) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(headers::add);
        headers.add(text(TOPIC, record.topic()));
        headers.add(text("wellspring.partition", Integer.toString(record.partition())));
        headers.add(text(OFFSET, Long.toString(record.offset())));
        headers.add(text(TIMESTAMP, Long.toString(record.timestamp())));
        headers.add(text("wellspring.where", where));
        headers.add(text("wellspring.reason", BoundedText.of(reason, REASON_CHARS)));
        return headers;
    }

    /** The dead letter's timestamp; that of the record is kept, but for one that its topic may refuse. */
    static long timestamp(ConsumerRecord<byte[], byte[]> record, long nowMillis) {
        return Math.max(0, Math.min(record.timestamp(), nowMillis));
    }

    static Header text(String key, String value) {
        return new TextHeader(key, value.getBytes(UTF_8));
    }

    private record TextHeader(String key, byte[] value) implements Header {}
}
