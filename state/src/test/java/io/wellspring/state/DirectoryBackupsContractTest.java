package io.wellspring.state;

import io.wellspring.api.port.StateStores;
import io.wellspring.testkit.contract.StateBackupsContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBackupsContractTest extends StateBackupsContract {
    @TempDir
    Path root;

    private StateDirectory owner;
    private StateDirectory heir;

    @BeforeEach
    void openDirectories() {
        owner = StateDirectory.open(root.resolve("a"), "payments");
        heir = StateDirectory.open(root.resolve("b"), "payments");
    }

    @AfterEach
    void closeDirectories() {
        owner.close();
        heir.close();
    }

    @Override
    protected StateStores owner() {
        return owner;
    }

    @Override
    protected StateStores heir() {
        return heir;
    }

    @Override
    protected Path place() {
        return root.resolve("shared");
    }
}
