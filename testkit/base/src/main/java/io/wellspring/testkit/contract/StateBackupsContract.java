package io.wellspring.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateBackups;
import io.wellspring.api.port.StateBackups.Backup;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import io.wellspring.api.port.StateStores;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What all {@link StateBackups} do, with the stores they belong to. A test of an adapter extends it and says what two machines are. */
public abstract class StateBackupsContract {
    private static final String TASK = "0-3";

    /** For the suites of adapters. */
    protected StateBackupsContract() {}

    /**
     * One machine's stores, empty at the first call of a test.
     *
     * @return the stores of the machine that has backups made
     */
    protected abstract StateStores owner();

    /**
     * Another machine's stores, empty at the first call of a test.
     *
     * @return the stores of the machine that begins with a backup
     */
    protected abstract StateStores heir();

    /**
     * The place that both machines reach.
     *
     * @return a directory
     */
    protected abstract Path place();

    @Test
    void hasNothingAtFirst() {
        assertThat(owner().backups(place()).list(TASK)).isEmpty();
        assertThat(owner().backups(place()).backUp(TASK))
                .as("a task that is not open")
                .isEmpty();
        try (StateStore store = owner().task(TASK)) {
            assertThat(store.mark()).isEmpty();
            assertThat(owner().backups(place()).backUp(TASK))
                    .as("a task without a snapshot")
                    .isEmpty();
        }
    }

    @Test
    void givesAnotherMachineTheRowsAndTheMarkOfTheBackup() {
        try (StateStore store = owner().task(TASK)) {
            store.write(List.of(row("alice", "100"), row("bob", "7")), mark(2));
            Backup backup = owner().backups(place()).backUp(TASK).orElseThrow();
            assertThat(backup.mark()).isEqualTo(mark(2));
            store.write(List.of(row("alice", "0"), new Row("ledger", bytes("bob"), null)), mark(4));
        }
        StateBackups there = heir().backups(place());
        assertThat(there.list(TASK)).extracting(Backup::mark).containsExactly(mark(2));
        there.verify(TASK, there.list(TASK).get(0));
        there.restore(TASK, there.list(TASK).get(0));
        assertThat(heir().knownTasks()).containsExactly(TASK);
        try (StateStore restored = heir().task(TASK)) {
            assertThat(restored.mark()).contains(mark(2));
            assertThat(restored.get("ledger", bytes("alice"))).isEqualTo(bytes("100"));
            assertThat(restored.get("ledger", bytes("bob"))).isEqualTo(bytes("7"));
            restored.write(List.of(row("alice", "1")), mark(3));
        }
        try (StateStore again = heir().task(TASK)) {
            assertThat(again.get("ledger", bytes("alice"))).isEqualTo(bytes("1"));
        }
    }

    @Test
    void listsTheHighestPositionFirst() {
        try (StateStore store = owner().task(TASK)) {
            for (long position : new long[] {9, 100, 20}) {
                store.write(List.of(row("alice", "at " + position)), mark(position));
                owner().backups(place()).backUp(TASK);
            }
        }
        assertThat(heir().backups(place()).list(TASK))
                .extracting(Backup::mark)
                .containsExactly(mark(100), mark(20), mark(9));
    }

    @Test
    void restoresInThePlaceOfWhatWasThere() {
        try (StateStore store = owner().task(TASK)) {
            store.write(List.of(row("alice", "100")), mark(2));
            owner().backups(place()).backUp(TASK);
        }
        try (StateStore stale = heir().task(TASK)) {
            stale.write(List.of(row("carol", "9")), mark(1));
        }
        StateBackups there = heir().backups(place());
        there.restore(TASK, there.list(TASK).get(0));
        try (StateStore restored = heir().task(TASK)) {
            assertThat(restored.mark()).contains(mark(2));
            assertThat(restored.get("ledger", bytes("carol"))).isNull();
        }
    }

    @Test
    void doesNotRestoreUnderATaskThatIsOpen() {
        try (StateStore store = owner().task(TASK)) {
            store.write(List.of(row("alice", "100")), mark(2));
            StateBackups here = owner().backups(place());
            Backup backup = here.backUp(TASK).orElseThrow();
            store.write(List.of(row("alice", "50")), mark(3));
            assertThatThrownBy(() -> here.restore(TASK, backup)).isInstanceOf(RetryableException.class);
            assertThat(store.get("ledger", bytes("alice"))).isEqualTo(bytes("50"));
        }
    }

    private static SnapshotMark mark(long position) {
        return new SnapshotMark(
                "payments",
                TASK,
                List.of(new JournalMark("ledger", "payments-ledger-journal", "id", position, 1, "")),
                List.of(),
                position,
                position);
    }

    private static Row row(String key, String value) {
        return new Row("ledger", bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
