package io.wellspring.engine;

import io.wellspring.journal.TopicFacts;
import java.util.Map;

/**
 * A pipeline as it stands in a cluster: its topology and the facts of all of its topics.
 *
 * @param topology the pipeline
 * @param topics the facts of sources, sinks, journals and repartition topics, by name
 */
record Cluster(Topology topology, Map<String, TopicFacts> topics) {
    /** The broker's default for {@code max.message.bytes}, for topics whose setting may not be read. */
    private static final int DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

    int partitions(String topic) {
        return topics.get(topic).partitions();
    }

    /** How many tasks the pipeline has. */
    int tasks() {
        return topology.groups().stream()
                .mapToInt(group -> partitions(group.topics().get(0)))
                .sum();
    }

    /** How large a batch the broker takes for a topic. */
    int maxMessageBytes(String topic) {
        return topics.get(topic).maxMessageBytes().orElse(DEFAULT_MAX_MESSAGE_BYTES);
    }

    /** How far ahead of the clock the timestamp of a record for a topic may lie. */
    long maxAheadMillis(String topic) {
        return topics.get(topic).maxAheadMillis().orElse(Long.MAX_VALUE);
    }
}
