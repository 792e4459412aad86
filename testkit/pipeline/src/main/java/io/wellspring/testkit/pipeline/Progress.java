package io.wellspring.testkit.pipeline;

import io.wellspring.testkit.kafka.KafkaBroker;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a pipeline's group has committed its inputs.
 *
 * <p>One look goes over the inputs one after the other, so between two of them records may move on from a step that was not looked at yet into
 * an input that was. A pipeline is done when two looks in a row find everything committed up to the same ends: each input rested from the first
 * look at it to the second, so between the two looks all of them rested at once, and what rests with everything committed has nothing to send.
 *
 * <p>The engine reads what it wrote itself (repartition topics) around the markers of transactions, so that its position there may stay before a
 * marker at the very end. In these topics it is the last record that must be committed, not the end.
 */
final class Progress {
    private final String group;
    private final TestTopics topics;
    private final KafkaBroker broker;
    private final Admin admin;
    private String behind = "nothing was looked at yet";

    Progress(String group, TestTopics topics, KafkaBroker broker, Admin admin) {
        this.group = group;
        this.topics = topics;
        this.broker = broker;
        this.admin = admin;
    }

    /** Whether all inputs are committed to their ends. */
    boolean done(Duration atMost) {
        Optional<Map<String, Map<Integer, Long>>> first = look(atMost);
        return first.isPresent() && first.equals(look(atMost));
    }

    /** What the last look found missing, for a message. */
    String behind() {
        return behind;
    }

    /** The ends of all inputs, if everything before them is committed. */
    private Optional<Map<String, Map<Integer, Long>>> look(Duration atMost) {
        Map<String, Map<Integer, Long>> ends = new TreeMap<>();
        for (String topic : topics.inputs()) {
            Map<Integer, Long> found =
                    topics.written().contains(topic) ? lastRecords(topic, atMost) : broker.endOffsets(topic);
            // The ends are asked for before the offsets: what comes between is for the next look.
            Map<TopicPartition, OffsetAndMetadata> committed = committed(atMost);
            for (var end : found.entrySet()) {
                OffsetAndMetadata offset = committed.get(new TopicPartition(topic, end.getKey()));
                long position = offset == null ? 0 : offset.offset();
                if (position < end.getValue()) {
                    behind = topic + "-" + end.getKey() + " is committed up to " + position + " of " + end.getValue();
                    return Optional.empty();
                }
            }
            ends.put(topic, found);
        }
        return Optional.of(ends);
    }

    /** The offset after the last committed record of each partition that has one. */
    private Map<Integer, Long> lastRecords(String topic, Duration atMost) {
        Map<Integer, Long> after = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> found : broker.readCommitted(topic, atMost)) {
            after.merge(found.partition(), found.offset() + 1, Math::max);
        }
        return after;
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(Duration atMost) {
        try {
            return admin.listConsumerGroupOffsets(group, new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata()
                    .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the committed offsets of group " + group + " could not be read: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading the committed offsets of group " + group, e);
        }
    }
}
