package io.wellspring.testkit.sim;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;

/**
 * The committed offsets of one group. Those of a transaction are pending until the marker of the group's partition is written. Of two
 * commits the one that was <em>sent</em> later counts, whichever is decided later: each has a number, its place in the log of offsets.
 */
final class SimOffsets {
    private final Map<TopicPartition, Numbered> committed = new LinkedHashMap<>();
    private final TreeMap<Long, Map<TopicPartition, Numbered>> pending = new TreeMap<>();
    private final Map<Long, Short> epochs = new TreeMap<>();
    private long sent;

    private record Numbered(long number, OffsetAndMetadata offset, short epoch) {}

    Map<TopicPartition, OffsetAndMetadata> committed() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new LinkedHashMap<>();
        committed.forEach((partition, numbered) -> offsets.put(partition, numbered.offset()));
        return offsets;
    }

    OffsetAndMetadata committed(TopicPartition partition) {
        Numbered found = committed.get(partition);
        return found == null ? null : found.offset();
    }

    boolean isPending(TopicPartition partition) {
        return pending.values().stream().anyMatch(offsets -> offsets.containsKey(partition));
    }

    Set<Long> producersPending(Collection<TopicPartition> partitions) {
        Set<Long> producers = new TreeSet<>();
        pending.forEach((producer, offsets) -> {
            if (partitions.stream().anyMatch(offsets::containsKey)) {
                producers.add(producer);
            }
        });
        return producers;
    }

    void commit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> committed.put(partition, new Numbered(sent++, offset, (short) -1)));
    }

    boolean hasOpen(SimTransactions.Identity producer) {
        Map<TopicPartition, Numbered> open = pending.get(producer.producerId());
        return open != null && open.values().stream().anyMatch(offset -> offset.epoch() == producer.epoch());
    }

    void checkEpoch(SimTransactions.Identity producer) {
        Short known = epochs.get(producer.producerId());
        if (known != null && producer.epoch() < known) {
            throw new InvalidProducerEpochException("Producer attempted to commit offsets with an old epoch");
        }
    }

    void commitPending(SimTransactions.Identity producer, Map<TopicPartition, OffsetAndMetadata> offsets) {
        Map<TopicPartition, Numbered> open =
                pending.computeIfAbsent(producer.producerId(), unused -> new LinkedHashMap<>());
        offsets.forEach((partition, offset) -> open.put(partition, new Numbered(sent++, offset, producer.epoch())));
    }

    void mark(SimTransactions.Identity producer, boolean commit) {
        epochs.put(producer.producerId(), producer.epoch());
        Map<TopicPartition, Numbered> decided = pending.remove(producer.producerId());
        if (decided != null && commit) {
            decided.forEach((partition, offset) ->
                    committed.merge(partition, offset, (before, now) -> now.number() > before.number() ? now : before));
        }
    }

    void delete(Collection<TopicPartition> partitions) {
        partitions.forEach(committed::remove);
    }

    boolean isEmpty() {
        return committed.isEmpty() && pending.isEmpty();
    }
}
