package io.wellspring.state;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.rocksdb.Checkpoint;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The rows of one task in a RocksDB database of their own, with one column family ({@link RowKeys} has the layout).
 *
 * <p>A snapshot is one batch that goes through the write-ahead log without being forced to disk: a crash of the process loses
 * nothing, a crash of the machine loses the last snapshots as wholes, and the journal has them all.
 *
 * <p>The lock keeps files open while they are read: RocksDB's handles are addresses, and to use one after its close ends the JVM.
 */
final class RocksStore implements StateStore {
    private static final int BATCH_BYTES_PER_ROW = 64;
    private static final int FULL_BEFORE_REOPEN = 100;
    private static final long STALL_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(RocksErrors.STALL_LIMIT_SECONDS);
    private static final long STALL_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final String task;
    private final Path path;
    private final Options options;
    private final RocksErrors errors;
    private final Runnable whenClosed;
    private final WriteOptions unstalled = new WriteOptions().setSync(false).setNoSlowdown(true);
    private final Lock using;
    private final Lock closing;

    /** Null once closed, and after a failed write until the database is open again. */
    private RocksDB database;

    private boolean closed;

    /** Of the one writer: how many writes failed since the last that succeeded, and whether opening the database anew may help. */
    private int failedWrites;

    private boolean reopenFirst;

    private RocksStore(String task, Path path, Options options, Runnable whenClosed) {
        this.task = task;
        this.path = path;
        this.options = options;
        this.errors = new RocksErrors(task, path);
        this.whenClosed = whenClosed;
        var lock = new ReentrantReadWriteLock();
        this.using = lock.readLock();
        this.closing = lock.writeLock();
    }

    /** Opens or creates the database and checks that its mark can be read. */
    static RocksStore open(String task, Path path, Options options, Runnable whenClosed) {
        var store = new RocksStore(task, path, options, whenClosed);
        try {
            store.openDatabase();
            store.mark();
            return store;
        } catch (RuntimeException e) {
            store.release();
            throw e;
        }
    }

    private void openDatabase() {
        requireCurrentFile();
        try {
            Files.createDirectories(path);
            database = RocksDB.open(options, path.toString());
        } catch (RocksDBException e) {
            throw errors.whenIt("opened", e);
        } catch (IOException e) {
            throw new RetryableException(
                    "The directory " + path + " of task '" + task + "' cannot be created: " + e
                            + "; see that the disk may be written",
                    e);
        }
    }

    /** Without its CURRENT file RocksDB would take a database for a new one and delete the rest. */
    private void requireCurrentFile() {
        if (!Files.isDirectory(path) || Files.exists(path.resolve("CURRENT"))) {
            return;
        }
        try (Stream<Path> files = Files.list(path)) {
            if (files.anyMatch(file -> file.getFileName().toString().startsWith("MANIFEST-"))) {
                throw new CorruptException("The state of task '" + task + "' in " + path
                        + " cannot be opened: its file CURRENT is missing; " + errors.remedy());
            }
        } catch (IOException e) {
            throw new RetryableException("The directory " + path + " of task '" + task + "' cannot be read: " + e, e);
        }
    }

    @Override
    public Optional<SnapshotMark> mark() {
        byte[] bytes = read(RowKeys.MARK);
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(MarkFormat.decode(bytes));
        } catch (CorruptException e) {
            throw errors.corrupt("read", e);
        }
    }

    @Override
    public byte[] get(String stage, byte[] key) {
        return read(RowKeys.row(stage, key));
    }

    private byte[] read(byte[] row) {
        using.lock();
        try {
            return opened().get(row);
        } catch (RocksDBException e) {
            throw errors.whenIt("read", e);
        } finally {
            using.unlock();
        }
    }

    @Override
    public void write(List<Row> changes, SnapshotMark mark) {
        try (var batch = new WriteBatch(BATCH_BYTES_PER_ROW * (changes.size() + 1))) {
            for (Row row : changes) {
                byte[] key = RowKeys.row(row.stage(), row.key());
                if (row.value() == null) {
                    batch.delete(key);
                } else {
                    batch.put(key, row.value());
                }
            }
            batch.put(RowKeys.MARK, MarkFormat.encode(mark));
            write(batch);
        } catch (RocksDBException e) {
            throw errors.whenIt("written", e);
        }
    }

    @Override
    public void clear() {
        try (var batch = new WriteBatch()) {
            batch.deleteRange(new byte[0], RowKeys.END);
            write(batch);
        } catch (RocksDBException e) {
            throw errors.whenIt("written", e);
        }
    }

    /**
     * A write that RocksDB would stall (its buffers wait for a flush, perhaps for ever, as the disk is full) is refused instead and
     * tried again for a bounded time.
     */
    private void write(WriteBatch batch) throws RocksDBException {
        if (reopenFirst) {
            reopen();
        }
        long deadline = System.nanoTime() + STALL_LIMIT_NANOS;
        while (!writtenUnlessStalled(batch)) {
            if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                throw errors.stalled();
            }
            LockSupport.parkNanos(STALL_POLL_NANOS);
        }
    }

    private boolean writtenUnlessStalled(WriteBatch batch) throws RocksDBException {
        using.lock();
        try {
            opened().write(unstalled, batch);
            failedWrites = 0;
            return true;
        } catch (RocksDBException e) {
            if (RocksErrors.isStall(e)) {
                return false;
            }
            failedWrites++;
            reopenFirst = !RocksErrors.isFull(e) || failedWrites % FULL_BEFORE_REOPEN == 0;
            throw e;
        } finally {
            using.unlock();
        }
    }

    /**
     * After a failed write RocksDB refuses all further ones. When the disk was full it looks every 5 seconds whether there is room
     * again and goes on by itself, and can be read meanwhile; after other errors only opening it anew helps. That needs some room
     * and leaves nothing to read where it fails, so for a full disk it is the last resort.
     */
    private void reopen() {
        closing.lock();
        try {
            requireNotClosed();
            if (database != null) {
                database.close();
                database = null;
            }
            openDatabase();
            reopenFirst = false;
        } finally {
            closing.unlock();
        }
    }

    @Override
    public void forEach(String stage, RowVisitor visitor) {
        byte[] prefix = RowKeys.prefix(stage);
        using.lock();
        try (var end = new Slice(RowKeys.after(prefix));
                var range = new ReadOptions().setIterateUpperBound(end);
                RocksIterator rows = opened().newIterator(range)) {
            for (rows.seek(prefix); rows.isValid(); rows.next()) {
                visitor.visit(RowKeys.keyOf(rows.key(), prefix.length), rows.value());
            }
            rows.status();
        } catch (RocksDBException e) {
            throw errors.whenIt("read", e);
        } finally {
            using.unlock();
        }
    }

    /** Makes a copy of the last snapshot in a new directory of the same file system, of links where it can. Any thread; writes go on. */
    void checkpoint(Path to) {
        using.lock();
        try (Checkpoint checkpoint = Checkpoint.create(opened())) {
            checkpoint.createCheckpoint(to.toString());
        } catch (RocksDBException e) {
            throw errors.whenIt("copied", e);
        } finally {
            using.unlock();
        }
    }

    /** The mark in a checkpoint. */
    static Optional<SnapshotMark> markOf(Path checkpoint) {
        try (var plain = new Options();
                RocksDB copy = RocksDB.openReadOnly(plain, checkpoint.toString())) {
            byte[] bytes = copy.get(RowKeys.MARK);
            return bytes == null ? Optional.empty() : Optional.of(MarkFormat.decode(bytes));
        } catch (RocksDBException e) {
            throw new CorruptException(
                    "The copy of a snapshot in " + checkpoint + " cannot be read: " + e.getMessage(), e);
        }
    }

    private RocksDB opened() {
        requireNotClosed();
        if (database == null) {
            throw new RetryableException("The state of task '" + task + "' in " + path
                    + " could not be opened again after a failed write; the next write tries it again");
        }
        return database;
    }

    private void requireNotClosed() {
        if (closed) {
            throw new IllegalStateException("The store of task '" + task + "' in " + path + " is closed");
        }
    }

    @Override
    public void close() {
        if (release()) {
            whenClosed.run();
        }
    }

    private boolean release() {
        closing.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            if (database != null) {
                database.close();
                database = null;
            }
            unstalled.close();
            return true;
        } finally {
            closing.unlock();
        }
    }
}
