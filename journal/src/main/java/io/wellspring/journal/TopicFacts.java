package io.wellspring.journal;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the cluster says about a topic.
 *
 * @param name the topic's name
 * @param partitions how many partitions it has
 * @param topicId the id the cluster gave it; a topic that was deleted and created again has another one
 * @param maxMessageBytes the topic's {@code max.message.bytes}; empty where this principal may not read it
 * @param maxAheadMillis how far ahead of the broker's clock the timestamp of a record may lie, in milliseconds; empty where there is no bound,
 *     or where this principal may not read it
 * @param compacted whether the topic is compacted; false where this principal may not read it
 * @param expires whether the topic's records are deleted at an age or above a size; false where this principal may not read it
 */
public record TopicFacts(
        String name,
        int partitions,
        String topicId,
        OptionalInt maxMessageBytes,
        OptionalLong maxAheadMillis,
        boolean compacted,
        boolean expires) {}
