package io.wellspring.cep;

import io.wellspring.api.error.ConfigException;

/**
 * What holds for a pattern as a whole, whatever its steps are.
 *
 * @param windowMillis the last event of a match comes sooner than this after the first; {@link Time#NEVER} where there is no bound
 * @param windowEvents a match lies within this many consecutive events of its key; {@link #UNBOUNDED} where there is no bound
 * @param maxPartialMatches bound on the partial and waiting matches of a key
 * @param maxMatchesPerEvent of the matches that one event brings, the first so many are reported; {@link #UNBOUNDED} where all are
 */
record Terms(
        long windowMillis,
        int windowEvents,
        Skip skip,
        TimeBasis basis,
        int maxPartialMatches,
        int maxMatchesPerEvent) {
    static final int UNBOUNDED = Integer.MAX_VALUE;
    static final int DEFAULT_MAX_PARTIAL_MATCHES = 10_000;
    static final Terms DEFAULT =
            new Terms(Time.NEVER, UNBOUNDED, Skip.NONE, TimeBasis.EVENT_TIME, DEFAULT_MAX_PARTIAL_MATCHES, UNBOUNDED);

    Terms within(long millis) {
        long shorter = Math.min(windowMillis, millis);
        return new Terms(shorter, windowEvents, skip, basis, maxPartialMatches, maxMatchesPerEvent);
    }

    Terms withinEvents(int events) {
        if (events < 1) {
            throw new ConfigException(
                    "withinEvents(" + events
                            + ") on a pattern leaves no room for an event; give a number of at least one, which counts the first event too");
        }
        int fewer = Math.min(windowEvents, events);
        return new Terms(windowMillis, fewer, skip, basis, maxPartialMatches, maxMatchesPerEvent);
    }

    Terms skipping(Skip changed) {
        return new Terms(windowMillis, windowEvents, changed, basis, maxPartialMatches, maxMatchesPerEvent);
    }

    Terms by(TimeBasis changed) {
        return new Terms(windowMillis, windowEvents, skip, changed, maxPartialMatches, maxMatchesPerEvent);
    }

    Terms maxPartialMatches(int most) {
        if (most < 1) {
            throw new ConfigException("maxPartialMatches(" + most
                    + ") on a pattern leaves no room for a match; the default is " + DEFAULT_MAX_PARTIAL_MATCHES);
        }
        return new Terms(windowMillis, windowEvents, skip, basis, most, maxMatchesPerEvent);
    }

    Terms maxMatchesPerEvent(int most) {
        if (most < 1) {
            throw new ConfigException("maxMatchesPerEvent(" + most
                    + ") on a pattern would report nothing; give a number of at least one, or leave the limit out");
        }
        return new Terms(windowMillis, windowEvents, skip, basis, maxPartialMatches, most);
    }

    boolean hasWindow() {
        return windowMillis != Time.NEVER || countsEvents();
    }

    boolean countsEvents() {
        return windowEvents != UNBOUNDED;
    }

    /** Whether anything is set that belongs to a whole pattern and not to a group. */
    boolean isDefault() {
        return equals(DEFAULT);
    }

    /** What stored state depends on; what is left out may change while partial matches live. */
    String signature(int skipStep) {
        return windowMillis
                + (countsEvents() ? "e" + windowEvents : "")
                + skip.kind()
                + skip.ifMissing()
                + skipStep
                + (skip.emitNow() ? "now" : "")
                + (basis == TimeBasis.PROCESSING_TIME ? basis : "");
    }
}
