package io.wellspring.testkit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.record.TimestampType;

/** A topic: its id, its settings, its logs. */
final class SimTopic {
    /** The settings that a broker has by default, as far as somebody may ask for them. */
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry(TopicConfig.CLEANUP_POLICY_CONFIG, "delete"),
            Map.entry(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer"),
            Map.entry(TopicConfig.DELETE_RETENTION_MS_CONFIG, "86400000"),
            Map.entry(TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "60000"),
            Map.entry(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG, Long.toString(Long.MAX_VALUE)),
            Map.entry(TopicConfig.FLUSH_MS_CONFIG, Long.toString(Long.MAX_VALUE)),
            Map.entry(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, "4096"),
            Map.entry(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, Long.toString(Long.MAX_VALUE)),
            Map.entry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, "1048588"),
            Map.entry(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, "3600000"),
            Map.entry(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, Long.toString(Long.MAX_VALUE)),
            Map.entry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime"),
            Map.entry(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.5"),
            Map.entry(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, "0"),
            Map.entry(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, "1"),
            Map.entry(TopicConfig.PREALLOCATE_CONFIG, "false"),
            Map.entry(TopicConfig.RETENTION_BYTES_CONFIG, "-1"),
            Map.entry(TopicConfig.RETENTION_MS_CONFIG, "604800000"),
            Map.entry(TopicConfig.SEGMENT_BYTES_CONFIG, "1073741824"),
            Map.entry(TopicConfig.SEGMENT_INDEX_BYTES_CONFIG, "10485760"),
            Map.entry(TopicConfig.SEGMENT_JITTER_MS_CONFIG, "0"),
            Map.entry(TopicConfig.SEGMENT_MS_CONFIG, "604800000"),
            Map.entry(TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG, "false"));

    final String name;
    final Uuid id;
    private final Map<String, String> settings = new TreeMap<>();
    private final List<SimLog> logs = new ArrayList<>();

    SimTopic(String name, Uuid id, int partitions, Map<String, String> settings) {
        this.name = name;
        this.id = id;
        settings.forEach(this::set);
        grow(partitions);
    }

    void grow(int partitions) {
        for (int partition = logs.size(); partition < partitions; partition++) {
            logs.add(new SimLog(new TopicPartition(name, partition), timestampType()));
        }
    }

    void set(String setting, String value) {
        if (!DEFAULTS.containsKey(setting)) {
            throw new InvalidConfigurationException("Unknown topic config name: " + setting);
        }
        settings.put(setting, value);
    }

    void reset(String setting) {
        settings.remove(setting);
    }

    /** All settings, sorted; those that were not set have the broker's default. */
    Map<String, String> settings() {
        Map<String, String> all = new TreeMap<>(DEFAULTS);
        all.putAll(settings);
        return all;
    }

    boolean isSet(String setting) {
        return settings.containsKey(setting);
    }

    long number(String setting) {
        return Long.parseLong(settings.getOrDefault(setting, DEFAULTS.get(setting)));
    }

    TimestampType timestampType() {
        return TimestampType.forName(settings.getOrDefault(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime"));
    }

    List<SimLog> logs() {
        return logs;
    }

    List<PartitionInfo> partitions(Node leader) {
        Node[] replicas = {leader};
        return logs.stream()
                .map(log -> new PartitionInfo(name, log.partition.partition(), leader, replicas, replicas))
                .toList();
    }
}
