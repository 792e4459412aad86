package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateStore.Row;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RateLimiter;
import org.rocksdb.RocksDB;

/** A disk that takes next to nothing: flushes hang, so RocksDB would let writes wait for them. */
class StalledWriteTest {
    static {
        RocksDB.loadLibrary();
    }

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long NEXT_TO_NOTHING = 1_000;
    private static final long PLENTY = 1_000_000_000;

    @TempDir
    Path root;

    private final RateLimiter disk = new RateLimiter(NEXT_TO_NOTHING);
    private final Options options = new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(BUFFER_BYTES)
            .setRateLimiter(disk);
    private RocksStore store;

    @BeforeEach
    void open() {
        store = RocksStore.open("payments-3", root.resolve("payments-3"), options, () -> {});
    }

    @AfterEach
    void close() {
        disk.setBytesPerSecond(PLENTY);
        store.close();
        options.close();
        disk.close();
    }

    @Test
    @Timeout(60)
    void refusesASnapshotThatWouldWaitForAFlushAndTakesItOnceTheDiskIsFast() {
        int refused = firstRefused();
        assertThat(store.mark()).as("nothing of the refused one").contains(Marks.at(refused - 1));

        disk.setBytesPerSecond(PLENTY);
        write(refused);
        assertThat(store.mark()).contains(Marks.at(refused));
    }

    /** An interrupted thread does not wait out the time that a stall may last. */
    private int firstRefused() {
        Thread.currentThread().interrupt();
        try {
            for (int number = 1; number <= 100; number++) {
                try {
                    write(number);
                } catch (RetryableException e) {
                    assertThat(e)
                            .hasMessageContaining("task 'payments-3'")
                            .hasMessageContaining("full or too slow")
                            .hasMessageContaining("make room there");
                    return number;
                }
            }
        } finally {
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        }
        throw new AssertionError(
                "100 snapshots of a quarter of the buffer each were taken although nothing is flushed");
    }

    private void write(int number) {
        byte[] value = new byte[BUFFER_BYTES / 4];
        new Random(number).nextBytes(value);
        store.write(List.of(new Row("ledger", new byte[] {(byte) number}, value)), Marks.at(number));
    }
}
