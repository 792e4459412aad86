package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStores;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the stores of tasks, and makes way for a new one where what is stored cannot be read: the journal can rebuild it. Each task's store is put
 * aside once in a start of the engine; a disk that spoils the next one too needs a person, not a loop. Shared by the workers.
 */
final class TaskStores {
    private static final Logger LOG = LoggerFactory.getLogger(TaskStores.class);

    private final StateStores stores;
    private final Set<TaskId> putAside = ConcurrentHashMap.newKeySet();

    TaskStores(StateStores stores) {
        this.stores = stores;
    }

    /**
     * Opens a task's store, an empty one in the place of one that cannot be read.
     *
     * @throws CorruptException when it cannot be read, and the one before was put aside already
     */
    WatchedStore open(TaskId id) {
        try {
            return readable(id);
        } catch (CorruptException broken) {
            if (!putAside(id, broken)) {
                throw broken;
            }
            return readable(id);
        }
    }

    /**
     * Moves a closed store that was found corrupt out of the way.
     *
     * @return false when that has happened before in this start: then nothing is done
     */
    boolean putAside(TaskId id, CorruptException why) {
        if (putAside.contains(id)) {
            return false;
        }
        String where = stores.discard(id.toString()).map(Object::toString).orElse("nowhere");
        putAside.add(id); // not before: what could not be moved is tried again
        LOG.warn(
                "task {}: its state cannot be read and is moved aside to {}; a backup takes its place where there is one, else the journal is replayed from the beginning: {}",
                id,
                where,
                why.getMessage());
        return true;
    }

    /** A store whose mark cannot be read is of no use either. */
    private WatchedStore readable(TaskId id) {
        StateStore store = stores.task(id.toString());
        try {
            store.mark();
            return new WatchedStore(store);
        } catch (RuntimeException unreadable) {
            store.close();
            throw unreadable;
        }
    }
}
