package io.wellspring.cep;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.wellspring.api.error.CodecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.LongFunction;

/**
 * The partial matches of a key as bytes: a part per sealed segment, and a root that holds the open segment and the lists. A sealed segment
 * never changes, so a snapshot writes the parts that are new since the last one and a root of bounded size, whatever the window holds.
 * Numbers of parts rise and are not used twice in the life of a key; parts below {@link #firstPart} are needed no more.
 *
 * <pre>
 *   segment   version, capacity, used, last position, then for each node:
 *             kind, last position - max,
 *             FIRST: time since the FIRST before   OUTPUT: last position - event position   UNION: last position - right max
 *             UNION: id - left, id - right         OUTPUT: mark, id - child                 FIRST: mark
 *   root      version, floor, position, time, newest start, expiry, first and end number, [open segment],
 *             number of lists, then for each: words of its set of states, number of nodes, then for each: id, max
 * </pre>
 *
 * Numbers are varints, zigzag where they may be negative.
 */
final class PartialsCodec {
    private static final int VERSION = 1;

    private PartialsCodec() {}

    private interface Body {
        void write(CodedOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T read(CodedInputStream in) throws IOException;
    }

    /** The number of the oldest part that is needed. */
    static long firstPart(KeyPartials key) {
        return key.arena().firstNumber();
    }

    /** One above the number of the newest part. */
    static long endPart(KeyPartials key) {
        return Math.max(key.arena().firstNumber(), key.arena().endNumber() - 1);
    }

    static byte[] part(KeyPartials key, long number) {
        return bytes(out -> writeSegment(out, key.arena().segmentAt(number), number));
    }

    static byte[] root(KeyPartials key) {
        return bytes(out -> writeRoot(out, key));
    }

    /** Reads a key from its root and the parts that the root says it needs. */
    static KeyPartials read(Kernel kernel, byte[] root, LongFunction<byte[]> parts) {
        KeyPartials key = kernel.newKey();
        read("The root of a key's partial matches", root, in -> {
            requireVersion(in.readUInt32());
            readRoot(in, root.length, kernel, key, parts);
            return key;
        });
        return key;
    }

    private static void writeRoot(CodedOutputStream out, KeyPartials key) throws IOException {
        Arena arena = key.arena();
        out.writeUInt32NoTag(VERSION);
        out.writeSInt64NoTag(key.floor());
        out.writeSInt64NoTag(key.position());
        out.writeFixed64NoTag(key.timeMillis());
        out.writeSInt64NoTag(key.newestStart());
        out.writeFixed64NoTag(key.expiryMillis());
        out.writeUInt64NoTag(arena.firstNumber());
        out.writeUInt64NoTag(arena.endNumber());
        if (arena.firstNumber() < arena.endNumber()) {
            long open = arena.endNumber() - 1;
            writeSegment(out, arena.segmentAt(open), open);
        }
        out.writeUInt32NoTag(key.liveCount());
        for (int state = key.next(0); state >= 0; state = key.next(state + 1)) {
            writeList(out, key.list(state));
        }
    }

    private static void readRoot(
            CodedInputStream in, int length, Kernel kernel, KeyPartials key, LongFunction<byte[]> parts)
            throws IOException {
        long floor = in.readSInt64();
        long position = in.readSInt64();
        long timeMillis = in.readFixed64();
        long newestStart = in.readSInt64();
        long expiryMillis = in.readFixed64();
        long firstNumber = in.readUInt64();
        long endNumber = in.readUInt64();
        Arena arena = key.arena();
        arena.beginAt(firstNumber);
        for (long at = firstNumber; at < endNumber - 1; at++) {
            long number = at;
            arena.restore(read("Part " + number + " of a key's partial matches", parts.apply(number), part -> {
                return readSegment(part, kernel.segments(), number);
            }));
        }
        if (firstNumber < endNumber) {
            arena.restore(readSegment(in, kernel.segments(), endNumber - 1));
        }
        var lists = new UnionList[count(in, 0, length)];
        for (int i = 0; i < lists.length; i++) {
            lists[i] = readList(in, length);
        }
        var root = new KeyRoot(0, arena.mark(), floor, position, timeMillis, newestStart, expiryMillis, 0, 0, lists);
        key.restoreSnapshot(root, kernel.determinised());
    }

    private static void writeList(CodedOutputStream out, UnionList list) throws IOException {
        long[] words = list.states().toLongArray();
        out.writeUInt32NoTag(words.length);
        for (long word : words) {
            out.writeUInt64NoTag(word);
        }
        out.writeUInt32NoTag(list.size());
        for (int i = 0; i < list.size(); i++) {
            out.writeFixed32NoTag(list.node(i));
            out.writeUInt64NoTag(list.max(i));
        }
    }

    private static UnionList readList(CodedInputStream in, int length) throws IOException {
        var words = new long[count(in, 1, length)];
        for (int i = 0; i < words.length; i++) {
            words[i] = in.readUInt64();
        }
        UnionList list = new UnionList().reset(Determinised.NO_TARGET, BitSet.valueOf(words));
        int size = count(in, 1, length);
        for (int i = 0; i < size; i++) {
            list.restore(in.readFixed32(), in.readUInt64());
        }
        return list;
    }

    private static void writeSegment(CodedOutputStream out, Segment segment, long number) throws IOException {
        out.writeUInt32NoTag(VERSION);
        out.writeUInt32NoTag(segment.capacity());
        out.writeUInt32NoTag(segment.used);
        out.writeUInt64NoTag(segment.lastPosition);
        long firstMillis = 0;
        for (int offset = 0; offset < segment.used; offset++) {
            int kind = segment.kind(offset);
            out.writeUInt32NoTag(kind);
            out.writeUInt64NoTag(segment.lastPosition - segment.max(offset));
            if (kind == Segment.FIRST) {
                out.writeSInt64NoTag(segment.other(offset) - firstMillis);
                firstMillis = segment.other(offset);
                out.writeUInt32NoTag(segment.right(offset));
                continue;
            }
            int id = Arena.id(number, offset);
            out.writeUInt64NoTag(segment.lastPosition - segment.other(offset));
            out.writeUInt32NoTag(id - segment.left(offset));
            out.writeUInt32NoTag(kind == Segment.UNION ? id - segment.right(offset) : segment.right(offset));
        }
    }

    private static Segment readSegment(CodedInputStream in, SegmentPool pool, long number) throws IOException {
        requireVersion(in.readUInt32());
        int capacity = in.readUInt32();
        int used = in.readUInt32();
        if (Integer.bitCount(capacity) != 1
                || capacity < SegmentPool.SMALLEST
                || capacity > SegmentPool.LARGEST
                || used < 1
                || used > capacity) {
            throw new IOException("a segment cannot hold " + used + " nodes of " + capacity);
        }
        Segment segment = pool.take(capacity);
        segment.lastPosition = in.readUInt64();
        long firstMillis = 0;
        while (segment.used < used) {
            int kind = in.readUInt32();
            long max = segment.lastPosition - in.readUInt64();
            int id = Arena.id(number, segment.used);
            switch (kind) {
                case Segment.FIRST -> {
                    firstMillis += in.readSInt64();
                    segment.append(kind, max, firstMillis, 0, in.readUInt32());
                }
                case Segment.OUTPUT, Segment.UNION -> {
                    long other = segment.lastPosition - in.readUInt64();
                    int left = id - in.readUInt32();
                    int right = in.readUInt32();
                    segment.append(kind, max, other, left, kind == Segment.UNION ? id - right : right);
                }
                default -> throw new IOException("a node has the unknown kind " + kind);
            }
        }
        return segment;
    }

    /** A number of things of at least a byte each, so no more than there are bytes. */
    private static int count(CodedInputStream in, int least, int length) throws IOException {
        int count = in.readUInt32();
        if (count < least || count > length) {
            throw new IOException(count + " is not a number between " + least + " and " + length);
        }
        return count;
    }

    private static void requireVersion(int version) throws IOException {
        if (version != VERSION) {
            throw new IOException("version " + version + " is not " + VERSION);
        }
    }

    private static byte[] bytes(Body body) {
        var bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            body.write(out);
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException("nothing is written outside of memory", e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(String what, byte[] bytes, Reading<T> reading) {
        if (bytes == null) {
            throw new CodecException(what + " is missing: a snapshot is kept with all the parts that its roots need");
        }
        try {
            return reading.read(CodedInputStream.newInstance(bytes));
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new CodecException(
                    what + " cannot be read (" + e.getMessage()
                            + "): the bytes were not written by a pattern's stage, or are cut off",
                    e);
        }
    }
}
