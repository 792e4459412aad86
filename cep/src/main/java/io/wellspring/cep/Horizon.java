package io.wellspring.cep;

/** How far back a match may begin. The bound is strict: an event at start + window is outside. */
sealed interface Horizon {
    /** Matches of any length. What they reach is copied forward now and then, since no floor ever drops it. */
    record Unbounded() implements Horizon {}

    /** By time, which then never falls from event to event. */
    record Millis(long windowMillis) implements Horizon {
        public Millis {
            requirePositive(windowMillis);
        }
    }

    /** By number: first and last event lie fewer than this many positions apart. */
    record Events(long windowEvents) implements Horizon {
        public Events {
            requirePositive(windowEvents);
        }
    }

    private static void requirePositive(long window) {
        if (window <= 0) {
            throw new IllegalArgumentException("window " + window + " is not positive");
        }
    }
}
