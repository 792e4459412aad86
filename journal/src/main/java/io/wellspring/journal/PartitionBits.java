package io.wellspring.journal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * A set of partitions as members of a group send it to each other.
 *
 * <pre>
 *   topics    4 bytes, how many follow
 *     topic   UTF with a length of 2 bytes
 *     length  4 bytes
 *     bits    bit p is set when partition p is in the set, lowest bit of the first byte first
 * </pre>
 *
 * <p>A thousand partitions take 125 bytes. Topics are named, not numbered, because members of different versions may number their groups
 * differently.
 */
final class PartitionBits {
    private static final int MOST_TOPICS = 10_000;

    private PartitionBits() {}

    static void write(Collection<TopicPartition> partitions, DataOutputStream out) throws IOException {
        Map<String, BitSet> byTopic = new TreeMap<>();
        partitions.forEach(partition -> byTopic.computeIfAbsent(partition.topic(), topic -> new BitSet())
                .set(partition.partition()));
        out.writeInt(byTopic.size());
        for (Map.Entry<String, BitSet> topic : byTopic.entrySet()) {
            byte[] bits = topic.getValue().toByteArray();
            out.writeUTF(topic.getKey());
            out.writeInt(bits.length);
            out.write(bits);
        }
    }

    static Set<TopicPartition> read(DataInputStream in) throws IOException {
        int topics = in.readInt();
        if (topics < 0 || topics > MOST_TOPICS) {
            throw new IOException("it claims to name " + topics + " topics, at most " + MOST_TOPICS + " are believed");
        }
        Set<TopicPartition> partitions = new HashSet<>();
        for (int i = 0; i < topics; i++) {
            String topic = in.readUTF();
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("it ends inside topic " + topic);
            }
            BitSet.valueOf(in.readNBytes(length)).stream()
                    .forEach(partition -> partitions.add(new TopicPartition(topic, partition)));
        }
        return partitions;
    }
}
