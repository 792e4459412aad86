package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/**
 * A source record that waits in a parked topic. There it has the key and value that it came with, the time of its parking, the headers of a dead
 * letter, and the four that it takes to process it later as if it came now.
 *
 * @param id names it, see {@link Parked#id}
 * @param passed how many of the commands that the record brings to the stage were processed before the stage failed
 * @param eventTimeMillis its event time
 * @param original the record as it came from its source
 */
record ParkedRecord(String id, int passed, long eventTimeMillis, ConsumerRecord<byte[], byte[]> original) {
    private static final String ID = "wellspring.parked";
    private static final String PASSED = "wellspring.parked.passed";
    private static final String TIMESTAMP = "wellspring.parked.timestamp";
    private static final String EVENT_TIME = "wellspring.parked.event-time";

    /** The id of a record of a parked topic, or empty where it is no parked record. */
    static String idOf(ConsumerRecord<byte[], byte[]> found) {
        return text(found, ID).orElse("");
    }

    /**
     * Reads a record of a parked topic.
     *
     * @throws IllegalArgumentException when its headers are not those of a parked record
     */
    static ParkedRecord read(ConsumerRecord<byte[], byte[]> found) {
        var original = new ConsumerRecord<>(
                needed(found, DeadLetters.TOPIC),
                found.partition(),
                Long.parseLong(needed(found, DeadLetters.OFFSET)),
                Long.parseLong(needed(found, TIMESTAMP)),
                TimestampType.CREATE_TIME,
                found.serializedKeySize(),
                found.serializedValueSize(),
                found.key(),
                found.value(),
                found.headers(),
                Optional.empty());
        return new ParkedRecord(
                idOf(found),
                Integer.parseInt(needed(found, PASSED)),
                Long.parseLong(needed(found, EVENT_TIME)),
                original);
    }

    List<Header> headers(String where, String reason) {
        List<Header> headers = DeadLetters.headers(original, where, reason);
        headers.add(DeadLetters.text(ID, id));
        headers.add(DeadLetters.text(PASSED, Integer.toString(passed)));
        headers.add(DeadLetters.text(TIMESTAMP, Long.toString(original.timestamp())));
        headers.add(DeadLetters.text(EVENT_TIME, Long.toString(eventTimeMillis)));
        return headers;
    }

    /** What it takes in memory, about. */
    long bytes() {
        long bytes = 200L + Math.max(0, original.serializedKeySize()) + Math.max(0, original.serializedValueSize());
        for (Header header : original.headers()) {
            byte[] value = header.value();
            bytes += 50L + 2L * header.key().length() + (value == null ? 0 : value.length);
        }
        return bytes;
    }

    private static String needed(ConsumerRecord<byte[], byte[]> found, String name) {
        return text(found, name)
                .orElseThrow(() -> new IllegalArgumentException("The parked record at " + found.topic() + "-"
                        + found.partition() + "@" + found.offset() + " has no header " + name));
    }

    private static Optional<String> text(ConsumerRecord<byte[], byte[]> found, String name) {
        Header header = found.headers().lastHeader(name);
        return header == null ? Optional.empty() : Optional.of(new String(header.value(), UTF_8));
    }
}
