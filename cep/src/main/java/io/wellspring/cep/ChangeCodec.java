package io.wellspring.cep;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;

/**
 * The journal format of a matcher, one protobuf message:
 *
 * <pre>
 *   message Change {
 *     sint64 time_millis = 1;
 *     bytes value = 2;      // by the codec of its stream; absent where only time passed
 *     uint32 source = 3;    // the stream
 *     bytes answers = 4;    // one bit for each answer, see Answers
 *     fixed32 plan = 5;     // the pattern's signature: another pattern would take another way
 *   }
 * </pre>
 */
final class ChangeCodec implements Codec<Change> {
    private final Signature signature;
    private final ValueCodecs values;

    ChangeCodec(Signature signature, ValueCodecs values) {
        this.signature = signature;
        this.values = values;
    }

    @Override
    public String contentName() {
        return "pattern-change:" + values.contentName();
    }

    @Override
    public byte[] encode(Change change) {
        if (change instanceof Change.TimePassed passed) {
            return Wire.message(out -> {
                out.writeSInt64(1, passed.timeMillis());
                out.writeFixed32(5, signature.value());
            });
        }
        Change.Moved moved = (Change.Moved) change;
        return Wire.message(out -> {
            out.writeSInt64(1, moved.timeMillis());
            out.writeByteArray(2, values.encode(moved.source(), moved.value()));
            out.writeUInt32(3, moved.source());
            out.writeByteArray(4, moved.answers());
            out.writeFixed32(5, signature.value());
        });
    }

    @Override
    public Change decode(byte[] bytes) {
        var read = new Object() {
            private long time;
            private int source;
            private byte[] value;
            private byte[] answers = {};
            private boolean timed;
            private int plan;
        };
        Wire.read("A pattern's journaled event", bytes, (number, in) -> {
            switch (number) {
                case 1 -> {
                    read.time = in.readSInt64();
                    read.timed = true;
                }
                case 2 -> read.value = in.readByteArray();
                case 3 -> read.source = in.readUInt32();
                case 4 -> read.answers = in.readByteArray();
                case 5 -> read.plan = in.readFixed32();
                default -> {
                    return false;
                }
            }
            return true;
        });
        if (!read.timed) {
            throw new CodecException(
                    "A pattern's journaled event has no time (field 1): the bytes were not written by a pattern's stage");
        }
        signature.check("A journaled event", read.plan);
        return read.value == null
                ? new Change.TimePassed(read.time)
                : new Change.Moved(read.source, read.time, values.decode(read.source, read.value), read.answers);
    }
}
