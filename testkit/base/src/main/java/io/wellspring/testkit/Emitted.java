package io.wellspring.testkit;

import io.wellspring.api.Effect;
import java.util.ArrayList;
import java.util.List;

/** A value that came out of a stage. */
record Emitted(String port, Object value) {

    /** Computes the output of an effect, as an engine does: after its events, from the new state. */
    static <S> List<Emitted> of(Effect<?, S> effect, S state, String deciding) {
        List<Emitted> all = new ArrayList<>();
        for (Effect.Emission<?, S> emission : effect.emissions()) {
            add(emission, state, deciding, all);
        }
        return all;
    }

    private static <T, S> void add(Effect.Emission<T, S> emission, S state, String deciding, List<Emitted> all) {
        String port = emission.out().name();
        Iterable<? extends T> values = emission.values().apply(state);
        if (values == null) {
            throw new AssertionError(deciding + " emitted null instead of values through " + port
                    + "; give an empty list to emit nothing");
        }
        values.forEach(value -> all.add(new Emitted(port, value)));
    }

    @Override
    public String toString() {
        return value + " through " + port;
    }
}
