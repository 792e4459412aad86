package io.wellspring.api;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * A state in parts as one piece, for those who have nowhere to keep parts: tests, and copies that leave the store. Numbers are varints.
 *
 * <pre>
 *   length of the root, root, number of the first part, number of parts, then for each: length, bytes
 * </pre>
 */
record WholeState<S>(StateFormat<S> format) implements Codec<S> {
    @Override
    public String contentName() {
        return "parts-" + format.contentName();
    }

    @Override
    public byte[] encode(S state) {
        var bytes = new ByteArrayOutputStream();
        long first = format.firstPart(state);
        long end = format.endPart(state);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeByteArrayNoTag(format.saveRoot(state));
            out.writeUInt64NoTag(first);
            out.writeUInt64NoTag(end - first);
            for (long number = first; number < end; number++) {
                out.writeByteArrayNoTag(format.savePart(state, number));
            }
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException("nothing is written outside of memory", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public S decode(byte[] bytes) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            byte[] root = in.readByteArray();
            long first = in.readUInt64();
            long count = in.readUInt64();
            if (first < 0 || count < 0 || count > bytes.length) {
                throw new CodecException(
                        "A state of " + bytes.length + " bytes cannot have " + count + " parts from number " + first
                                + " on: the bytes were not written by codec " + contentName() + ", or are cut off");
            }
            var parts = new byte[(int) count][];
            for (int i = 0; i < parts.length; i++) {
                parts[i] = in.readByteArray();
            }
            return format.load(root, number -> part(parts, first, number));
        } catch (IOException e) {
            throw new CodecException(
                    "A state in parts cannot be read (" + e.getMessage() + "): the bytes were not written by codec "
                            + contentName() + ", or are cut off",
                    e);
        }
    }

    private static byte[] part(byte[][] parts, long first, long number) {
        if (number < first || number - first >= parts.length) {
            throw new CodecException("A state in parts has none of number " + number + ", only " + parts.length
                    + " from number " + first + " on: root and parts do not belong together");
        }
        byte[] part = parts[(int) (number - first)];
        return Arrays.copyOf(part, part.length);
    }
}
