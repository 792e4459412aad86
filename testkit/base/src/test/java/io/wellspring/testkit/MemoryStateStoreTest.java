package io.wellspring.testkit;

import io.wellspring.api.port.StateStore;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The contract can be kept to; that it can also be broken is seen by breaking a line of the store. */
class MemoryStateStoreTest extends StateStoreContract {
    private final Map<Path, StateStore> disk = new HashMap<>();

    @Override
    protected StateStore open(Path directory) {
        return disk.computeIfAbsent(directory, missing -> new MemoryStateStore());
    }
}
