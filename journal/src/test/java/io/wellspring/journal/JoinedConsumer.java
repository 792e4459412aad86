package io.wellspring.journal;

import io.wellspring.testkit.kafka.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** A member of a consumer group that a test polls. */
final class JoinedConsumer implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    final Consumer<byte[], byte[]> consumer;
    final List<String> happened = new ArrayList<>();

    JoinedConsumer(KafkaBroker broker, String group, Collection<String> topics, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                ConsumerConfig.GROUP_ID_CONFIG,
                group,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
                100,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false));
        all.putAll(settings);
        consumer = KafkaClients.connecting(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))
                .consumer(all);
        consumer.subscribe(topics, new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                happened.add("revoked " + sorted(partitions));
            }

            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                happened.add("assigned " + sorted(partitions));
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> partitions) {
                happened.add("lost " + sorted(partitions));
            }
        });
    }

    static Set<String> sorted(Collection<TopicPartition> partitions) {
        Set<String> names = new TreeSet<>();
        partitions.forEach(partition -> names.add(partition.toString()));
        return names;
    }

    Set<String> owned() {
        return sorted(consumer.assignment());
    }

    /** Polls all of them in turn until what is awaited holds. */
    static void pollUntil(String what, BooleanSupplier holds, JoinedConsumer... members) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            StringBuilder state = new StringBuilder();
            for (JoinedConsumer member : members) {
                var unused = member.consumer.poll(Duration.ofMillis(20));
                state.append(' ').append(member.owned()).append(member.happened);
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("not within " + PATIENCE + ": " + what + "; members are at" + state);
            }
        }
    }

    JoinedConsumer joined() {
        pollUntil("an assignment", () -> !consumer.assignment().isEmpty(), this);
        return this;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
