package io.wellspring.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member tells the leader of its group, as the user data of its subscription.
 *
 * <pre>
 *   version   2 bytes, 1
 *   instance  UTF with a length of 2 bytes; empty when the member did not say
 *   local     the tasks with state on disk, as {@link PartitionBits}
 *   round     4 bytes, how often the member has asked for a rebalance; missing, as all that follows, in notes of older members
 *   standbys  4 bytes, how many copies of each task the member wants
 *   followed  4 bytes, how many standbys are open there; of each
 *     topic     UTF with a length of 2 bytes
 *     partition 4 bytes
 *     position  8 bytes, how far it is
 * </pre>
 *
 * <p>What is new comes last, so that older members read what they know; a version that cannot be read so gets another number. Nothing in it is
 * needed for correctness, so what cannot be read counts as nothing said.
 *
 * @param instance the instance that the member is a worker of; workers of one instance share its state on disk
 * @param local partitions that stand for the tasks with state on disk
 * @param round nothing that a leader reads: a broker passes over a static follower's wish to rebalance unless its note differs from the last
 * @param standbys how many copies of each task the member wants; one that wants none takes none
 * @param followed the standbys that are open there, with their positions
 */
record MemberNote(
        String instance, Set<TopicPartition> local, int round, int standbys, Map<TopicPartition, Long> followed) {
    private static final Logger LOG = LoggerFactory.getLogger(MemberNote.class);
    private static final short VERSION = 1;
    private static final int MOST_STANDBYS = 1_000_000;

    static final MemberNote NOTHING = new MemberNote("", Set.of(), 0, 0, Map.of());

    MemberNote {
        local = Set.copyOf(local);
        followed = Map.copyOf(followed);
    }

    static MemberNote of(String instance, Collection<TopicPartition> local, int round) {
        return new MemberNote(instance, new HashSet<>(local), round, 0, Map.of());
    }

    ByteBuffer encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(VERSION);
            out.writeUTF(instance);
            PartitionBits.write(local, out);
            out.writeInt(round);
            out.writeInt(standbys);
            out.writeInt(followed.size());
            for (Map.Entry<TopicPartition, Long> standby : followed.entrySet()) {
                out.writeUTF(standby.getKey().topic());
                out.writeInt(standby.getKey().partition());
                out.writeLong(standby.getValue());
            }
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
            Set<TopicPartition> local = PartitionBits.read(in);
            int round = in.available() > 0 ? in.readInt() : 0;
            int standbys = in.available() > 0 ? in.readInt() : 0;
            return new MemberNote(instance, local, round, standbys, in.available() > 0 ? readFollowed(in) : Map.of());
        } catch (IOException e) {
            LOG.warn("member {} sent user data that cannot be read; its state on disk is not considered", member, e);
            return NOTHING;
        }
    }

    private static Map<TopicPartition, Long> readFollowed(DataInputStream in) throws IOException {
        int standbys = in.readInt();
        if (standbys < 0 || standbys > MOST_STANDBYS) {
            throw new IOException(
                    "it claims to have " + standbys + " standbys, at most " + MOST_STANDBYS + " are believed");
        }
        Map<TopicPartition, Long> followed = new HashMap<>();
        for (int i = 0; i < standbys; i++) {
            followed.put(new TopicPartition(in.readUTF(), in.readInt()), in.readLong());
        }
        return followed;
    }
}
