package io.wellspring.testkit.sim;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The properties of a producer that the simulation looks at, checked by Kafka's own rules. */
record ProducerSettings(
        Optional<String> transactionalId, long transactionTimeoutMillis, int maxRequestBytes, long maxBlockMillis) {
    /** Header of a batch of format 2. */
    private static final int BATCH_OVERHEAD_BYTES = 61;

    static ProducerSettings of(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putIfAbsent(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, "simulated:9092");
        all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        ProducerConfig config = new ProducerConfig(all);
        return new ProducerSettings(
                Optional.ofNullable(config.getString(ProducerConfig.TRANSACTIONAL_ID_CONFIG)),
                config.getInt(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                config.getInt(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                config.getLong(ProducerConfig.MAX_BLOCK_MS_CONFIG));
    }

    /** The size of a batch of this one record, uncompressed. */
    static int batchBytes(byte[] key, byte[] value, Iterable<Header> headers) {
        // Attributes, and the differences of time and offset, of one byte each.
        int body = 3 + field(key) + field(value);
        int count = 0;
        for (Header header : headers) {
            body += field(header.key().getBytes(StandardCharsets.UTF_8)) + field(header.value());
            count++;
        }
        body += varint(count);
        return BATCH_OVERHEAD_BYTES + varint(body) + body;
    }

    private static int field(byte[] bytes) {
        return bytes == null ? 1 : varint(bytes.length) + bytes.length;
    }

    /** Bytes of a zig-zag varint. */
    private static int varint(int number) {
        int zigzag = number << 1;
        int bytes = 1;
        while ((zigzag & ~0x7f) != 0) {
            zigzag >>>= 7;
            bytes++;
        }
        return bytes;
    }
}
