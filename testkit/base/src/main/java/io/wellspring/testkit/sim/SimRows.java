package io.wellspring.testkit.sim;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The rows of one store, in memory. */
final class SimRows implements StateStore {
    private final Map<String, Map<byte[], byte[]>> rows = new HashMap<>();
    private SnapshotMark mark;

    @Override
    public Optional<SnapshotMark> mark() {
        return Optional.ofNullable(mark);
    }

    @Override
    public byte[] get(String stage, byte[] key) {
        return stage(stage).get(key);
    }

    @Override
    public void write(List<Row> changes, SnapshotMark newMark) {
        for (Row row : changes) {
            if (row.value() == null) {
                stage(row.stage()).remove(row.key());
            } else {
                stage(row.stage()).put(row.key(), row.value());
            }
        }
        mark = newMark;
    }

    @Override
    public void forEach(String stage, RowVisitor visitor) {
        stage(stage).forEach(visitor::visit);
    }

    @Override
    public void clear() {
        rows.clear();
        mark = null;
    }

    @Override
    public void close() {}

    SimRows copy() {
        var copy = new SimRows();
        rows.forEach((stage, entries) -> copy.stage(stage).putAll(entries));
        copy.mark = mark;
        return copy;
    }

    private Map<byte[], byte[]> stage(String stage) {
        return rows.computeIfAbsent(stage, name -> new TreeMap<>(Arrays::compareUnsigned));
    }
}
