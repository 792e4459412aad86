package io.wellspring.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A consumer without a group that keeps all it has read. */
final class AssignedReader {
    final Consumer<byte[], byte[]> consumer;
    final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    private final ClusterContract scenario;

    AssignedReader(ClusterContract scenario, Consumer<byte[], byte[]> consumer) {
        this.scenario = scenario;
        this.consumer = consumer;
    }

    int poll() {
        int before = records.size();
        consumer.poll(Duration.ofMillis(50)).forEach(records::add);
        return records.size() - before;
    }

    /** Reads until the position of the only partition is here. */
    AssignedReader readUpTo(long offset) {
        TopicPartition partition = consumer.assignment().iterator().next();
        scenario.await("position " + offset + " of " + partition, () -> {
            poll();
            return consumer.position(partition) >= offset;
        });
        assertThat(consumer.position(partition)).isEqualTo(offset);
        return this;
    }

    List<String> values() {
        return records.stream()
                .map(read -> read.value() == null ? null : new String(read.value(), UTF_8))
                .toList();
    }
}
