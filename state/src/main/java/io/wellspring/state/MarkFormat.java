package io.wellspring.state;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import java.util.Arrays;

/**
 * The bytes of a mark: one byte for the format of everything in the database (rows, their keys and this), then the mark as a record in
 * protobuf wire format.
 */
final class MarkFormat {
    private static final byte VERSION = 1;
    private static final Codec<SnapshotMark> MARKS = Codecs.records(SnapshotMark.class);

    private MarkFormat() {}

    static byte[] encode(SnapshotMark mark) {
        byte[] message = MARKS.encode(mark);
        byte[] bytes = new byte[message.length + 1];
        bytes[0] = VERSION;
        System.arraycopy(message, 0, bytes, 1, message.length);
        return bytes;
    }

    static SnapshotMark decode(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != VERSION) {
            throw new CorruptException("its snapshot has format " + (bytes.length == 0 ? "(none)" : bytes[0])
                    + ", this version of Wellspring reads and writes format " + VERSION);
        }
        try {
            return MARKS.decode(Arrays.copyOfRange(bytes, 1, bytes.length));
        } catch (CodecException e) {
            throw new CorruptException("the mark of its snapshot is damaged: " + e.getMessage(), e);
        }
    }
}
