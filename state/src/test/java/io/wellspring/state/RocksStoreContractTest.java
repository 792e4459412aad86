package io.wellspring.state;

import io.wellspring.api.port.StateStore;
import io.wellspring.testkit.contract.StateStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreContractTest extends StateStoreContract {
    @TempDir
    Path root;

    private StateDirectory directory;

    @BeforeEach
    void openDirectory() {
        directory = StateDirectory.open(root, "payments");
    }

    @AfterEach
    void closeDirectory() {
        directory.close();
    }

    @Override
    protected StateStore open() {
        return directory.task("payments-3");
    }
}
