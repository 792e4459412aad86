package io.wellspring.engine;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.port.StateStore;
import io.wellspring.journal.JournalEntry.Cause;
import io.wellspring.journal.JournalEntry.ParkingChange;
import io.wellspring.state.StateTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The parked keys of one stage in one task. All of them are in memory, as the open transaction sees them, for each record asks whether its key
 * is parked; a table beside the stage's states carries what is committed into snapshots. A parked key's timers are held out of the task's queue.
 *
 * <p>Memory: about a kilobyte a key, for at most {@value #MOST_KEYS} keys.
 */
final class StageParking {
    /** Where so many keys of one stage and task have failed, it is not the records that are at fault. */
    static final int MOST_KEYS = 10_000;

    private final StageTimers timers;
    private final Codec<Object> keys;
    private final StateTable<Object, Parked> table;
    private final Map<Object, Parked> current = new HashMap<>();

    /** What each put of the record replaced; it runs side by side with the table's own. */
    private final List<Undo> undos = new ArrayList<>();

    StageParking(String stage, StageTimers timers, Codec<Object> keys, StateStore store) {
        this.timers = timers;
        this.keys = keys;
        // No stage can have this name, so its rows lie beside those of all stages' states.
        this.table = new StateTable<>(stage + "/parked", keys, Parked.CODEC, store, 0);
    }

    private record Undo(Object key, byte[] keyBytes, Parked before) {}

    StateTable<Object, Parked> table() {
        return table;
    }

    /** How the key is parked, or null. */
    Parked of(Object key) {
        return current.get(key);
    }

    int size() {
        return current.size();
    }

    /** The topics that the records of parked keys went to. */
    List<String> topics() {
        return current.values().stream().map(Parked::topic).distinct().sorted().toList();
    }

    /** Reads the parked keys of the snapshot; before anything is replayed. */
    void load() {
        table.forEachCommitted((key, entry) -> move(key, keys.encode(key), entry.state()));
    }

    /** Changes how a key is parked within the record, timer or order in hand; null where it is not parked any more. */
    Parked change(Object key, byte[] keyBytes, List<ParkingChange> changes, Cause cause, long nowMillis) {
        Parked before = of(key);
        Parked after = after(before, changes, cause, nowMillis);
        table.put(key, 0, after);
        undos.add(new Undo(key, keyBytes, before));
        move(key, keyBytes, after);
        return after;
    }

    /**
     * Does again what the journal says.
     *
     * @throws IllegalStateException when the changes do not fit how the key is parked
     */
    void replay(Object key, byte[] keyBytes, List<ParkingChange> changes, Cause cause, long nowMillis) {
        if (!changes.isEmpty()) {
            Parked after = after(of(key), changes, cause, nowMillis);
            table.replay(key, 0, after);
            move(key, keyBytes, after);
        }
    }

    int savepoint() {
        return undos.size();
    }

    void rollbackTo(int savepoint) {
        for (int at = undos.size() - 1; at >= savepoint; at--) {
            Undo undo = undos.remove(at);
            move(undo.key(), undo.keyBytes(), undo.before());
        }
        table.rollbackTo(savepoint);
    }

    void endRecord() {
        if (!undos.isEmpty()) {
            undos.clear();
            table.endRecord();
        }
    }

    private static Parked after(Parked before, List<ParkingChange> changes, Cause cause, long nowMillis) {
        Parked after = before;
        for (ParkingChange change : changes) {
            after = Parked.after(after, change, cause, nowMillis);
        }
        return after;
    }

    private void move(Object key, byte[] keyBytes, Parked after) {
        if (after == null) {
            if (current.remove(key) != null) {
                timers.letGo(key, keyBytes);
            }
        } else if (current.put(key, after) == null) {
            timers.hold(key, keyBytes);
        }
    }
}
