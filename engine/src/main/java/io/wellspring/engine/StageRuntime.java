package io.wellspring.engine;

import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalFormat;
import io.wellspring.state.Entry;
import io.wellspring.state.StateTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stage in one task: decide, evolve, encode; all of it before anything is sent (the scope holds it back), so a stage that throws
 * leaves no trace.
 */
final class StageRuntime implements Receiver {
    /**
     * The sequence of a key that was forgotten: its next event is the first again. A snapshot deletes the key's row and its sequence with
     * it, so going on counting would make the numbers in the journal depend on when snapshots were written.
     */
    private static final long FORGOTTEN = 0;

    private final Task task;
    private final Stage<Object, Object, Object, Object> stage;
    private final EventSourced<Object, Object, Object, Object> behaviour;
    private final Codec<Object> events;
    private final Codec<Object> keys;
    private final StateTable<Object, Object> table;
    private final String journal;
    private final Policy policy;
    private final Map<Out<?>, Receiver> ports = new HashMap<>();
    private Receiver eventReceivers = Receiver.NOWHERE;

    @SuppressWarnings("unchecked") // KeyedStream.stage has matched the types of key and command
    StageRuntime(Task task, TaskGroup.StagePlan plan, StateTable<Object, Object> table) {
        this.task = task;
        this.stage = (Stage<Object, Object, Object, Object>) plan.node().stage();
        this.behaviour = stage.behaviour().openTask();
        this.events = stage.events();
        this.keys = (Codec<Object>) plan.node().keys();
        this.table = table;
        this.journal = plan.journal();
        this.policy = stage.policy().orElse(null);
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

    String journal() {
        return journal;
    }

    StateTable<Object, Object> table() {
        return table;
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
        int sends = task.scope().mark();
        int[] savepoints = task.savepoints();
        try {
            run(key, command);
        } catch (TaskStopped stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            task.rollbackTo(sends, savepoints);
            task.apply(policy, "stage " + stage.name(), failure);
        }
    }

    private void run(Object key, Object command) {
        if (key == null) {
            throw new CodecException("A record without a key came to stage " + stage.name()
                    + ", whose state is kept by key. Give the records keys, or rekey the stream");
        }
        TaskContext context = task.context();
        Entry<Object> entry = table.get(key);
        Object state = entry == null || entry.state() == null ? behaviour.initial(key) : entry.state();
        Effect<Object, Object> effect = decide(state, command, context);
        List<Object> persisted = effect.events();
        if (!persisted.isEmpty()) {
            long sequence = entry == null ? 0 : entry.sequence();
            long nowMillis = context.processingTimeMillis();
            Object next = state;
            for (int i = 0; i < persisted.size(); i++) {
                Object event = persisted.get(i);
                next = behaviour.evolve(next == null ? behaviour.initial(key) : next, event);
                append(event, ++sequence, i, persisted.size(), nowMillis);
                sequence = next == null ? FORGOTTEN : sequence;
            }
            table.put(key, sequence, next);
            state = next == null ? behaviour.initial(key) : next;
        }
        if (eventReceivers != NOWHERE) {
            for (Object event : persisted) {
                eventReceivers.accept(key, event);
            }
        }
        emit(key, state, effect);
    }

    private Effect<Object, Object> decide(Object state, Object command, TaskContext context) {
        var before = context.enter(stage.name(), stage.reads());
        try {
            Effect<Object, Object> effect = behaviour.decide(state, command, context);
            if (effect == null) {
                throw new NullPointerException("decide of stage " + stage.name()
                        + " returned null. Return none() where a command does nothing");
            }
            return effect;
        } finally {
            context.leave(before);
        }
    }

    private void append(Object event, long sequence, int index, int count, long nowMillis) {
        TaskContext context = task.context();
        var entry = new JournalEntry(
                context.keyBytes(),
                events.encode(event),
                sequence,
                index,
                count,
                context.eventTimeMillis(),
                nowMillis,
                new JournalEntry.Cause(context.topic(), context.offset()));
        task.scope()
                .append(
                        journal,
                        task.id().partition(),
                        Math.max(0, context.eventTimeMillis()),
                        entry.key(),
                        JournalFormat.encode(entry));
        context.persistedNow(nowMillis);
    }

    private void emit(Object key, Object state, Effect<Object, Object> effect) {
        for (Effect.Emission<?, Object> emission : effect.emissions()) {
            Receiver receiver = ports.get(emission.out());
            if (receiver != null) {
                for (Object value : emission.values().apply(state)) {
                    receiver.accept(key, emission.out().type().cast(value));
                }
            }
        }
    }

    /**
     * Folds an event of the journal into the state, in recovery.
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
        long expected = (current == null ? 0 : current.sequence()) + 1;
        if (entry.sequence() != expected) {
            throw new CorruptException(
                    "The journal of stage " + stage.name() + " has event " + entry.sequence() + " of key "
                            + key + " at " + place + " where event " + expected
                            + " was due: snapshot and journal do not fit. Delete the task's state directory to replay from the beginning");
        }
        Object state = current == null || current.state() == null ? behaviour.initial(key) : current.state();
        try {
            for (Object event : events.decodeAll(entry.event())) {
                state = behaviour.evolve(state == null ? behaviour.initial(key) : state, event);
            }
        } catch (RuntimeException failure) {
            throw corrupt(place, "its event of key " + key + " cannot be decoded or applied", failure);
        }
        table.replay(key, state == null ? FORGOTTEN : entry.sequence(), state);
        task.context().persistedNow(entry.processingTimeMillis());
    }

    private CorruptException corrupt(String place, String what, RuntimeException failure) {
        return new CorruptException(
                "Replay of stage " + stage.name() + " stopped at " + place + ": " + what + ": " + failure.getMessage()
                        + ". Mend the code, or add an upcaster for the event's old form, then start again; nothing was changed",
                failure);
    }
}
