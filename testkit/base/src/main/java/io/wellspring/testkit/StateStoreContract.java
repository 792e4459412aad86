package io.wellspring.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link StateStore} keeps to. An adapter extends this class in its tests; JUnit runs the methods.
 *
 * <p>Not asked here, because only an adapter can cause it: a full disk, torn and corrupt files.
 */
public abstract class StateStoreContract {
    private static final SnapshotMark MARK = new SnapshotMark(
            "pipeline",
            "task-0",
            List.of(new JournalMark("ledger", "p-ledger-journal", "topic-id", 42, 3)),
            List.of(new InputMark("commands", 17)),
            1_000,
            2_000);

    @TempDir
    private Path directory;

    private StateStore store;

    /** For subclasses. */
    protected StateStoreContract() {}

    /**
     * Opens the adapter's store. Called again for the same directory after the store was closed, where it must find what was
     * written.
     *
     * @param directory an existing directory of this test's own
     * @return the store
     * @throws Exception if it cannot be opened, which fails the test
     */
    protected abstract StateStore open(Path directory) throws Exception;

    @BeforeEach
    final void openStore() throws Exception {
        store = open(directory);
    }

    @AfterEach
    final void closeStore() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    final void aNewStoreHasNeitherMarkNorRows() {
        assertThat(store.mark()).isEmpty();
        assertThat(store.get("ledger", bytes("alice"))).isNull();
        assertThat(rows("ledger")).isEmpty();
    }

    @Test
    final void readsBackRowsAndMarkOfASnapshot() {
        store.write(List.of(put("ledger", "alice", "1"), put("ledger", "bob", "2")), MARK);

        assertThat(store.mark()).contains(MARK);
        assertThat(store.get("ledger", bytes("alice"))).isEqualTo(bytes("1"));
        assertThat(rows("ledger")).containsExactly("alice=1", "bob=2");
    }

    @Test
    final void keepsRowsThatALaterSnapshotDoesNotName() {
        SnapshotMark later = new SnapshotMark("pipeline", "task-0", List.of(), List.of(), 5, 6);
        store.write(List.of(put("ledger", "alice", "1"), put("ledger", "bob", "2"), put("ledger", "carol", "3")), MARK);

        store.write(List.of(put("ledger", "bob", "20"), delete("ledger", "carol"), delete("ledger", "nobody")), later);

        assertThat(store.mark()).contains(later);
        assertThat(rows("ledger")).containsExactly("alice=1", "bob=20");
        assertThat(store.get("ledger", bytes("carol"))).isNull();
    }

    @Test
    final void takesASnapshotOfAMarkAlone() {
        store.write(List.of(), MARK);

        assertThat(store.mark()).contains(MARK);
    }

    @Test
    final void findsRowsAndMarkAgainAfterItWasClosed() throws Exception {
        store.write(List.of(put("ledger", "alice", "1")), MARK);
        store.close();

        store = open(directory);

        assertThat(store.mark()).contains(MARK);
        assertThat(rows("ledger")).containsExactly("alice=1");
    }

    @Test
    final void keepsStagesApartWhoseNamesAndKeysRunTogether() {
        store.write(List.of(put("a", "bc", "1"), put("ab", "c", "2"), put("abc", "", "3"), put("a", "", "4")), MARK);

        assertThat(rows("a")).containsExactly("=4", "bc=1");
        assertThat(rows("ab")).containsExactly("c=2");
        assertThat(rows("abc")).containsExactly("=3");
        assertThat(store.get("ab", bytes("bc"))).isNull();
    }

    @Test
    final void tellsAnEmptyValueFromNone() {
        store.write(List.of(put("ledger", "alice", "")), MARK);

        assertThat(store.get("ledger", bytes("alice"))).isNotNull().isEmpty();
        assertThat(rows("ledger")).containsExactly("alice=");
    }

    @Test
    final void visitsKeysInTheOrderOfTheirUnsignedBytes() {
        byte[][] ordered = {{}, {0}, {0, 0}, {1}, {127}, {(byte) 128}, {(byte) 255}, {(byte) 255, (byte) 255}};
        List<Row> shuffled = new ArrayList<>();
        for (int i : new int[] {5, 2, 7, 0, 3, 6, 1, 4}) {
            shuffled.add(new Row("ledger", ordered[i], bytes("v")));
        }
        store.write(shuffled, MARK);

        List<byte[]> visited = new ArrayList<>();
        store.forEach("ledger", (key, value) -> visited.add(key.clone()));

        assertThat(visited)
                .usingElementComparator(java.util.Arrays::compareUnsigned)
                .containsExactly(ordered);
    }

    @Test
    final void forgetsEverythingWhenCleared() throws Exception {
        store.write(List.of(put("ledger", "alice", "1"), put("limits", "alice", "1")), MARK);

        store.clear();

        assertThat(store.mark()).isEmpty();
        assertThat(rows("ledger")).isEmpty();
        assertThat(rows("limits")).isEmpty();
        store.close();
        store = open(directory);
        assertThat(store.mark()).isEmpty();
        assertThat(rows("ledger")).isEmpty();
    }

    @Test
    final void takesSnapshotsAgainAfterItWasCleared() {
        store.write(List.of(put("ledger", "alice", "1")), MARK);
        store.clear();

        store.write(List.of(put("ledger", "bob", "2")), MARK);

        assertThat(store.mark()).contains(MARK);
        assertThat(rows("ledger")).containsExactly("bob=2");
    }

    @Test
    final void closesTwiceWithoutHarm() {
        store.close();
        store.close();
    }

    @Test
    final void neverShowsAReaderPartOfASnapshot() throws Exception {
        store.write(version(0), MARK);
        AtomicBoolean written = new AtomicBoolean();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> torn = reader.submit(() -> {
                int mixed = 0;
                do {
                    mixed += rowValues().stream().distinct().count() == 1 ? 0 : 1;
                } while (!written.get());
                return mixed;
            });
            for (int version = 1; version <= 300; version++) {
                store.write(version(version), MARK);
            }
            written.set(true);

            assertThat(torn.get(30, TimeUnit.SECONDS))
                    .as("reads that mixed two snapshots")
                    .isZero();
        } finally {
            written.set(true);
            reader.shutdownNow();
            assertThat(reader.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static List<Row> version(int version) {
        List<Row> rows = new ArrayList<>();
        for (int key = 0; key < 50; key++) {
            rows.add(put("ledger", "key-" + key, "version " + version));
        }
        return rows;
    }

    private List<String> rowValues() {
        List<String> values = new ArrayList<>();
        store.forEach("ledger", (key, value) -> values.add(new String(value, UTF_8)));
        return values;
    }

    private List<String> rows(String stage) {
        List<String> rows = new ArrayList<>();
        store.forEach(stage, (key, value) -> rows.add(new String(key, UTF_8) + "=" + new String(value, UTF_8)));
        return rows;
    }

    private static Row put(String stage, String key, String value) {
        return new Row(stage, bytes(key), bytes(value));
    }

    private static Row delete(String stage, String key) {
        return new Row(stage, bytes(key), null);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
