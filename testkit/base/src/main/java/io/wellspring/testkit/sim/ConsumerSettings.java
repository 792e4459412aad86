package io.wellspring.testkit.sim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The properties of a consumer that the simulation looks at, checked by Kafka's own rules. */
record ConsumerSettings(
        Optional<String> groupId,
        Optional<String> instanceId,
        String clientId,
        boolean readCommitted,
        String offsetReset,
        int maxPollRecords,
        long sessionTimeoutMillis,
        long maxPollIntervalMillis,
        boolean autoCommit,
        long autoCommitIntervalMillis,
        List<ConsumerPartitionAssignor> assignors) {
    static ConsumerSettings of(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putIfAbsent(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "simulated:9092");
        all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        ConsumerConfig config = new ConsumerConfig(all);
        if (!"classic".equalsIgnoreCase(config.getString(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
            throw Unsupported.call("group.protocol=" + config.getString(ConsumerConfig.GROUP_PROTOCOL_CONFIG));
        }
        Optional<String> group = Optional.ofNullable(config.getString(ConsumerConfig.GROUP_ID_CONFIG));
        // Not the one that Kafka makes up: it counts the clients of the JVM, and each run is to be like the other.
        String clientId = Objects.requireNonNullElse(settings.get(ConsumerConfig.CLIENT_ID_CONFIG), "")
                .toString();
        return new ConsumerSettings(
                group,
                Optional.ofNullable(config.getString(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)),
                clientId.isEmpty() ? "consumer" : clientId,
                "read_committed".equalsIgnoreCase(config.getString(ConsumerConfig.ISOLATION_LEVEL_CONFIG)),
                config.getString(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG),
                config.getInt(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
                config.getInt(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
                config.getInt(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG),
                group.isPresent() && config.getBoolean(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG),
                config.getInt(ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG),
                group.isEmpty()
                        ? List.of()
                        : ConsumerPartitionAssignor.getAssignorInstances(
                                config.getList(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG),
                                config.originals(Map.of(ConsumerConfig.CLIENT_ID_CONFIG, clientId))));
    }
}
