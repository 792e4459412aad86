package io.wellspring.testkit.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** What a producer has buffered: in order for each partition, in no order between partitions. */
final class SendQueue {
    private final Map<TopicPartition, Deque<QueuedSend>> byPartition = new LinkedHashMap<>();

    void add(QueuedSend send) {
        byPartition.computeIfAbsent(send.to, unused -> new ArrayDeque<>()).addLast(send);
    }

    boolean isEmpty() {
        return byPartition.isEmpty();
    }

    List<QueuedSend> heads() {
        return byPartition.values().stream().map(Deque::getFirst).toList();
    }

    void remove(QueuedSend head) {
        Deque<QueuedSend> sends = byPartition.get(head.to);
        if (sends != null && sends.remove(head) && sends.isEmpty()) {
            byPartition.remove(head.to);
        }
    }

    List<QueuedSend> removeAll() {
        List<QueuedSend> all = new ArrayList<>();
        byPartition.values().forEach(all::addAll);
        byPartition.clear();
        return all;
    }
}
