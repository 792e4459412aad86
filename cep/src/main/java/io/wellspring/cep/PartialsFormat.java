package io.wellspring.cep;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.wellspring.api.StateFormat;
import io.wellspring.api.error.CodecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.LongFunction;

/**
 * The partial matches of a key as bytes: a part per sealed segment with the events whose first node is in it, and a root that holds the open
 * segment and the lists. A sealed segment never changes, so a snapshot writes the parts that are new since the last one and a root of bounded
 * size, whatever the window holds. Numbers of parts rise and are not used twice in the life of a key.
 *
 * <pre>
 *   segment   version, capacity, used, last position, then for each node:
 *             kind, last position - max,
 *             FIRST: time since the FIRST before   OUTPUT: last position - event position   UNION: last position - right max
 *             UNION: id - left, id - right         OUTPUT: mark, id - child                 FIRST: mark
 *             number of events, then for each: last position - position, time, source, length, value by the codec of its stream
 *   root      signature, version, floor, position, time, newest start, its time, expiry, first and end number, [open segment],
 *             number of lists, then for each: words of its set of states, number of nodes, then for each: id, max
 * </pre>
 *
 * Numbers are varints, zigzag where they may be negative. The signature is that of the pattern's automaton.
 */
final class PartialsFormat implements StateFormat<PartialMatches> {
    private static final int VERSION = 1;
    private static final int NODE_BYTES = Segment.WORDS * Long.BYTES;
    private static final int EVENT_BYTES = 100;
    private static final int KEY_BYTES = 500;

    private final Signature signature;
    private final int stateCount;
    private final ValueCodecs values;

    PartialsFormat(Signature signature, MarkedAutomaton automaton, ValueCodecs values) {
        this.signature = signature;
        this.stateCount = automaton.stateCount();
        this.values = values;
    }

    private interface Body {
        void write(CodedOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T read(CodedInputStream in) throws IOException;
    }

    @Override
    public String contentName() {
        return "pattern:" + values.contentName();
    }

    @Override
    public long firstPart(PartialMatches state) {
        return state.root().arena().firstNumber();
    }

    @Override
    public long endPart(PartialMatches state) {
        Arena.View arena = state.root().arena();
        return Math.max(arena.firstNumber(), arena.endNumber() - 1);
    }

    @Override
    public byte[] savePart(PartialMatches state, long number) {
        return bytes(out -> writeSegment(out, state.root().arena(), number));
    }

    @Override
    public byte[] saveRoot(PartialMatches state) {
        return bytes(out -> writeRoot(out, state.root()));
    }

    @Override
    public PartialMatches load(byte[] root, LongFunction<byte[]> parts) {
        return new PartialMatches(
                read("The root of a key's partial matches", root, in -> readRoot(in, root.length, parts)));
    }

    @Override
    public long weightBytes(PartialMatches state) {
        Arena.View arena = state.root().arena();
        long bytes = KEY_BYTES;
        for (long number = arena.firstNumber(); number < arena.endNumber(); number++) {
            bytes += (long) arena.segmentAt(number).capacity() * NODE_BYTES
                    + (long) arena.eventsOf(number) * EVENT_BYTES;
        }
        return bytes;
    }

    private void writeRoot(CodedOutputStream out, KeyRoot key) throws IOException {
        Arena.View arena = key.arena();
        out.writeFixed32NoTag(signature.value());
        out.writeUInt32NoTag(VERSION);
        out.writeSInt64NoTag(key.floor());
        out.writeSInt64NoTag(key.position());
        out.writeFixed64NoTag(key.timeMillis());
        out.writeSInt64NoTag(key.newestStart());
        out.writeSInt64NoTag(key.newestStartMillis());
        out.writeFixed64NoTag(key.expiryMillis());
        out.writeUInt64NoTag(arena.firstNumber());
        out.writeUInt64NoTag(arena.endNumber());
        if (arena.firstNumber() < arena.endNumber()) {
            writeSegment(out, arena, arena.endNumber() - 1);
        }
        out.writeUInt32NoTag(key.lists().length);
        for (UnionList list : key.lists()) {
            writeList(out, list);
        }
    }

    private KeyRoot readRoot(CodedInputStream in, int length, LongFunction<byte[]> parts) throws IOException {
        signature.check("The stored state", in.readFixed32());
        requireVersion(in.readUInt32());
        long floor = in.readSInt64();
        long position = in.readSInt64();
        long timeMillis = in.readFixed64();
        long newestStart = in.readSInt64();
        long newestStartMillis = in.readSInt64();
        long expiryMillis = in.readFixed64();
        long firstNumber = in.readUInt64();
        long endNumber = in.readUInt64();
        Segment[] circle = Arena.circle(firstNumber, endNumber);
        for (long at = firstNumber; at < endNumber - 1; at++) {
            long number = at;
            circle[(int) number & (circle.length - 1)] = read(
                    "Part " + number + " of a key's partial matches",
                    parts.apply(number),
                    part -> readSegment(part, number));
        }
        var arena = new Arena.View(circle, firstNumber, endNumber, 0, 0, 0);
        if (firstNumber < endNumber) {
            Segment open = readSegment(in, endNumber - 1);
            circle[(int) (endNumber - 1) & (circle.length - 1)] = open;
            arena = new Arena.View(circle, firstNumber, endNumber, open.used, open.eventCount, open.lastPosition);
        }
        var lists = new UnionList[count(in, 0, length)];
        for (int i = 0; i < lists.length; i++) {
            lists[i] = readList(in, length).share();
        }
        return new KeyRoot(
                arena,
                floor,
                position,
                timeMillis,
                newestStart,
                newestStartMillis,
                expiryMillis,
                firstNumber,
                0,
                lists);
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

    private UnionList readList(CodedInputStream in, int length) throws IOException {
        var words = new long[count(in, 1, length)];
        for (int i = 0; i < words.length; i++) {
            words[i] = in.readUInt64();
        }
        BitSet states = BitSet.valueOf(words);
        if (states.isEmpty() || states.length() > stateCount) {
            throw new IOException("states " + states + " are not among the automaton's " + stateCount);
        }
        UnionList list = new UnionList().reset(Determinised.NO_TARGET, states);
        int size = count(in, 1, length);
        for (int i = 0; i < size; i++) {
            list.restore(in.readFixed32(), in.readUInt64());
        }
        return list;
    }

    private void writeSegment(CodedOutputStream out, Arena.View arena, long number) throws IOException {
        Segment segment = arena.segmentAt(number);
        int used = arena.usedOf(number);
        long lastPosition = arena.lastPositionOf(number);
        out.writeUInt32NoTag(VERSION);
        out.writeUInt32NoTag(segment.capacity());
        out.writeUInt32NoTag(used);
        out.writeUInt64NoTag(lastPosition);
        long firstMillis = 0;
        for (int offset = 0; offset < used; offset++) {
            int kind = segment.kind(offset);
            out.writeUInt32NoTag(kind);
            out.writeUInt64NoTag(lastPosition - segment.max(offset));
            if (kind == Segment.FIRST) {
                out.writeSInt64NoTag(segment.other(offset) - firstMillis);
                firstMillis = segment.other(offset);
                out.writeUInt32NoTag(segment.right(offset));
                continue;
            }
            int id = Arena.id(number, offset);
            out.writeUInt64NoTag(lastPosition - segment.other(offset));
            out.writeUInt32NoTag(id - segment.left(offset));
            out.writeUInt32NoTag(kind == Segment.UNION ? id - segment.right(offset) : segment.right(offset));
        }
        out.writeUInt32NoTag(arena.eventsOf(number));
        for (int index = 0; index < arena.eventsOf(number); index++) {
            Occurrence event = segment.event(index);
            out.writeUInt64NoTag(lastPosition - event.position());
            out.writeSInt64NoTag(event.timeMillis());
            out.writeUInt32NoTag(event.source());
            out.writeByteArrayNoTag(values.encode(event.source(), event.value()));
        }
    }

    private Segment readSegment(CodedInputStream in, long number) throws IOException {
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
        var segment = new Segment(capacity);
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
        int events = in.readUInt32();
        if (events < 0 || events > used) {
            throw new IOException(used + " nodes cannot name " + events + " events");
        }
        for (; events > 0; events--) {
            long position = segment.lastPosition - in.readUInt64();
            long timeMillis = in.readSInt64();
            int source = in.readUInt32();
            segment.add(new Occurrence(position, timeMillis, source, values.decode(source, in.readByteArray())));
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
