package io.wellspring.engine;

import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.Decision;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalEntry.ParkingChange;
import io.wellspring.journal.JournalEntry.TimerChange;
import io.wellspring.journal.JournalFormat;
import io.wellspring.state.Entry;
import io.wellspring.state.StateTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stage in one task: decide (a command or a timer), evolve, encode; all of it before anything is sent (the scope holds it back), so a stage that throws
 * leaves no trace.
 */
final class StageRuntime implements Receiver {
    /**
     * The sequence of a key that was forgotten: its next event is the first again. A snapshot deletes the key's row and its sequence with
     * it, so going on counting would make the numbers in the journal depend on when snapshots were written.
     */
    private static final long FORGOTTEN = 0;

    private static final byte[] NO_EVENT = {};

    private final Task task;
    private final int index;
    private final Stage<Object, Object, Object, Object> stage;
    private final EventSourced<Object, Object, Object, Object> behaviour;
    private final Codec<Object> events;
    private final Codec<Object> keys;
    private final StateTable<Object, Object> table;
    private final StageTimers timers;
    private final StageParking parking;
    private final List<StateTable<?, ?>> tables;
    private final String journal;
    private final Policy policy;

    /** Null where the policy is another one. */
    private final ParkingGate gate;

    private final Map<Out<?>, Receiver> ports = new HashMap<>();
    private Receiver eventReceivers = Receiver.NOWHERE;

    @SuppressWarnings("unchecked") // KeyedStream.stage has matched the types of key and command
    StageRuntime(Task task, int index, TaskGroup.StagePlan plan, StateTable<Object, Object> table, TimerQueue queue) {
        this.task = task;
        this.index = index;
        this.stage = (Stage<Object, Object, Object, Object>) plan.node().stage();
        this.behaviour = stage.behaviour().openTask();
        this.events = stage.events();
        this.keys = (Codec<Object>) plan.node().keys();
        this.table = table;
        this.journal = plan.journal();
        this.policy = stage.policy().orElse(null);
        this.timers = new StageTimers(this, keys, task.store(), queue);
        this.parking = new StageParking(name(), timers, keys, task.store());
        this.tables = List.of(table, timers.table(), parking.table());
        this.gate = policy instanceof Policy.ParkKey park ? new ParkingGate(task, this, parking, park) : null;
    }

    /** Where commands come in. */
    Receiver entrance() {
        return gate == null ? this : gate;
    }

    void port(Out<?> out, Receiver receiver) {
        ports.merge(out, receiver, (a, b) -> Receiver.all(List.of(a, b)));
    }

    void eventReceivers(Receiver receiver) {
        eventReceivers = receiver;
    }

    String name() {
        return stage.name();
    }

    /** The stage's place in the order of declaration. */
    int index() {
        return index;
    }

    String journal() {
        return journal;
    }

    StateTable<Object, Object> table() {
        return table;
    }

    StageTimers timers() {
        return timers;
    }

    StageParking parking() {
        return parking;
    }

    /** What parks the stage's keys, or null where its policy is another one. */
    ParkingGate gate() {
        return gate;
    }

    /** All that a snapshot holds of the stage. */
    List<StateTable<?, ?>> tables() {
        return tables;
    }

    /** Reads what is kept in memory from the snapshot; before anything is replayed. */
    void load() {
        parking.load();
        timers.load();
    }

    /**
     * Checks that what is parked fits the stage's policy.
     *
     * @throws ConfigException when the records of parked keys went to a topic that the policy does not name any more
     */
    void checkParking() {
        List<String> topics = parking.topics();
        if (!topics.isEmpty() && !(gate != null && topics.equals(List.of(gate.topic())))) {
            throw new ConfigException("Stage " + stage.name() + " of task " + task.id() + " has " + parking.size()
                    + " parked keys, whose records wait in " + topics + ", but its policy "
                    + (gate == null ? "parks none" : "names topic " + gate.topic())
                    + ". Start it with Policy.parkKey of that topic, release or drop the keys with Engine.parked(stage), then change"
                    + " the policy");
        }
    }

    void endRecord() {
        table.endRecord();
        timers.endRecord();
        parking.endRecord();
        if (gate != null) {
            gate.endRecord();
        }
    }

    Codec<Object> keys() {
        return keys;
    }

    /** The kinds of the codecs that journal and snapshot are written with. */
    String codecs() {
        return "keys=" + kind(keys) + ", events=" + kind(events) + ", state=" + kind(stage.state());
    }

    private static String kind(Codec<?> codec) {
        String name = codec.contentName();
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }

    @Override
    public void accept(Object key, Object command) {
        if (policy == null) {
            run(key, command);
            return;
        }
        int[] savepoint = task.tables().savepoint();
        try {
            run(key, command);
        } catch (TaskStopped stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            task.tables().rollbackTo(savepoint);
            task.badRecords().apply(policy, "stage " + stage.name(), failure);
        }
    }

    /** Takes a command in; what it throws is up to the caller. */
    void run(Object key, Object command) {
        if (key == null) {
            throw new CodecException("A record without a key came to stage " + stage.name()
                    + ", whose state is kept by key. Give the records keys, or rekey the stream");
        }
        Entry<Object> entry = table.get(key);
        Object state = stateOf(key, entry);
        carryOut(key, entry, state, decide(state, command), null);
    }

    /**
     * Fires a timer. What fails is up to the stage's policy alone, as no source brought it; whatever is not stopped by it is rid of the timer,
     * unless its key is parked.
     *
     * @throws TaskStopped when the policy says to stop
     */
    void fire(TimerQueue.Due due) {
        int[] savepoint = task.tables().savepoint();
        try {
            fireNow(due);
        } catch (TaskStopped stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            task.tables().rollbackTo(savepoint);
            if (gate != null && ParkingGate.isItsFault(failure)) {
                gate.parkTimer(due, failure);
            } else {
                task.badRecords().apply(policy == null ? Policy.fail() : policy, "stage " + stage.name(), failure);
                long nowMillis = task.context().processingTimeMillis();
                appendChanges(due.key(), nowMillis, drop(due), List.of());
            }
        }
    }

    /** Fires a timer; what it throws is up to the caller. */
    void fireNow(TimerQueue.Due due) {
        Object key = due.key();
        String name = due.timer().name();
        Entry<Object> entry = table.get(key);
        Object state = stateOf(key, entry);
        carryOut(key, entry, state, onTimer(state, name), name);
    }

    /** Takes a timer away as if it had fired; the changes are still to be journaled. */
    List<TimerChange> drop(TimerQueue.Due due) {
        return timers.carryOut(due.key(), due.keyBytes(), due.timer().name(), false, List.of());
    }

    private void carryOut(Object key, Entry<Object> entry, Object state, Effect<Object, Object> effect, String fired) {
        TaskContext context = task.context();
        List<Object> persisted = effect.events();
        Object after = state;
        long nowMillis = context.processingTimeMillis();
        if (!persisted.isEmpty()) {
            long sequence = sequenceOf(entry);
            boolean forgotten = false;
            Object next = state;
            List<TimerChange> changes = List.of();
            for (int i = 0; i < persisted.size(); i++) {
                Object event = persisted.get(i);
                next = evolve(key, next, event);
                if (next == null) {
                    forgotten = true;
                    table.put(key, FORGOTTEN, null); // a later event of this effect begins another life
                }
                if (i == persisted.size() - 1) {
                    changes = timers.carryOut(key, context.keyBytes(), fired, forgotten, effect.timers());
                }
                append(event, ++sequence, i, persisted.size(), nowMillis, changes);
                sequence = next == null ? FORGOTTEN : sequence;
            }
            table.put(key, sequence, next);
            after = next == null ? initial(key) : next;
        } else {
            List<TimerChange> changes = timers.carryOut(key, context.keyBytes(), fired, false, effect.timers());
            if (!changes.isEmpty()) {
                appendChanges(key, nowMillis, changes, List.of());
            }
        }
        if (eventReceivers != NOWHERE) {
            for (Object event : persisted) {
                eventReceivers.accept(key, event);
            }
        }
        emit(key, after, effect);
    }

    private Object stateOf(Object key, Entry<Object> entry) {
        return entry == null || entry.state() == null ? initial(key) : entry.state();
    }

    private Object initial(Object key) {
        task.context().handling(name(), "initial");
        Object state = behaviour.initial(key);
        if (state == null) {
            throw new IllegalStateException(
                    "it gave null. Give the state of a key without events: null is what evolve gives to forget a key");
        }
        task.context().handled();
        return state;
    }

    private Object evolve(Object key, Object state, Object event) {
        Object before = state == null ? initial(key) : state;
        task.context().handling(name(), "evolve");
        Object next = behaviour.evolve(before, event);
        task.context().handled();
        return next;
    }

    private static long sequenceOf(Entry<Object> entry) {
        return entry == null ? 0 : entry.sequence();
    }

    private Effect<Object, Object> decide(Object state, Object command) {
        TaskContext context = task.context();
        var before = context.enter(stage.name(), stage.reads());
        context.handling(name(), "decide");
        try {
            Effect<Object, Object> effect = Decision.made(behaviour.decide(state, command, context), name(), "decide");
            context.handled();
            return effect;
        } finally {
            context.leave(before);
        }
    }

    private Effect<Object, Object> onTimer(Object state, String name) {
        TaskContext context = task.context();
        var before = context.enter(stage.name(), stage.reads());
        context.handling(name(), "onTimer");
        try {
            Effect<Object, Object> effect = Decision.made(behaviour.onTimer(state, name, context), name(), "onTimer");
            context.handled();
            return effect;
        } finally {
            context.leave(before);
        }
    }

    private void append(Object event, long sequence, int place, int count, long nowMillis, List<TimerChange> changes) {
        task.context().handling(name(), "encoding an event");
        byte[] encoded = events.encode(event);
        task.context().handled();
        JournalEntry entry = entry(encoded, sequence, place, count, nowMillis, changes, List.of());
        task.scope()
                .append(
                        journal,
                        task.id().partition(),
                        Math.max(0, entry.eventTimeMillis()),
                        entry.key(),
                        JournalFormat.encode(entry));
        task.context().persistedNow(nowMillis);
    }

    /** An entry that has no event. */
    void appendChanges(Object key, long nowMillis, List<TimerChange> timerChanges, List<ParkingChange> parkingChanges) {
        JournalEntry entry = entry(NO_EVENT, sequenceOf(table.get(key)), 0, 0, nowMillis, timerChanges, parkingChanges);
        task.scope()
                .send(
                        journal,
                        task.id().partition(),
                        Math.max(0, entry.eventTimeMillis()),
                        entry.key(),
                        JournalFormat.encode(entry),
                        null);
        task.context().persistedNow(nowMillis);
    }

    private JournalEntry entry(
            byte[] event,
            long sequence,
            int place,
            int count,
            long nowMillis,
            List<TimerChange> timerChanges,
            List<ParkingChange> parkingChanges) {
        TaskContext context = task.context();
        return new JournalEntry(
                context.keyBytes(),
                event,
                sequence,
                place,
                count,
                context.eventTimeMillis(),
                nowMillis,
                context.topic().isEmpty()
                        ? JournalEntry.Cause.NONE
                        : new JournalEntry.Cause(context.topic(), context.offset()),
                timerChanges,
                parkingChanges);
    }

    private void emit(Object key, Object state, Effect<Object, Object> effect) {
        TaskContext context = task.context();
        for (Effect.Emission<?, Object> emission : effect.emissions()) {
            Receiver receiver = ports.get(emission.out());
            if (receiver != null) {
                // The values may be computed while they are walked through, so what comes next is the stage's again.
                context.handling(name(), "emit");
                for (Object value : emission.values().apply(state)) {
                    Object emitted = emission.out().type().cast(value);
                    context.handled();
                    receiver.accept(key, emitted);
                    context.handling(name(), "emit");
                }
                context.handled();
            }
        }
    }

    /**
     * Folds an entry of the journal into state and timers, in recovery.
     *
     * @throws CorruptException when the event cannot be decoded or applied, with its place and the remedy
     */
    void replay(JournalEntry entry, String place) {
        Object key;
        try {
            key = keys.decode(entry.key());
        } catch (RuntimeException failure) {
            throw corrupt(place, "its key cannot be decoded", failure);
        }
        Entry<Object> current = table.get(key);
        long expected = sequenceOf(current) + (entry.hasEvent() ? 1 : 0);
        if (entry.sequence() != expected) {
            throw new CorruptException(
                    "The journal of stage " + stage.name() + " has event " + entry.sequence() + " of key "
                            + ShownKey.of(key) + " at " + place + " where event " + expected
                            + " was due: snapshot and journal do not fit. Delete the task's state directory to replay from the beginning");
        }
        boolean forgotten = entry.hasEvent() && fold(key, current, entry, place);
        timers.replay(key, entry.key(), forgotten, entry.timers());
        try {
            parking.replay(key, entry.key(), entry.parking(), entry.cause(), entry.processingTimeMillis());
        } catch (IllegalStateException unfit) {
            throw corrupt(place, "key " + ShownKey.of(key) + " is not parked as the entry needs it", unfit);
        }
        task.context().persistedNow(entry.processingTimeMillis());
    }

    /** Applies the event of an entry; whether it made the stage forget the key. */
    private boolean fold(Object key, Entry<Object> current, JournalEntry entry, String place) {
        Object state;
        boolean forgotten = false;
        try {
            state = stateOf(key, current);
            for (Object event : events.decodeAll(entry.event())) {
                state = behaviour.evolve(state == null ? initial(key) : state, event);
                if (state == null) {
                    forgotten = true;
                    table.replay(key, FORGOTTEN, null);
                }
            }
        } catch (RuntimeException failure) {
            throw corrupt(place, "its event of key " + ShownKey.of(key) + " cannot be decoded or applied", failure);
        }
        table.replay(key, state == null ? FORGOTTEN : entry.sequence(), state);
        return forgotten;
    }

    private CorruptException corrupt(String place, String what, RuntimeException failure) {
        return new CorruptException(
                "Replay of stage " + stage.name() + " stopped at " + place + ": " + what + ": " + failure.getMessage()
                        + ". Mend the code, or add an upcaster for the event's old form, then start again; nothing was changed",
                failure);
    }
}
