package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.Effect.TimerChange;
import io.wellspring.api.Effect.TimerKind;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Position;
import io.wellspring.api.Stage;
import io.wellspring.api.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One key of a pattern's stage as an engine keeps it: transactions that commit or abort, snapshots of parts, restarts that read the last one and
 * replay the journal behind it.
 */
final class StageLife<S> {
    private static final String KEY = "k";

    private final Stage<String, Arrival, Change, S> stage;
    private EventSourced<String, Arrival, Change, S> behaviour;
    private S state;
    private TimerChange timer;
    private final List<byte[]> journal = new ArrayList<>();
    private final List<Match> matches = new ArrayList<>();

    private S committedState;
    private TimerChange committedTimer;
    private int committedEvents;

    private final Map<Long, byte[]> parts = new TreeMap<>();
    private byte[] root;
    private int rootEvents;
    /** Whether the key was forgotten since the last snapshot: numbers of parts may stand for something else then. */
    private boolean reborn;

    private int partsWritten;
    private long bytesWritten;

    StageLife(Stage<String, Arrival, Change, S> stage) {
        this.stage = stage;
        this.behaviour = stage.behaviour().openTask();
        this.state = behaviour.initial(KEY);
        commit();
    }

    S state() {
        return state;
    }

    List<byte[]> journal() {
        return journal;
    }

    int partsWritten() {
        return partsWritten;
    }

    long bytesWritten() {
        return bytesWritten;
    }

    /** What an event brings, the timers that are due before it included. */
    List<Match> event(Object value, long timeMillis) {
        matches.clear();
        while (timer != null && timer.dueMillis() <= timeMillis) {
            TimerChange due = timer;
            timer = null;
            carryOut(behaviour.onTimer(state, due.name(), new At(due.dueMillis())));
        }
        carryOut(behaviour.decide(state, new Arrival(0, value), new At(timeMillis)));
        return List.copyOf(matches);
    }

    private void carryOut(Effect<Change, S> effect) {
        for (Change change : effect.events()) {
            evolve(change);
            journal.add(stage.events().encode(change));
        }
        for (Effect.Emission<?, S> emission : effect.emissions()) {
            if (emission.out().equals(Matcher.MATCHES)) {
                emission.values().apply(state).forEach(value -> matches.add((Match) value));
            }
        }
        for (TimerChange change : effect.timers()) {
            timer = change.kind() == TimerKind.CANCELLED ? null : change;
        }
    }

    private void evolve(Change change) {
        S after = behaviour.evolve(state, change);
        timer = after == null ? null : timer;
        reborn |= after == null;
        state = after == null ? behaviour.initial(KEY) : after;
    }

    void commit() {
        committedState = state;
        committedTimer = timer;
        committedEvents = journal.size();
    }

    void abort() {
        state = committedState;
        timer = committedTimer;
        journal.subList(committedEvents, journal.size()).clear();
    }

    /** Writes what is committed: the parts that are new, as far as numbers tell. */
    void snapshot() {
        stage.stateFormat().ifPresent(format -> {
            long first = format.firstPart(committedState);
            long end = format.endPart(committedState);
            parts.keySet().removeIf(number -> reborn || number < first || number >= end);
            reborn = false;
            for (long number = first; number < end; number++) {
                byte[] part = format.savePart(committedState, number);
                byte[] before = parts.putIfAbsent(number, part);
                assertThat(before == null || Arrays.equals(before, part))
                        .as("part %d stays as it is", number)
                        .isTrue();
                partsWritten += before == null ? 1 : 0;
                bytesWritten += before == null ? part.length : 0;
            }
            root = format.saveRoot(committedState);
            bytesWritten += root.length;
        });
        rootEvents = committedEvents;
    }

    /** The process dies and another one starts. */
    void restart() {
        abort();
        S before = state;
        behaviour = stage.behaviour().openTask();
        state = root == null
                ? behaviour.initial(KEY)
                : stage.stateFormat().orElseThrow().load(root, parts::get);
        for (byte[] event : journal.subList(root == null ? 0 : rootEvents, journal.size())) {
            evolve(stage.events().decode(event));
        }
        timer = committedTimer;
        assertThat(state).isEqualTo(before);
        committedState = state;
    }

    private record At(long eventTimeMillis) implements Context<String> {
        @Override
        public String key() {
            return KEY;
        }

        @Override
        public long watermarkMillis() {
            return eventTimeMillis;
        }

        @Override
        public Instant processingTime() {
            return Instant.ofEpochMilli(eventTimeMillis);
        }

        @Override
        public Position position() {
            return new Position("events", 0, 0);
        }

        @Override
        public <L, V> Optional<V> view(View<L, V> view, L key) {
            return Optional.empty();
        }
    }
}
