package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;

/**
 * The groups of co-partitioned topics. Sorted, so that members whose pipelines declare the same topics in another
 * order agree on the numbers of the groups. Immutable.
 */
final class TaskGroups {
    /** A task: one partition of every topic of a group. */
    record Task(int group, int partition) implements Comparable<Task> {
        private static final Comparator<Task> ORDER =
                Comparator.comparingInt(Task::group).thenComparingInt(Task::partition);

        @Override
        public int compareTo(Task other) {
            return ORDER.compare(this, other);
        }
    }

    private final List<List<String>> groups;
    private final Map<String, Integer> groupOfTopic = new HashMap<>();

    private TaskGroups(List<List<String>> groups) {
        this.groups = groups;
        for (int group = 0; group < groups.size(); group++) {
            for (String topic : groups.get(group)) {
                if (groupOfTopic.put(topic, group) != null) {
                    throw new ConfigException("topic " + topic + " is in two groups of co-partitioned topics ["
                            + CoPartitionedAssignor.GROUPS_CONFIG + "]; one task owns a partition, so join the groups");
                }
            }
        }
    }

    static TaskGroups of(Object configured) {
        if (!(configured instanceof Collection<?> groups) || groups.isEmpty()) {
            throw malformed(configured);
        }
        List<List<String>> sorted = new ArrayList<>();
        for (Object group : groups) {
            if (!(group instanceof Collection<?> topics) || topics.isEmpty()) {
                throw malformed(configured);
            }
            TreeSet<String> names = new TreeSet<>();
            for (Object topic : topics) {
                if (!(topic instanceof String name)) {
                    throw malformed(configured);
                }
                names.add(name);
            }
            sorted.add(List.copyOf(names));
        }
        sorted.sort(Comparator.comparing(group -> group.get(0)));
        return new TaskGroups(List.copyOf(sorted));
    }

    private static ConfigException malformed(Object configured) {
        return new ConfigException("consumer property " + CoPartitionedAssignor.GROUPS_CONFIG + "=" + configured
                + " is not a collection of collections of topic names, none of them empty");
    }

    int count() {
        return groups.size();
    }

    List<String> topics(int group) {
        return groups.get(group);
    }

    /** The task that a partition belongs to, or null where the topic is in no group. */
    Task taskOf(TopicPartition partition) {
        Integer group = groupOfTopic.get(partition.topic());
        return group == null ? null : new Task(group, partition.partition());
    }

    List<TopicPartition> partitionsOf(Task task) {
        return groups.get(task.group()).stream()
                .map(topic -> new TopicPartition(topic, task.partition()))
                .toList();
    }

    /** By topic of a group, how many partitions it has; 0 where it is not known. */
    Map<String, Integer> partitionCounts(int group, Cluster cluster) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String topic : groups.get(group)) {
            Integer count = cluster.partitionCountForTopic(topic);
            counts.put(topic, count == null ? 0 : count);
        }
        return counts;
    }
}
