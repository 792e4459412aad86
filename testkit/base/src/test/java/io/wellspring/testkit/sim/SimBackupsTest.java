package io.wellspring.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateStores;
import io.wellspring.testkit.contract.StateBackupsContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SimBackupsTest extends StateBackupsContract {
    private final SimBackups shared = new SimBackups();
    private final SimDisk owner = new SimDisk("a", shared);
    private final SimDisk heir = new SimDisk("b", shared);

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
        return Path.of("shared");
    }

    @Test
    void failsWhileItIsAway() {
        shared.takeAway();
        assertThatThrownBy(() -> heir.backups(place()).list("0-0")).isInstanceOf(RetryableException.class);
        shared.bringBack();
        assertThat(heir.backups(place()).list("0-0")).isEmpty();
    }
}
