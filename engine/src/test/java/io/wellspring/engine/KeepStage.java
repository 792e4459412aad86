package io.wellspring.engine;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.engine.Came.Kind;

/** Keeps each record, and whether it was late. */
final class KeepStage implements EventSourced<String, Long, Long, Long> {
    static final Out<String> TOLD = Out.named("told", String.class);

    static boolean isLate(long event) {
        return event % 2 == 1;
    }

    static long valueOf(long event) {
        return event / 2;
    }

    @Override
    public Long initial(String key) {
        return 0L;
    }

    @Override
    public Effect<Long, Long> decide(Long count, Long value, Context<String> context) {
        if (Came.kind(value) == Kind.FAILS) {
            throw new IllegalArgumentException("fails for " + value);
        }
        return persist(value * 2 + (context.isLate() ? 1 : 0)).emit(TOLD, after -> after + ":" + value);
    }

    @Override
    public Long evolve(Long count, Long event) {
        return count + 1;
    }
}
