package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A task's store that remembers that it was found corrupt, by whichever thread and call: what is wrong with the journal or with offsets is of the
 * same kind of exception, and no reason to give up a store. Once found corrupt it takes no more writes.
 */
final class WatchedStore implements StateStore {
    private final StateStore store;
    private volatile CorruptException broken;

    WatchedStore(StateStore store) {
        this.store = store;
    }

    /** What was found first, if anything was. */
    Optional<CorruptException> broken() {
        return Optional.ofNullable(broken);
    }

    @Override
    public Optional<SnapshotMark> mark() {
        return watched(store::mark);
    }

    @Override
    public byte[] get(String stage, byte[] key) {
        return watched(() -> store.get(stage, key));
    }

    @Override
    public void write(List<Row> changes, SnapshotMark mark) {
        CorruptException before = broken;
        if (before != null) {
            throw before;
        }
        watched(() -> {
            store.write(changes, mark);
            return null;
        });
    }

    /** What the visitor throws is the visitor's: a row that a codec refuses says nothing of the files. */
    @Override
    public void forEach(String stage, RowVisitor visitor) {
        Visiting visiting = new Visiting(visitor);
        try {
            store.forEach(stage, visiting);
        } catch (CorruptException corrupt) {
            if (corrupt != visiting.refused) {
                found(corrupt);
            }
            throw corrupt;
        }
    }

    @Override
    public void clear() {
        watched(() -> {
            store.clear();
            return null;
        });
    }

    @Override
    public void close() {
        store.close();
    }

    private <T> T watched(Supplier<T> call) {
        try {
            return call.get();
        } catch (CorruptException corrupt) {
            found(corrupt);
            throw corrupt;
        }
    }

    private synchronized void found(CorruptException corrupt) {
        if (broken == null) {
            broken = corrupt;
        }
    }

    /** Remembers what the visitor refused. */
    private static final class Visiting implements RowVisitor {
        private final RowVisitor visitor;
        private RuntimeException refused;

        private Visiting(RowVisitor visitor) {
            this.visitor = visitor;
        }

        @Override
        public void visit(byte[] key, byte[] value) {
            try {
                visitor.visit(key, value);
            } catch (RuntimeException e) {
                refused = e;
                throw e;
            }
        }
    }
}
