package io.wellspring.api;

/**
 * Where a record lies.
 *
 * @param topic the topic
 * @param partition the partition
 * @param offset the offset
 */
public record Position(String topic, int partition, long offset) {
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
