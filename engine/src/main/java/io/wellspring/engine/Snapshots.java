package io.wellspring.engine;

import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.state.Snapshot;
import io.wellspring.state.StateTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * When and where the snapshots of one task are written: the tables are frozen on the worker between two transactions, or between two events of
 * a replay, encoded and written elsewhere, and settled on the worker. The mark is taken at the moment of the freeze, so rows and mark are of the same commit (I5). A
 * write that fails leaves the last snapshot as it was; its states stay in memory and go into the next. Where a codec refuses one of them none can ever
 * be written, and the task has to stop: what it changes would pile up in memory.
 */
final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

    private static final long RETRY_NANOS = 1_000_000_000;

    /** A disk that is full is tried sooner than the interval says, but not all the time: each attempt encodes what has changed. */
    private static final long RETRY_REFUSED_NANOS = 10_000_000_000L;

    private final Task task;
    private final Executor writers;
    private final UnaryOperator<SnapshotMark> completion;
    private final long intervalNanos;
    private final int maxStates;
    private Snapshot snapshot;
    private FutureTask<Void> writing;
    private long lastNanos;
    private long retryNanos;

    /** Why no snapshot of this task can ever be written, once that is known. */
    private CodecException unencodable;

    /** Why the disk took no snapshot the last time, until it takes one; it was tried again and again since. */
    private RetryableException refusal;

    private boolean hasWritten;

    /** Sums of journal offsets: up to where the store has the task's events, and up to where the write under way has them. */
    private long written;

    private long taken;

    Snapshots(
            Task task,
            Executor writers,
            UnaryOperator<SnapshotMark> completion,
            Duration interval,
            int maxStates,
            long nowNanos) {
        this.task = task;
        this.completion = completion;
        this.writers = writers;
        this.intervalNanos = interval.toNanos();
        this.maxStates = maxStates;
        this.lastNanos = nowNanos;
        this.retryNanos = nowNanos;
        task.store().mark().ifPresent(mark -> written = offsets(mark));
        this.taken = written;
    }

    /** Whether a snapshot would hold anything and could be begun. */
    boolean possible(long nowNanos) {
        return writing == null && nowNanos - retryNanos >= 0 && task.tables().dirtyStates() > 0;
    }

    /** Whether the time for a snapshot has come, or so much has changed that it should not wait. */
    boolean due(long nowNanos) {
        long restNanos = refusal == null ? intervalNanos : Math.min(intervalNanos, RETRY_REFUSED_NANOS);
        return possible(nowNanos) && (task.tables().dirtyStates() >= maxStates || nowNanos - lastNanos >= restNanos);
    }

    /**
     * How many offsets of its journals the task would have to replay once the write under way has succeeded.
     *
     * @param reached the sum of the ends of its own events
     */
    long tail(long reached) {
        return reached - taken;
    }

    /** Whether so much waits for the disk that the task should rest until the snapshot under way has ended. */
    boolean overdue(long nowNanos) {
        return (writing != null || nowNanos - retryNanos < 0) && task.tables().dirtyStates() >= 2L * maxStates;
    }

    /** The sum of the journal positions of the last snapshot that was written. */
    long written() {
        return written;
    }

    /** What a codec says of a state that it cannot encode: no later attempt will write it. */
    Optional<CodecException> unencodable() {
        return Optional.ofNullable(unencodable);
    }

    /** Settles a write that has ended. */
    boolean poll(long nowNanos) {
        if (writing == null || !writing.isDone()) {
            return false;
        }
        if (!end()) {
            retryNanos = nowNanos + RETRY_NANOS;
        }
        return true;
    }

    /** Why the disk does not take snapshots at present; empty where the last one was written. */
    Optional<RetryableException> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Whether one was written since the task was opened. */
    boolean hasWritten() {
        return hasWritten;
    }

    /** Whether the store lacks something of what the task has. */
    boolean unsaved() {
        return writing != null || task.tables().dirtyStates() > 0;
    }

    /** Writes what is still dirty, and waits for it. */
    void writeNow(Supplier<SnapshotMark> mark) {
        awaitWrite();
        if (task.tables().dirtyStates() > 0) {
            begin(lastNanos, mark.get());
            awaitWrite();
        }
    }

    /** Waits until no write is under way, so that the store can be closed. */
    void awaitWrite() {
        if (writing != null) {
            end();
        }
    }

    /** Begins a snapshot; the task has no transaction open. */
    void begin(long nowNanos, SnapshotMark mark) {
        lastNanos = nowNanos;
        taken = offsets(mark);
        List<StateTable<?, ?>> tables = new ArrayList<>();
        for (StageRuntime stage : task.stages()) {
            tables.addAll(stage.tables());
        }
        Snapshot taken = Snapshot.take(tables, mark);
        snapshot = taken;
        writing = new FutureTask<>(() -> taken.write(task.store(), completion), null);
        writers.execute(writing);
    }

    /** Settles the write; whether it succeeded. */
    private boolean end() {
        FutureTask<Void> ended = writing;
        writing = null;
        ended.run(); // does nothing where a writer was first
        try {
            joined(ended);
            written = taken;
            hasWritten = true;
            if (refusal != null) {
                LOG.info("task {}: snapshots are written again", task.id());
                refusal = null;
            }
            return true;
        } catch (ExecutionException failed) {
            String reason = failed.getCause() instanceof WellspringException known
                    ? known.getMessage()
                    : String.valueOf(failed.getCause());
            LOG.atLevel(refusal == null ? Level.WARN : Level.DEBUG)
                    .log(
                            "task {}: a snapshot could not be written; the last one stands, and a later commit tries again: {}",
                            task.id(),
                            reason);
            if (failed.getCause() instanceof CodecException refused) {
                unencodable = refused;
            }
            refusal = failed.getCause() instanceof RetryableException disk ? disk : null;
            taken = written;
            return false;
        } finally {
            snapshot.settle();
            snapshot = null;
        }
    }

    private long offsets(SnapshotMark mark) {
        long sum = 0;
        for (StageRuntime stage : task.stages()) {
            sum += mark.journal(stage.name()).map(JournalMark::position).orElse(0L);
        }
        return sum;
    }

    /** The store must not be closed under a write, so an interruption is put off until it has ended. */
    private static void joined(FutureTask<Void> write) throws ExecutionException {
        boolean interrupted = false;
        while (true) {
            try {
                write.get();
                return;
            } catch (InterruptedException later) {
                interrupted = true;
            } finally {
                if (interrupted && write.isDone()) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
