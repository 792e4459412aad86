package io.wellspring.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksStoreTest {
    private static final String TASK = "payments-3";

    @TempDir
    Path root;

    @Test
    void findsRowsAndMarkAgainAfterReopening() {
        try (var directory = StateDirectory.open(root, "payments");
                var store = directory.task(TASK)) {
            assertThat(store.mark()).isEmpty();
            store.write(List.of(row("ledger", "alice", "100")), Marks.at(12));
        }
        try (var directory = StateDirectory.open(root, "payments");
                var store = directory.task(TASK)) {
            assertThat(store.mark()).contains(Marks.at(12));
            assertThat(store.get("ledger", bytes("alice"))).isEqualTo(bytes("100"));
        }
    }

    @Test
    void readsAndVisitsManyFlushedRows() {
        try (var directory = StateDirectory.open(root, "payments")) {
            try (var store = directory.task(TASK)) {
                writeMany(store);
            }
            try (var store = directory.task(TASK)) {
                assertThat(countOf(store, "ledger")).isEqualTo(20_000);
                assertThat(store.get("ledger", bytes("key-19999"))).hasSize(200);
                assertThat(store.get("ledger", bytes("key-20000"))).isNull();
            }
            assertThat(filesEnding(".sst")).isNotEmpty();
        }
    }

    @Test
    void refusesToBeUsedAfterItsCloseInsteadOfEndingTheJvm() {
        try (var directory = StateDirectory.open(root, "payments")) {
            var store = directory.task(TASK);
            store.close();
            store.close();
            assertThatThrownBy(() -> store.get("ledger", bytes("alice")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(TASK)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> store.write(List.of(), Marks.at(1))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(store::mark).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(store::clear).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> store.forEach("ledger", (key, value) -> {}))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void takesATornTailOfTheLogForASnapshotThatWasNotFinished() throws IOException {
        try (var directory = StateDirectory.open(root, "payments")) {
            int first;
            try (var store = directory.task(TASK)) {
                store.write(List.of(row("ledger", "alice", "100"), row("limits", "alice", "3")), Marks.at(1));
                first = (int) Files.size(only(filesEnding(".log")));
                store.write(List.of(row("ledger", "alice", "200"), row("limits", "alice", "6")), Marks.at(2));
            }
            byte[] whole = Files.readAllBytes(only(filesEnding(".log")));
            assertThat(first).isBetween(1, whole.length - 1);
            for (int torn = first; torn <= whole.length; torn += torn < whole.length - 9 ? 9 : 1) {
                String copy = copyWithLogOf(Arrays.copyOf(whole, torn));
                int expected = torn < whole.length ? 1 : 2;
                try (var store = directory.task(copy)) {
                    assertThat(store.mark())
                            .as("torn at %d of %d", torn, whole.length)
                            .contains(Marks.at(expected));
                    assertThat(store.get("ledger", bytes("alice"))).isEqualTo(bytes(expected + "00"));
                    assertThat(store.get("limits", bytes("alice"))).isEqualTo(bytes("" + 3 * expected));
                }
            }
        }
    }

    private String copyWithLogOf(byte[] log) throws IOException {
        String copy = "copy-" + log.length;
        Path to = Files.createDirectories(
                root.resolve("payments").resolve("tasks").resolve(copy));
        for (Path file : files()) {
            Path name = to.resolve(file.getFileName());
            if (file.toString().endsWith(".log")) {
                Files.write(name, log);
            } else {
                Files.copy(file, name);
            }
        }
        return copy;
    }

    @Test
    void reportsACorruptTableFileWithTheRemedyAndStartsAnewOnceDiscarded() throws IOException {
        try (var directory = StateDirectory.open(root, "payments")) {
            try (var store = directory.task(TASK)) {
                writeMany(store);
            }
            for (Path table : filesEnding(".sst")) {
                overwrite(table, 100, 20_000);
            }
            assertThatThrownBy(() -> {
                        try (var store = directory.task(TASK)) {
                            countOf(store, "ledger");
                        }
                    })
                    .satisfies(RocksStoreTest::namesPathAndRemedy);

            assertThat(directory.discard(TASK)).contains(directory.path().resolve("corrupt-" + TASK));
            try (var store = directory.task(TASK)) {
                assertThat(store.mark()).isEmpty();
                assertThat(countOf(store, "ledger")).isZero();
            }
        }
    }

    @Test
    void reportsAMissingTableFile() throws IOException {
        try (var directory = StateDirectory.open(root, "payments")) {
            try (var store = directory.task(TASK)) {
                writeMany(store);
            }
            for (Path table : filesEnding(".sst")) {
                Files.delete(table);
            }
            assertThatThrownBy(() -> directory.task(TASK)).satisfies(RocksStoreTest::namesPathAndRemedy);
        }
    }

    @Test
    void reportsACorruptManifest() throws IOException {
        createTask();
        try (var directory = StateDirectory.open(root, "payments")) {
            overwrite(only(filesIn("MANIFEST-")), 0, 60);
            assertThatThrownBy(() -> directory.task(TASK)).satisfies(RocksStoreTest::namesPathAndRemedy);
            directory.discard(TASK);
            directory.task(TASK).close();
        }
    }

    @Test
    void reportsAMissingManifest() throws IOException {
        createTask();
        try (var directory = StateDirectory.open(root, "payments")) {
            Files.delete(only(filesIn("MANIFEST-")));
            assertThatThrownBy(() -> directory.task(TASK)).satisfies(RocksStoreTest::namesPathAndRemedy);
        }
    }

    @Test
    void reportsACorruptCurrentFile() throws IOException {
        createTask();
        try (var directory = StateDirectory.open(root, "payments")) {
            Files.writeString(only(filesIn("CURRENT")), "garbage");
            assertThatThrownBy(() -> directory.task(TASK)).satisfies(RocksStoreTest::namesPathAndRemedy);
        }
    }

    @Test
    void reportsAMissingCurrentFileInsteadOfBeginningWithAnEmptyDatabase() throws IOException {
        createTask();
        try (var directory = StateDirectory.open(root, "payments")) {
            Files.delete(only(filesIn("CURRENT")));
            assertThatThrownBy(() -> directory.task(TASK))
                    .satisfies(RocksStoreTest::namesPathAndRemedy)
                    .hasMessageContaining("CURRENT");
        }
    }

    private void createTask() {
        try (var directory = StateDirectory.open(root, "payments");
                var store = directory.task(TASK)) {
            store.write(List.of(row("ledger", "alice", "100")), Marks.at(12));
        }
    }

    private static void writeMany(StateStore store) {
        var random = new Random(1);
        List<Row> rows = new ArrayList<>();
        for (int key = 0; key < 20_000; key++) {
            byte[] value = new byte[200];
            random.nextBytes(value);
            rows.add(new Row("ledger", bytes("key-" + key), value));
            if (rows.size() == 2_000) {
                store.write(rows, Marks.at(key));
                rows.clear();
            }
        }
    }

    private static long countOf(StateStore store, String stage) {
        List<byte[]> keys = new ArrayList<>();
        store.forEach(stage, (key, value) -> keys.add(key));
        return keys.size();
    }

    private static void namesPathAndRemedy(Throwable thrown) {
        assertThat(thrown)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("task '" + TASK + "'")
                .hasMessageContaining(Path.of("tasks", TASK).toString())
                .hasMessageContaining("delete that directory");
    }

    private List<Path> filesEnding(String end) {
        return files().stream().filter(file -> file.toString().endsWith(end)).toList();
    }

    private List<Path> filesIn(String begin) {
        return files().stream()
                .filter(file -> file.getFileName().toString().startsWith(begin))
                .toList();
    }

    private List<Path> files() {
        try (Stream<Path> files =
                Files.list(root.resolve("payments").resolve("tasks").resolve(TASK))) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path only(List<Path> files) {
        assertThat(files).hasSize(1);
        return files.get(0);
    }

    private static void overwrite(Path file, int from, int length) throws IOException {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            channel.position(from);
            channel.write(ByteBuffer.allocate((int) Math.min(length, Files.size(file) - from)));
        }
    }

    private static Row row(String stage, String key, String value) {
        return new Row(stage, bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
