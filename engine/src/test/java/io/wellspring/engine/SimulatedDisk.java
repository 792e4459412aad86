package io.wellspring.engine;

import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStores;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The disk of a simulated instance: survives crashes, with what was written whole. */
final class SimulatedDisk implements StateStores {
    private final String instance;
    private final Map<String, RowsInMemory> stores = new TreeMap<>();
    private final Set<String> open = new HashSet<>();
    private int starts;

    SimulatedDisk(String instance) {
        this.instance = instance;
    }

    /** A new process uses the disk; whatever the last one had open is closed. */
    void startAnew() {
        starts++;
        open.clear();
    }

    Map<String, RowsInMemory> stores() {
        return stores;
    }

    @Override
    public String instanceId() {
        return instance;
    }

    @Override
    public String startNonce() {
        return instance + "." + starts;
    }

    @Override
    public Set<String> knownTasks() {
        return stores.keySet();
    }

    @Override
    public StateStore task(String taskName) {
        if (!open.add(taskName)) {
            throw new RetryableException("task " + taskName + " is open already");
        }
        int start = starts;
        RowsInMemory store = stores.computeIfAbsent(taskName, name -> new RowsInMemory());
        return new StateStore() {
            @Override
            public Optional<SnapshotMark> mark() {
                return store.mark();
            }

            @Override
            public byte[] get(String stage, byte[] key) {
                return store.get(stage, key);
            }

            @Override
            public void write(List<Row> changes, SnapshotMark mark) {
                requireAlive();
                store.write(changes, mark);
            }

            @Override
            public void forEach(String stage, RowVisitor visitor) {
                store.forEach(stage, visitor);
            }

            @Override
            public void clear() {
                requireAlive();
                store.clear();
            }

            @Override
            public void close() {
                if (start == starts) {
                    open.remove(taskName);
                }
            }

            private void requireAlive() {
                if (start != starts || !open.contains(taskName)) {
                    throw new IllegalStateException("a store is written that is closed: task " + taskName);
                }
            }
        };
    }

    @Override
    public Optional<Path> discard(String taskName) {
        stores.remove(taskName);
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "disk " + instance;
    }
}
