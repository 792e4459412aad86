package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The headers of a dead letter: those of the record, and where it came from and why, each as UTF-8 text. Value, key and timestamp are the
 * record's own bytes.
 */
final class DeadLetters {
    static final String TOPIC = "wellspring.topic";
    static final String OFFSET = "wellspring.offset";
    private static final int REASON_CHARS = 2_000;

    private DeadLetters() {}

    static List<Header> headers(ConsumerRecord<byte[], byte[]> record, String where, String reason) {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(headers::add);
        headers.add(text(TOPIC, record.topic()));
        headers.add(text("wellspring.partition", Integer.toString(record.partition())));
        headers.add(text(OFFSET, Long.toString(record.offset())));
        headers.add(text("wellspring.where", where));
        headers.add(text("wellspring.reason", reason.substring(0, Math.min(reason.length(), REASON_CHARS))));
        return headers;
    }

    static Header text(String key, String value) {
        return new TextHeader(key, value.getBytes(UTF_8));
    }

    private record TextHeader(String key, byte[] value) implements Header {}
}
