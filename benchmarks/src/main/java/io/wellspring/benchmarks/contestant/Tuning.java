package io.wellspring.benchmarks.contestant;

import java.util.Map;

/**
 * What "tuned" means, the same for every contestant: linger 50 ms, batches of 512 KiB, 5,000 records a poll, 4 MiB a
 * partition in a fetch. By Kafka's names, as no Kafka version is on this class path.
 */
public final class Tuning {
    private Tuning() {}

    /**
     * Gives the producer's part.
     *
     * @param tuned whether to tune
     * @return properties by Kafka's names; empty if not tuned
     */
    public static Map<String, Object> producer(boolean tuned) {
        return tuned ? Map.of("linger.ms", 50, "batch.size", 512 * 1024) : Map.of();
    }

    /**
     * Gives the consumer's part.
     *
     * @param tuned whether to tune
     * @return properties by Kafka's names; empty if not tuned
     */
    public static Map<String, Object> consumer(boolean tuned) {
        return tuned ? Map.of("max.poll.records", 5_000, "max.partition.fetch.bytes", 4 * 1024 * 1024) : Map.of();
    }
}
