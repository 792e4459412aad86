package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.header.Header;

/** The properties of a transactional producer, and what follows from them. Immutable. */
final class ProducerSettings {
    /** What a size estimate may be wrong by, and what brokers and interceptors may add. */
    private static final int MARGIN_BYTES = 1024;
    /** Header of a batch of format 2, and the most that the length fields of one record take. */
    private static final int BATCH_OVERHEAD_BYTES = 61;

    private static final int RECORD_OVERHEAD_BYTES = 31;
    private static final int LENGTH_BYTES = 5;

    private static final long TRANSACTION_TIMEOUT_MILLIS = 15_000;
    private static final long REQUEST_TIMEOUT_MILLIS = 10_000;
    private static final long LINGER_MILLIS = 5;

    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true),
            Map.entry(ProducerConfig.ACKS_CONFIG, "all"),
            Map.entry(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT_MILLIS),
            // At the client's default of 100 ms nine in ten back-to-back transactions take 103 ms, with these about 5
            // ms (measured).
            Map.entry(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 2L),
            Map.entry(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 10L),
            Map.entry(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS),
            Map.entry(ProducerConfig.BATCH_SIZE_CONFIG, 32 * 1024),
            // A batch for each of 1,000 touched partitions takes half of it.
            Map.entry(ProducerConfig.BUFFER_MEMORY_CONFIG, 64L * 1024 * 1024),
            Map.entry(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1024 * 1024),
            Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000L),
            Map.entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) REQUEST_TIMEOUT_MILLIS));

    private final Map<String, Object> properties;

    private ProducerSettings(Map<String, Object> properties) {
        this.properties = Map.copyOf(properties);
    }

    static Map<String, Object> defaults() {
        return DEFAULTS;
    }

    static ProducerSettings of(String transactionalId, Map<String, Object> overrides) {
        if (transactionalId.isEmpty()) {
            throw new ConfigException(
                    "the transactional id is empty [TransactionalProducer]; use one that stays the same over"
                            + " restarts of this instance and worker");
        }
        refuse(overrides, ProducerConfig.TRANSACTIONAL_ID_CONFIG, "it names the instance and the worker");
        refuse(overrides, ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "transactions need it to be true");
        Map<String, Object> all = new HashMap<>(DEFAULTS);
        all.putAll(overrides);
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        // A send that is older than the transaction may live is of no use; the client wants room for one request, too.
        long leastMillis =
                number(all, ProducerConfig.LINGER_MS_CONFIG) + number(all, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
        long transactionMillis = number(all, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
        all.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int)
                Math.min(Integer.MAX_VALUE, Math.max(leastMillis, transactionMillis)));
        return new ProducerSettings(all);
    }

    private static void refuse(Map<String, Object> overrides, String property, String why) {
        if (overrides.containsKey(property)) {
            throw new ConfigException("producer property " + property + "=" + overrides.get(property)
                    + " cannot be set [TransactionalProducer]: " + why + "; leave it out");
        }
    }

    private static long number(Map<String, Object> properties, String property) {
        Object value = properties.get(property);
        try {
            return Long.parseLong(value.toString().trim());
        } catch (NumberFormatException e) {
            throw new ConfigException("producer property " + property + "=" + value + " is no whole number", e);
        }
    }

    Map<String, Object> properties() {
        return properties;
    }

    long number(String property) {
        return number(properties, property);
    }

    long transactionTimeoutMillis() {
        return number(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
    }

    long bufferBytes() {
        return number(ProducerConfig.BUFFER_MEMORY_CONFIG);
    }

    /** How long a commit may take until it has an answer or none: all sends, the offsets, the commit. */
    long commitBoundMillis() {
        return number(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG) + 2 * number(ProducerConfig.MAX_BLOCK_MS_CONFIG);
    }

    int maxRecordBytes(int topicMaxMessageBytes) {
        long least =
                Math.min(Math.min(number(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), bufferBytes()), topicMaxMessageBytes);
        return (int) Math.max(0, Math.min(Integer.MAX_VALUE, least) - MARGIN_BYTES);
    }

    static long recordBytes(byte[] key, byte[] value, Iterable<Header> headers) {
        long bytes = BATCH_OVERHEAD_BYTES + RECORD_OVERHEAD_BYTES + length(key) + length(value);
        if (headers != null) {
            for (Header header : headers) {
                // At most three bytes of UTF-8 to a char.
                bytes += 2L * LENGTH_BYTES + 3L * header.key().length() + length(header.value());
            }
        }
        return bytes;
    }

    private static long length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
