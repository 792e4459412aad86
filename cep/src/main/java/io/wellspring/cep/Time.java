package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;
import java.time.Duration;

/** Arithmetic of event times in milliseconds that stays in range: records without a timestamp carry {@link Long#MIN_VALUE}. */
final class Time {
    static final long NEVER = Long.MAX_VALUE;

    private Time() {}

    static long plus(long millis, long span) {
        boolean beyond = millis > 0 && span > NEVER - millis;
        return span == NEVER || beyond ? NEVER : millis + span;
    }

    static long positiveMillis(Duration span, String what, String where) {
        if (span == null || span.isNegative() || span.toMillis() == 0) {
            throw new ConfigException(what + "(" + span + ") on " + where
                    + " leaves no time for an event; give a duration of at least one millisecond");
        }
        return span.toMillis();
    }
}
