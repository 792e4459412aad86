package io.wellspring.engine;

import io.wellspring.api.Effect;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.port.StateStore;
import io.wellspring.engine.Timers.Timer;
import io.wellspring.journal.JournalEntry.TimerChange;
import io.wellspring.journal.JournalEntry.TimerKind;
import io.wellspring.state.StateTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The timers of one stage in one task. All of them are in memory, as the open transaction sees them, and in the task's queue; a table beside
 * the stage's states carries what is committed into snapshots, one row for each key that has timers.
 *
 * <p>Memory: about 300 bytes a timer and the bytes of its key, on top of what the table holds until the next snapshot. So a million timers in
 * one process take some 300 MB of heap, whatever else is bounded.
 */
final class StageTimers {
    /** Bounds what one row, and with it each change of it, can cost. */
    static final int MOST_OF_A_KEY = 100;

    private final StageRuntime stage;
    private final Codec<Object> keys;
    private final TimerQueue queue;
    private final StateTable<Object, Timers> table;
    private final Map<Object, Timers> current = new HashMap<>();

    /** Keys whose timers wait out of the queue. */
    private final Set<Object> held = new HashSet<>();

    /** What each put of the record replaced; it runs side by side with the table's own. */
    private final List<Undo> undos = new ArrayList<>();

    StageTimers(StageRuntime stage, Codec<Object> keys, StateStore store, TimerQueue queue) {
        this.stage = stage;
        this.keys = keys;
        this.queue = queue;
        // No stage can have this name, so its rows lie beside those of all stages' states.
        this.table = new StateTable<>(stage.name() + "/timers", keys, Timers.CODEC, store, 0);
    }

    private record Undo(Object key, byte[] keyBytes, Timers before) {}

    StateTable<Object, Timers> table() {
        return table;
    }

    /** The timers of a key. */
    Timers of(Object key) {
        return current.getOrDefault(key, Timers.NONE);
    }

    /** Takes the timers of a key, and those that it will be given, out of the queue: they wait. */
    void hold(Object key, byte[] keyBytes) {
        of(key).all().forEach(timer -> queue.remove(new TimerQueue.Due(stage, key, keyBytes, timer)));
        held.add(key);
    }

    /** Puts the timers of a key back into the queue. */
    void letGo(Object key, byte[] keyBytes) {
        held.remove(key);
        of(key).all().forEach(timer -> queue.add(new TimerQueue.Due(stage, key, keyBytes, timer)));
    }

    /** Reads the timers of the snapshot; before any are replayed. */
    void load() {
        table.forEachCommitted((key, entry) -> move(key, keys.encode(key), entry.state()));
    }

    /**
     * Changes the timers of a key within the record or firing in hand.
     *
     * @param fired the name of the timer that fires, or null
     * @param forgotten whether an event of the effect made the stage forget the key
     * @param wanted what the effect says
     * @return the changes to be journaled; what changes nothing is not among them
     * @throws ConfigException when the key would have too many
     */
    List<TimerChange> carryOut(
            Object key, byte[] keyBytes, String fired, boolean forgotten, List<Effect.TimerChange> wanted) {
        if (fired == null && !forgotten && wanted.isEmpty()) {
            return List.of();
        }
        Timers before = of(key);
        Timers after = forgotten ? Timers.NONE : before;
        List<TimerChange> changes = new ArrayList<>();
        if (fired != null) {
            after = after.without(fired);
            changes.add(new TimerChange(fired, TimerKind.FIRED, 0));
        }
        for (Effect.TimerChange one : wanted) {
            var change = new TimerChange(one.name(), kind(one.kind()), one.dueMillis());
            Timers next = after(after, change);
            if (!next.equals(after)) {
                changes.add(change);
            }
            after = next;
        }
        if (after.all().size() > MOST_OF_A_KEY) {
            throw new ConfigException(
                    "Key " + ShownKey.of(key) + " of stage " + stage.name() + " would have "
                            + after.all().size() + " timers, more than " + MOST_OF_A_KEY
                            + ". Give timers that replace each other the same name, and cancel those that are not needed any more");
        }
        if (!after.equals(before)) {
            table.put(key, 0, after.isEmpty() ? null : after);
            undos.add(new Undo(key, keyBytes, before));
            move(key, keyBytes, after);
        }
        return changes;
    }

    /** Does again what the journal says. */
    void replay(Object key, byte[] keyBytes, boolean forgotten, List<TimerChange> changes) {
        Timers before = of(key);
        Timers after = forgotten ? Timers.NONE : before;
        for (TimerChange change : changes) {
            after = after(after, change);
        }
        if (!after.equals(before)) {
            table.replay(key, 0, after.isEmpty() ? null : after);
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

    private void move(Object key, byte[] keyBytes, Timers after) {
        Timers before = of(key);
        boolean queued = !held.contains(key);
        for (Timer timer : before.all()) {
            if (queued && !after.all().contains(timer)) {
                queue.remove(new TimerQueue.Due(stage, key, keyBytes, timer));
            }
        }
        for (Timer timer : after.all()) {
            if (queued && !before.all().contains(timer)) {
                queue.add(new TimerQueue.Due(stage, key, keyBytes, timer));
            }
        }
        if (after.isEmpty()) {
            current.remove(key);
        } else {
            current.put(key, after);
        }
    }

    private static Timers after(Timers timers, TimerChange change) {
        return switch (change.kind()) {
            case CANCELLED, FIRED -> timers.without(change.name());
            case EVENT_TIME -> set(timers, new Timer(change.name(), false, change.dueMillis()));
            case PROCESSING_TIME -> set(timers, new Timer(change.name(), true, change.dueMillis()));
        };
    }

    private static Timers set(Timers timers, Timer timer) {
        return timers.all().contains(timer) ? timers : timers.with(timer);
    }

    private static TimerKind kind(Effect.TimerKind kind) {
        return switch (kind) {
            case EVENT_TIME -> TimerKind.EVENT_TIME;
            case PROCESSING_TIME -> TimerKind.PROCESSING_TIME;
            case CANCELLED -> TimerKind.CANCELLED;
        };
    }
}
