package io.wellspring.state;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * The changes of all stages of a task since its last snapshot, and the mark that says what they are a snapshot of: taken by the
 * task's thread, written by another one in one atomic batch, settled by the task's thread.
 *
 * <pre>
 *            write                ok
 *  TAKEN ───────────> WRITING ───────────> WRITTEN ──settle: thaw──────> SETTLED
 *    │                   │     failed                                       ^
 *    │                   └───────────────> FAILED ───settle: unfreeze───────┤
 *    └──────────────────────────settle: unfreeze────────────────────────────┘
 * </pre>
 */
public final class Snapshot {
    private enum Phase {
        TAKEN,
        WRITING,
        WRITTEN,
        FAILED,
        SETTLED
    }

    private final List<StateTable<?, ?>> tables;
    private final List<FrozenTable> frozen;
    private final SnapshotMark mark;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.TAKEN);

    private Snapshot(List<StateTable<?, ?>> tables, List<FrozenTable> frozen, SnapshotMark mark) {
        this.tables = tables;
        this.frozen = frozen;
        this.mark = mark;
    }

    /**
     * Takes the changes aside. For the task's thread, between transactions.
     *
     * @param tables all tables of the task, none of them frozen
     * @param mark what their states are a snapshot of
     * @return the snapshot, to be written and then settled
     * @throws IllegalStateException when a table is in a transaction or frozen already; nothing is frozen then
     */
    public static Snapshot take(List<? extends StateTable<?, ?>> tables, SnapshotMark mark) {
        List<StateTable<?, ?>> taken = new ArrayList<>(tables.size());
        List<FrozenTable> frozen = new ArrayList<>(tables.size());
        try {
            for (StateTable<?, ?> table : tables) {
                frozen.add(table.freeze());
                taken.add(table);
            }
        } catch (IllegalStateException e) {
            taken.forEach(StateTable::unfreeze);
            throw e;
        }
        return new Snapshot(List.copyOf(taken), List.copyOf(frozen), mark);
    }

    /**
     * What the states are a snapshot of.
     *
     * @return the mark
     */
    public SnapshotMark mark() {
        return mark;
    }

    /**
     * How many rows change. For any thread.
     *
     * @return the number of rows
     */
    public int size() {
        return frozen.stream().mapToInt(FrozenTable::size).sum();
    }

    /**
     * Encodes and writes all of it, or nothing. For any thread, once; the caller sees to it that {@link #settle} happens after it.
     *
     * @param store the task's store
     * @throws io.wellspring.api.error.RetryableException when the disk is full or away
     * @throws io.wellspring.api.error.CorruptException when the store is broken
     * @throws io.wellspring.api.error.CodecException when a state has no encoding
     * @throws IllegalStateException when it was written or settled before
     */
    public void write(StateStore store) {
        write(store, UnaryOperator.identity());
    }

    /**
     * As {@link #write(StateStore)}, with a mark that is completed by the writing thread: with what is known, or asked for, outside only.
     *
     * @param store the task's store
     * @param completion gives the mark that is written for the one that was taken
     * @throws io.wellspring.api.error.RetryableException when the disk is full or away
     * @throws io.wellspring.api.error.CorruptException when the store is broken
     * @throws io.wellspring.api.error.CodecException when a state has no encoding
     * @throws IllegalStateException when it was written or settled before
     */
    public void write(StateStore store, UnaryOperator<SnapshotMark> completion) {
        advance(Phase.TAKEN, Phase.WRITING);
        boolean written = false;
        try {
            List<Row> rows = new ArrayList<>(size());
            frozen.forEach(table -> rows.addAll(table.encode()));
            store.write(rows, completion.apply(mark));
            written = true;
        } finally {
            phase.set(written ? Phase.WRITTEN : Phase.FAILED);
        }
    }

    /**
     * Gives the changes back to the tables: as clean states when they were written, else as changes of the next snapshot. For the
     * task's thread, once, when no write is under way.
     *
     * @return whether the store holds this snapshot
     * @throws IllegalStateException while it is being written, or when it was settled before
     */
    public boolean settle() {
        Phase reached = phase.get();
        if (reached == Phase.WRITING || reached == Phase.SETTLED) {
            throw new IllegalStateException("A snapshot that is " + reached + " cannot be settled: " + mark);
        }
        advance(reached, Phase.SETTLED);
        boolean written = reached == Phase.WRITTEN;
        tables.forEach(written ? StateTable::thaw : StateTable::unfreeze);
        return written;
    }

    private void advance(Phase from, Phase to) {
        if (!phase.compareAndSet(from, to)) {
            throw new IllegalStateException("A snapshot that is " + phase.get() + " cannot become " + to + ": " + mark);
        }
    }
}
