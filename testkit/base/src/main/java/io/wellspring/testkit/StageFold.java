package io.wellspring.testkit;

import io.wellspring.api.EventSourced;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
import java.util.Arrays;
import java.util.List;

/**
 * Folds the events of one key and checks on the way what recovery rests on. An engine folds live events as objects, a replay
 * folds what the codec gives back, and a snapshot interrupts the fold by the state's codec; all three must end in the same state.
 */
final class StageFold<K, E, S> {
    private final Stage<K, ?, E, S> stage;
    private final K key;
    private final String subject;

    StageFold(Stage<K, ?, E, S> stage, K key, String subject) {
        this.stage = stage;
        this.key = key;
        this.subject = subject;
    }

    S initial() {
        S initial = stage.behaviour().initial(key);
        if (initial == null) {
            throw new AssertionError(
                    subject + ": initial(" + key + ") is null; give the state of a key without events");
        }
        return initial;
    }

    /** The state after an event; where the event made the stage forget the key, the initial state, and that is told. */
    S evolve(EventSourced<K, ?, E, S> behaviour, S state, E event, Runnable forgotten) {
        byte[] before = encodeState(state);
        S evolved;
        try {
            evolved = behaviour.evolve(state, event);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    subject + ": evolve threw on " + event + " at " + state + ": " + e
                            + "; an event that is persisted must always apply",
                    e);
        }
        requireUnchanged(state, before, "evolve(" + event + ")");
        if (evolved == null) {
            forgotten.run();
        }
        S next = evolved == null ? initial() : evolved;
        encodeState(next);
        return next;
    }

    void requireReplayGives(S live, List<E> history) {
        EventSourced<K, ?, E, S> behaviour = stage.behaviour().openTask();
        S replayed = initial();
        for (E event : history) {
            E decoded = throughCodec("event", stage.events(), event).value();
            // From a snapshot, not from the object: this is what a recovery continues with.
            S restored = throughCodec("state", stage.state(), replayed).value();
            replayed = evolve(behaviour, restored, decoded, () -> {});
        }
        if (!SameValue.test(live, replayed)) {
            throw new AssertionError(subject + ": replay of " + history + " gives the state " + replayed
                    + " but live it was " + live + "; evolve must depend on nothing but state and event");
        }
    }

    void requireUnchanged(S state, byte[] before, String by) {
        if (!Arrays.equals(before, encodeState(state))) {
            throw new AssertionError(subject + ": " + by + " changed the state it was given, which is now " + state
                    + "; states are values: return a new one from evolve");
        }
    }

    /** The state's bytes, after a check that they give the state back. */
    byte[] encodeState(S state) {
        return throughCodec("state", stage.state(), state).bytes();
    }

    private <T> Encoded<T> throughCodec(String what, Codec<T> codec, T value) {
        String does = subject + ": codec " + codec.contentName();
        byte[] bytes;
        T decoded;
        try {
            bytes = codec.encode(value);
            decoded = codec.decode(bytes);
        } catch (RuntimeException e) {
            throw new AssertionError(does + " does not take the " + what + " " + value + ": " + e.getMessage(), e);
        }
        if (!SameValue.test(value, decoded)) {
            throw new AssertionError(does + " gives the " + what + " " + value + " back as " + decoded
                    + "; what is lost there is lost in recovery");
        }
        return new Encoded<>(decoded, bytes);
    }

    private record Encoded<T>(T value, byte[] bytes) {}
}
