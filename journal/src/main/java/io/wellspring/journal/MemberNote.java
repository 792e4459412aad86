package io.wellspring.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member tells the leader of its group, as the user data of its subscription.
 *
 * <pre>
 *   version   2 bytes, 1
 *   instance  UTF with a length of 2 bytes; empty when the member did not say
 *   topics    4 bytes, how many follow
 *     topic   UTF with a length of 2 bytes
 *     length  4 bytes
 *     bits    bit p is set when there is state of partition p, lowest bit of the first byte first
 *   round     4 bytes, how often the member has asked for a rebalance; missing in notes of older members
 * </pre>
 *
 * <p>A thousand tasks take 125 bytes. Topics are named, not numbered, because members of different versions may
 * number their groups differently. Nothing in it is needed for correctness, so what cannot be read counts as nothing
 * said.
 *
 * @param instance the instance that the member is a worker of; workers of one instance share its state on disk
 * @param local partitions that stand for the tasks with state on disk
 * @param round nothing that a leader reads: a broker passes over a static follower's wish to rebalance unless its note differs from the last
 */
record MemberNote(String instance, Set<TopicPartition> local, int round) {
    private static final Logger LOG = LoggerFactory.getLogger(MemberNote.class);
    private static final short VERSION = 1;
    private static final int MOST_TOPICS = 10_000;

    static final MemberNote NOTHING = new MemberNote("", Set.of(), 0);

    MemberNote {
        local = Set.copyOf(local);
    }

    static MemberNote of(String instance, Collection<TopicPartition> local, int round) {
        return new MemberNote(instance, new HashSet<>(local), round);
    }

    ByteBuffer encode() {
        Map<String, BitSet> byTopic = new TreeMap<>();
        local.forEach(partition -> byTopic.computeIfAbsent(partition.topic(), topic -> new BitSet())
                .set(partition.partition()));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(VERSION);
            out.writeUTF(instance);
            out.writeInt(byTopic.size());
            for (Map.Entry<String, BitSet> topic : byTopic.entrySet()) {
                byte[] bits = topic.getValue().toByteArray();
                out.writeUTF(topic.getKey());
                out.writeInt(bits.length);
                out.write(bits);
            }
            out.writeInt(round);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    static MemberNote decode(String member, ByteBuffer userData) {
        if (userData == null || !userData.hasRemaining()) {
            return NOTHING;
        }
        byte[] bytes = new byte[userData.remaining()];
        userData.duplicate().get(bytes);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            short version = in.readShort();
            if (version != VERSION) {
                LOG.debug("member {} sent user data of version {}, this one reads {}", member, version, VERSION);
                return NOTHING;
            }
            String instance = in.readUTF();
            Set<TopicPartition> local = readLocal(in);
            return new MemberNote(instance, local, in.available() >= Integer.BYTES ? in.readInt() : 0);
        } catch (IOException e) {
            LOG.warn("member {} sent user data that cannot be read; its state on disk is not considered", member, e);
            return NOTHING;
        }
    }

    private static Set<TopicPartition> readLocal(DataInputStream in) throws IOException {
        int topics = in.readInt();
        if (topics < 0 || topics > MOST_TOPICS) {
            throw new IOException("it claims to name " + topics + " topics, at most " + MOST_TOPICS + " are believed");
        }
        Set<TopicPartition> local = new HashSet<>();
        for (int i = 0; i < topics; i++) {
            String topic = in.readUTF();
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("it ends inside topic " + topic);
            }
            BitSet.valueOf(in.readNBytes(length)).stream()
                    .forEach(partition -> local.add(new TopicPartition(topic, partition)));
        }
        return local;
    }
}
