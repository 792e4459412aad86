package io.wellspring.state;

import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process on a small file system of its own: it writes snapshots until there is no room, makes room, and goes on. */
final class SnapshotsOnASmallDisk {
    private static final int ROWS = 1_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private SnapshotsOnASmallDisk() {}

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        Path filler = Files.write(root.resolve("filler"), new byte[8 << 20]);
        try (var directory = StateDirectory.open(root, "payments");
                var store = directory.task("payments-3")) {
            int number = 1;
            String refusal = writeUntilRefused(store, number);
            while (refusal == null) {
                refusal = writeUntilRefused(store, ++number);
            }
            System.out.println("refused " + refusal);
            check(store, number - 1);
            System.out.println("readable");
            Files.delete(filler);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (writeUntilRefused(store, number) != null) {
                if (System.nanoTime() > deadline) {
                    System.out.println("never resumed");
                    return;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            check(store, number);
            System.out.println("resumed");
        }
    }

    private static String writeUntilRefused(StateStore store, int number) {
        var random = new Random(number);
        List<Row> rows = new ArrayList<>();
        for (int key = 0; key < ROWS; key++) {
            byte[] value = new byte[500];
            random.nextBytes(value);
            ByteBuffer.wrap(value).putInt(number);
            rows.add(new Row("ledger", ByteBuffer.allocate(4).putInt(key).array(), value));
        }
        try {
            store.write(rows, Marks.at(number));
            return null;
        } catch (RetryableException e) {
            return e.getMessage();
        }
    }

    /** All rows and the mark are of one snapshot. */
    private static void check(StateStore store, int number) {
        store.forEach("ledger", (key, value) -> {
            if (ByteBuffer.wrap(value).getInt() != number) {
                throw new IllegalStateException(
                        "a row of snapshot " + ByteBuffer.wrap(value).getInt() + " in " + number);
            }
        });
        if (!store.mark().equals(Optional.of(Marks.at(number)))) {
            throw new IllegalStateException("mark " + store.mark() + " in " + number);
        }
    }
}
