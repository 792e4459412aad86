package io.wellspring.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader of a group tells a member of standbys, as the user data of its assignment: 2 bytes of version, 1, and the tasks in {@link
 * PartitionBits}. A member of an older version does not look at it; a leader of an older version sends nothing, which means none.
 */
final class StandbyNote {
    private static final Logger LOG = LoggerFactory.getLogger(StandbyNote.class);
    private static final short VERSION = 1;

    private StandbyNote() {}

    static ByteBuffer encode(Collection<TopicPartition> tasks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(VERSION);
            PartitionBits.write(tasks, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return ByteBuffer.wrap(bytes.toByteArray());
    }

    static Set<TopicPartition> decode(ByteBuffer userData) {
        if (userData == null || !userData.hasRemaining()) {
            return Set.of();
        }
        byte[] bytes = new byte[userData.remaining()];
        userData.duplicate().get(bytes);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            short version = in.readShort();
            if (version != VERSION) {
                LOG.warn(
                        "the leader of the group assigns standbys in version {}, this one reads {}: there are none here until all engines of the"
                                + " pipeline run one version of Wellspring",
                        version,
                        VERSION);
                return Set.of();
            }
            return PartitionBits.read(in);
        } catch (IOException e) {
            LOG.warn("the standbys that the leader of the group assigns cannot be read; there are none here", e);
            return Set.of();
        }
    }
}
