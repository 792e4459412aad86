package io.wellspring.testkit;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The contract's simplest keeper: each snapshot is a new map that replaces the last. */
final class MemoryStateStore implements StateStore {
    private volatile Snapshot latest = new Snapshot(new TreeMap<>(), Optional.empty());

    @Override
    public Optional<SnapshotMark> mark() {
        return latest.mark();
    }

    @Override
    public byte[] get(String stage, byte[] key) {
        return latest.rows().get(new RowKey(stage, key));
    }

    @Override
    public void write(List<Row> changes, SnapshotMark mark) {
        TreeMap<RowKey, byte[]> rows = new TreeMap<>(latest.rows());
        for (Row change : changes) {
            RowKey key = new RowKey(change.stage(), change.key());
            if (change.value() == null) {
                rows.remove(key);
            } else {
                rows.put(key, change.value());
            }
        }
        latest = new Snapshot(rows, Optional.of(mark));
    }

    @Override
    public void forEach(String stage, RowVisitor visitor) {
        latest.rows().forEach((key, value) -> {
            if (key.stage().equals(stage)) {
                visitor.visit(key.key(), value);
            }
        });
    }

    @Override
    public void clear() {
        latest = new Snapshot(new TreeMap<>(), Optional.empty());
    }

    @Override
    public void close() {}

    private record Snapshot(TreeMap<RowKey, byte[]> rows, Optional<SnapshotMark> mark) {}

    private record RowKey(String stage, byte[] key) implements Comparable<RowKey> {
        @Override
        public int compareTo(RowKey other) {
            int byStage = stage.compareTo(other.stage);
            return byStage != 0 ? byStage : Arrays.compareUnsigned(key, other.key);
        }
    }
}
