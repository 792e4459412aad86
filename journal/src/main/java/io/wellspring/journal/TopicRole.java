package io.wellspring.journal;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.TopicConfig;

/** The topics that Wellspring creates for itself, and what they need so that the cluster deletes nothing of them by itself. */
enum TopicRole {
    /** The truth of a stage. */
    JOURNAL(
            "journal",
            "a key's events would be sought in another partition than they lie in. Give the sources the old count again, or give the"
                    + " stage another name, so that it starts with an empty journal"),
    /** Where records wait between a rekey and its stage; the engine deletes what it has processed. */
    REPARTITION(
            "repartition topic",
            "records of one key would go to two tasks. Give the sources the old count again, or let the pipeline drain and delete the"
                    + " topic, so that it is created anew");

    /**
     * Unlimited in time and size, and never compacted. The last one is 1 hour by default since Kafka 4.0, and a record whose event time
     * is further ahead of the broker's clock than that would fail the whole transaction.
     */
    static final Map<String, String> SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            "-1",
            TopicConfig.RETENTION_BYTES_CONFIG,
            "-1",
            TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG,
            Long.toString(Long.MAX_VALUE));

    private final String label;
    private final String otherPartitionsMean;

    TopicRole(String label, String otherPartitionsMean) {
        this.label = label;
        this.otherPartitionsMean = otherPartitionsMean;
    }

    String label() {
        return label;
    }

    String otherPartitionsMean() {
        return otherPartitionsMean;
    }

    /** The settings as Kafka's tools take them. */
    static String settingsText(Map<String, String> settings) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(settings)
                .forEach((name, value) -> text.append(text.isEmpty() ? "" : ",")
                        .append(name)
                        .append('=')
                        .append(value));
        return text.toString();
    }
}
