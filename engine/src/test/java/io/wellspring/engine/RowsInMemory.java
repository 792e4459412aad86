package io.wellspring.engine;

import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory whose disk can be taken away. */
final class RowsInMemory implements StateStore {
    private final Map<String, TreeMap<byte[], byte[]>> rows = new HashMap<>();
    private SnapshotMark mark;
    private boolean away;

    void takeAway() {
        away = true;
    }

    @Override
    public Optional<SnapshotMark> mark() {
        return Optional.ofNullable(mark);
    }

    @Override
    public byte[] get(String stage, byte[] key) {
        if (away) {
            throw new RetryableException("the disk is away; this is what the test asked for");
        }
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

    private Map<byte[], byte[]> stage(String stage) {
        return rows.computeIfAbsent(stage, name -> new TreeMap<>(Arrays::compareUnsigned));
    }
}
