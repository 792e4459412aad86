package io.wellspring.testkit.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** A member of a consumer group that notes what its callbacks were told, as {@code assigned [0, 1]} with partition numbers. */
final class GroupMember implements ConsumerRebalanceListener {
    final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
    final List<String> happened = new ArrayList<>();
    /** What the member does before it gives partitions up. */
    Consumer<Collection<TopicPartition>> beforeRevocation = partitions -> {};

    GroupMember(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer, String topic) {
        this.consumer = consumer;
        consumer.subscribe(List.of(topic), this);
    }

    void poll() {
        var unused = consumer.poll(Duration.ofMillis(20));
    }

    List<Integer> owned() {
        return numbers(consumer.assignment());
    }

    /**
     * What happened, without assignments of nothing: a member is told of a round that gives it nothing, unless the next round has begun
     * before it is polled.
     */
    List<String> moves() {
        return happened.stream().filter(what -> !what.equals("assigned []")).toList();
    }

    int generation() {
        return consumer.groupMetadata().generationId();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        happened.add("revoked " + numbers(partitions));
        beforeRevocation.accept(partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        happened.add("assigned " + numbers(partitions));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        happened.add("lost " + numbers(partitions));
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
        TreeSet<Integer> numbers = new TreeSet<>();
        partitions.forEach(partition -> numbers.add(partition.partition()));
        return List.copyOf(numbers);
    }

    @Override
    public String toString() {
        return owned() + " after " + happened;
    }
}
