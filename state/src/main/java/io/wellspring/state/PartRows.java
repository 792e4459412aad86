package io.wellspring.state;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.wellspring.api.StateFormat;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A state is a row with its root and a row for each part, under a name that no stage can have.
 *
 * <pre>
 *   stage          key            | sequence | first part | number of parts | root                |  as RowValue has it; numbers are varints
 *   stage/parts    key, number    | the part, as the format wrote it                              |  the number has 8 bytes, big-endian
 * </pre>
 *
 * Which parts a store has is told by the root's row in it, and by nothing in memory: so it does not matter how many snapshots failed since.
 * Parts from there on are new, parts below the first are deleted. Only where the key was forgotten meanwhile do numbers stand for
 * something else ({@link Entry#reborn}): then all parts are new.
 *
 * <p>The keys of a snapshot that is being written are in the frozen table, where they are read instead of here; so a root is never read beside
 * parts of another snapshot.
 */
record PartRows<S>(String stage, StateFormat<S> format) implements Rows<S> {
    /** What begins a row behind its sequence. */
    private record Range(long first, long end, byte[] root) {
        private static final Range NONE = new Range(0, 0, new byte[0]);
    }

    @Override
    public String contentName() {
        return format.contentName();
    }

    @Override
    public boolean remembersLives() {
        return true;
    }

    @Override
    public void write(byte[] key, Entry<S> entry, StateStore before, List<Row> rows) {
        byte[] row = before.get(stage, key);
        Range old =
                row == null ? Range.NONE : RowValue.decode(row, PartRows::range).state();
        S state = entry.state();
        if (state == null) {
            rows.add(new Row(stage, key, null));
            delete(key, old.first, old.end, rows);
            return;
        }
        long first = format.firstPart(state);
        long end = format.endPart(state);
        rows.add(new Row(stage, key, RowValue.encode(entry.sequence(), row(first, end, format.saveRoot(state)))));
        delete(key, old.first, Math.min(old.end, first), rows);
        delete(key, Math.max(old.first, end), old.end, rows);
        long from = entry.reborn() || old.first > first ? first : Math.max(first, old.end);
        for (long number = from; number < end; number++) {
            rows.add(new Row(parts(), partKey(key, number), format.savePart(state, number)));
        }
    }

    private void delete(byte[] key, long from, long end, List<Row> rows) {
        for (long number = from; number < end; number++) {
            rows.add(new Row(parts(), partKey(key, number), null));
        }
    }

    @Override
    public Entry<S> read(byte[] key, byte[] row, StateStore store) {
        return RowValue.decode(row, state -> {
            Range range = range(state);
            return format.load(range.root, number -> part(key, range, number, store));
        });
    }

    private byte[] part(byte[] key, Range range, long number, StateStore store) {
        byte[] part = number < range.first || number >= range.end ? null : store.get(parts(), partKey(key, number));
        if (part == null) {
            throw new CorruptException("Part " + number + " is not stored; the root needs " + range.first + " up to "
                    + range.end + " (exclusive)");
        }
        return part;
    }

    @Override
    public int encodedBytes(S state) {
        return (int) Math.min(Integer.MAX_VALUE, format.weightBytes(state) / 2);
    }

    private String parts() {
        return stage + "/parts";
    }

    private static byte[] partKey(byte[] key, long number) {
        return ByteBuffer.allocate(key.length + Long.BYTES)
                .put(key)
                .putLong(number)
                .array();
    }

    private static byte[] row(long first, long end, byte[] root) {
        int bytes = CodedOutputStream.computeUInt64SizeNoTag(first)
                + CodedOutputStream.computeUInt64SizeNoTag(end - first)
                + root.length;
        byte[] row = new byte[bytes];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(row);
            out.writeUInt64NoTag(first);
            out.writeUInt64NoTag(end - first);
            out.writeRawBytes(root);
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException("the array has the size that is written", e);
        }
        return row;
    }

    private static Range range(byte[] state) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(state);
            long first = in.readUInt64();
            long count = in.readUInt64();
            if (first < 0 || count < 0 || first + count < 0) {
                throw new CorruptException("A row cannot need " + count + " parts from number " + first + " on");
            }
            return new Range(first, first + count, in.readRawBytes(state.length - in.getTotalBytesRead()));
        } catch (IOException e) {
            throw new CorruptException(
                    "A row of a state in parts does not begin with their numbers: " + e.getMessage(), e);
        }
    }
}
