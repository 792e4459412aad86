package io.wellspring.engine;

import io.wellspring.state.StateTable;
import java.util.Collection;
import java.util.function.ToLongFunction;

/**
 * The tables of all stages of a task together (states, timers, parked keys): taken back to a savepoint within the record or timer in hand, with what it has sent so
 * far; made the committed state; and measured. Confined to the thread of the task's worker.
 */
final class TaskTables {
    private final RecordScope scope;
    private final Collection<StageRuntime> stages;

    TaskTables(RecordScope scope, Collection<StageRuntime> stages) {
        this.scope = scope;
        this.stages = stages;
    }

    /** Where the tables and the sends stand within the record or timer in hand, for a stage that may have to take back its part. */
    int[] savepoint() {
        int[] points = new int[1 + 3 * stages.size()];
        int i = 0;
        points[i++] = scope.mark();
        for (StageRuntime stage : stages) {
            points[i++] = stage.table().savepoint();
            points[i++] = stage.timers().savepoint();
            points[i++] = stage.parking().savepoint();
        }
        return points;
    }

    void rollbackTo(int[] savepoint) {
        int i = 0;
        scope.rollbackTo(savepoint[i++]);
        for (StageRuntime stage : stages) {
            stage.table().rollbackTo(savepoint[i++]);
            stage.timers().rollbackTo(savepoint[i++]);
            stage.parking().rollbackTo(savepoint[i++]);
        }
    }

    /** Takes back all that the record or timer in hand has done. */
    void rollbackAll() {
        rollbackTo(new int[1 + 3 * stages.size()]);
    }

    /** Makes the transaction's changes the committed state. */
    void commit() {
        for (StageRuntime stage : stages) {
            stage.tables().forEach(StateTable::commit);
        }
    }

    /** How many states, and rows of timers and parked keys, the last snapshot does not hold. */
    int dirtyStates() {
        int dirty = 0;
        for (StageRuntime stage : stages) {
            for (StateTable<?, ?> table : stage.tables()) {
                dirty += table.dirty();
            }
        }
        return dirty;
    }

    /** How many keys the stages have parked, the open transaction's part too. */
    int parkedKeys() {
        int keys = 0;
        for (StageRuntime stage : stages) {
            keys += stage.parking().size();
        }
        return keys;
    }

    /** About how much heap the changes take that the last snapshot does not hold. */
    long changedBytes() {
        return bytes(StateTable::changedBytes);
    }

    /** About how much of it a snapshot would take aside now. */
    long dirtyBytes() {
        return bytes(StateTable::dirtyBytes);
    }

    /** About how much heap the states take that the last snapshot holds. */
    long cleanBytes() {
        return bytes(StateTable::cleanBytes);
    }

    /** Forgets so much of the clean states, from 0 to 1. */
    void dropClean(double share) {
        for (StageRuntime stage : stages) {
            stage.tables().forEach(table -> table.dropClean(share));
        }
    }

    private long bytes(ToLongFunction<StateTable<?, ?>> measure) {
        long bytes = 0;
        for (StageRuntime stage : stages) {
            for (StateTable<?, ?> table : stage.tables()) {
                bytes += measure.applyAsLong(table);
            }
        }
        return bytes;
    }
}
