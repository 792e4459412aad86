package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.CorruptException;
import io.wellspring.state.StateDirectory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stores whose files are really damaged (window 23 of the failure page), under an engine on a simulated cluster. */
class CorruptStoreTest {
    private static final int KEYS = 2_000;
    private static final int KEYS_AT_ONCE = 250;

    /** Where in a table states may lie: behind its beginning, and before what RocksDB reads to open it. */
    private static final int FIRST_BLOCK = 50;

    private static final int NO_BLOCKS_BYTES = 20_000;

    /** Of RocksDB's block based tables. */
    private static final long TABLE_MAGIC = 0x88e241b785f4cff7L;

    /** Long keys fill table files of many blocks with few records. */
    private static final String PADDING = "x".repeat(1_000);

    @TempDir
    private Path root;

    private final SimulatedLedger ledger = new SimulatedLedger();
    private final List<String> expected = new ArrayList<>();
    private final int[] sent = new int[KEYS];

    /** What is done to a store that no process has open, and where the next recovery begins. */
    enum Damage {
        FLIPPED_MANIFEST(TaskStatus.Basis.BEGINNING) {
            @Override
            void to(Path store) throws IOException {
                flip(only(store, "MANIFEST-"), 20);
            }
        },
        TRUNCATED_MANIFEST(TaskStatus.Basis.BEGINNING) {
            @Override
            void to(Path store) throws IOException {
                truncate(only(store, "MANIFEST-"), 5);
            }
        },
        MISSING_MANIFEST(TaskStatus.Basis.BEGINNING) {
            @Override
            void to(Path store) throws IOException {
                Files.delete(only(store, "MANIFEST-"));
            }
        },
        FLIPPED_CURRENT(TaskStatus.Basis.BEGINNING) {
            @Override
            void to(Path store) throws IOException {
                flip(only(store, "CURRENT"), 3);
            }
        },
        MISSING_CURRENT(TaskStatus.Basis.BEGINNING) {
            @Override
            void to(Path store) throws IOException {
                Files.delete(only(store, "CURRENT"));
            }
        },
        MISSING_TABLE(TaskStatus.Basis.BEGINNING) {
            @Override
            void to(Path store) throws IOException {
                Files.delete(tables(store).get(0));
            }
        },
        TRUNCATED_TABLE(TaskStatus.Basis.BEGINNING) {
            @Override
            void to(Path store) throws IOException {
                truncate(tables(store).get(0), 2_000);
            }
        },
        /** RocksDB keeps it for people and tools only. */
        TRUNCATED_OPTIONS(TaskStatus.Basis.SNAPSHOT) {
            @Override
            void to(Path store) throws IOException {
                for (Path options : files(store, "OPTIONS-")) {
                    truncate(options, 10);
                }
            }
        },
        /** The snapshot that was written last is gone, the one before it stands. */
        TRUNCATED_LOG(TaskStatus.Basis.SNAPSHOT) {
            @Override
            void to(Path store) throws IOException {
                Path log = newest(store, ".log");
                truncate(log, Files.size(log) - 1);
            }
        },
        FLIPPED_LOG(TaskStatus.Basis.SNAPSHOT) {
            @Override
            void to(Path store) throws IOException {
                Path log = newest(store, ".log");
                flip(log, Files.size(log) - 1);
            }
        };

        private final TaskStatus.Basis basis;

        Damage(TaskStatus.Basis basis) {
            this.basis = basis;
        }

        abstract void to(Path store) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void whatIsFoundWhenAStoreIsOpenedCostsAReplayAndNoResult(Damage damage) throws IOException {
        try (StateDirectory stores = open()) {
            SimulatedLedger.Running engine = start(stores);
            commandEachKey(engine);
            engine.until(this::hasTables);
            command(engine, 1);
            engine.close();
        }
        damage.to(store());
        try (StateDirectory stores = open()) {
            SimulatedLedger.Running engine = start(stores);
            engine.untilRunning();
            assertThat(running(engine).basis()).isEqualTo(damage.basis);
            commandEachKey(engine);
            engine.close();
        }
        assertThat(Files.isDirectory(aside())).isEqualTo(damage.basis == TaskStatus.Basis.BEGINNING);
    }

    @Test
    void whatIsFoundByAReadInTheMidstOfProcessingCostsAReplayAndNoResult() throws IOException {
        try (StateDirectory stores = open()) {
            SimulatedLedger.Running engine = start(stores);
            commandEachKey(engine);
            engine.until(this::hasTables);
            flipAllTables();

            commandEachKey(engine);

            assertThat(aside()).isDirectory();
            assertThat(running(engine).basis()).isEqualTo(TaskStatus.Basis.BEGINNING);
            engine.close();
        }
    }

    @Test
    void aStoreThatIsFoundCorruptAgainInTheSameRunStopsItsTask() throws IOException {
        try (StateDirectory stores = open()) {
            SimulatedLedger.Running engine = start(stores);
            commandEachKey(engine);
            engine.until(this::hasTables);
            flipAllTables();
            commandEachKey(engine);
            assertThat(aside()).isDirectory();
            engine.until(this::hasTables);
            flipAllTables();
            send(0, KEYS);

            assertThat(engine.untilFailed())
                    .hasRootCauseInstanceOf(org.rocksdb.RocksDBException.class)
                    .hasStackTraceContaining(CorruptException.class.getName())
                    .hasStackTraceContaining("delete that directory");
            engine.crash();
        }
    }

    @Test
    void whatIsFoundByTheWriteOfASnapshotCostsAReplayAndNoResult() throws IOException {
        try (StateDirectory stores = open()) {
            SimulatedLedger.Running engine = start(stores);
            command(engine, 10);
            for (Path file : files(store(), "")) {
                Files.delete(file);
            }
            Files.delete(store());

            commandEachKey(engine);
            commandEachKey(engine);
            engine.until(() -> Files.isDirectory(store()));

            engine.untilRunning();
            commandEachKey(engine);
            engine.close();
        }
    }

    @Test
    void aJournalThatDoesNotReachBackToItsBeginningStopsTheTask() throws IOException {
        try (StateDirectory stores = open()) {
            SimulatedLedger.Running engine = start(stores);
            command(engine, 10);
            engine.close();
        }
        ledger.kafka.admin(Map.of()).deleteRecords(Map.of(SimulatedLedger.JOURNAL, RecordsToDelete.beforeOffset(5)));
        Damage.FLIPPED_MANIFEST.to(store());
        try (StateDirectory stores = open()) {
            SimulatedLedger.Running engine = start(stores);

            assertThat(engine.untilFailed())
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(SimulatedLedger.JOURNAL.toString());
            engine.crash();
        }
        assertThat(aside()).isDirectory();
    }

    private StateDirectory open() {
        return StateDirectory.open(root, "ledger");
    }

    /** Its table keeps next to nothing, so that states are read from the store, and it writes often. */
    private SimulatedLedger.Running start(StateDirectory stores) {
        return ledger.start(stores, config -> config.cleanStates(1).snapshotStates(200));
    }

    private void commandEachKey(SimulatedLedger.Running engine) {
        command(engine, KEYS);
    }

    /** Bit by bit, so that snapshots are written between. */
    private void command(SimulatedLedger.Running engine, int keys) {
        for (int from = 0; from < keys; from += KEYS_AT_ONCE) {
            send(from, Math.min(keys, from + KEYS_AT_ONCE));
            engine.until(() -> ledger.notices().size() == expected.size());
        }
        assertThat(sorted(ledger.notices())).isEqualTo(sorted(expected));
    }

    private void send(int from, int to) {
        for (int key = from; key < to; key++) {
            ledger.command(key + PADDING, 1);
            sent[key]++;
            expected.add(sent[key] + ":" + sent[key]);
        }
    }

    private static List<String> sorted(List<String> notices) {
        return notices.stream().sorted().toList();
    }

    private static TaskStatus.Running running(SimulatedLedger.Running engine) {
        return (TaskStatus.Running) engine.status().get(0);
    }

    /** All written to their ends, and one large enough: RocksDB flushes in the background, and what is not there yet cannot be damaged. */
    private boolean hasTables() {
        return Files.isDirectory(store())
                && tables(store()).stream().allMatch(CorruptStoreTest::isWhole)
                && tables(store()).stream().anyMatch(CorruptStoreTest::hasBlocksToDamage);
    }

    private static boolean hasBlocksToDamage(Path table) {
        try {
            return Files.size(table) > FIRST_BLOCK + NO_BLOCKS_BYTES;
        } catch (NoSuchFileException merged) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A table file ends with the magic number of its format. */
    private static boolean isWhole(Path table) {
        try {
            byte[] bytes = Files.readAllBytes(table);
            return bytes.length > 8
                    && ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(bytes.length - 8) == TABLE_MAGIC;
        } catch (NoSuchFileException merged) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void flipAllTables() throws IOException {
        assertThat(hasTables()).as("there is something to damage").isTrue();
        for (Path table : tables(store())) {
            for (long at = FIRST_BLOCK; at < Files.size(table) - NO_BLOCKS_BYTES; at += 4_000) {
                flip(table, at);
            }
        }
    }

    private Path store() {
        return root.resolve("ledger").resolve("tasks").resolve("0-0");
    }

    private Path aside() {
        return root.resolve("ledger").resolve("corrupt-0-0");
    }

    private static void flip(Path file, long at) throws IOException {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int value = bytes.read();
            bytes.seek(at);
            bytes.write(value ^ 4);
        }
    }

    private static void truncate(Path file, long length) throws IOException {
        try (var bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(length);
        }
    }

    private static Path only(Path store, String begin) {
        assertThat(files(store, begin)).hasSize(1);
        return files(store, begin).get(0);
    }

    private static List<Path> tables(Path store) {
        return files(store, "").stream()
                .filter(file -> file.toString().endsWith(".sst"))
                .toList();
    }

    private static Path newest(Path store, String end) {
        return files(store, "").stream()
                .filter(file -> file.toString().endsWith(end))
                .reduce((one, later) -> later)
                .orElseThrow();
    }

    private static List<Path> files(Path store, String begin) {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(file -> file.getFileName().toString().startsWith(begin))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
