package io.wellspring.examples.payments;

import java.util.Locale;

/**
 * Something that is done to an engine or to the broker.
 *
 * @param atMillis when, from the beginning of the faults
 * @param kind what
 * @param engine to which engine, from 0; -1 for the broker
 * @param awayMillis how long it is away, or stopped; what it needs to end and to start comes on top
 */
record Fault(long atMillis, Kind kind, int engine, long awayMillis) {
    static final int BROKER = -1;

    /** What may be done. */
    enum Kind {
        /** SIGKILL of an engine, started again later. */
        KILL("engine killed (SIGKILL) and started again", 3),
        /** SIGSTOP and SIGCONT within the session: the group does not notice. */
        STALL("engine stopped (SIGSTOP) for less than its session", 2),
        /** SIGSTOP and SIGCONT beyond the session: a zombie wakes up whose partitions have moved. */
        LONG_STALL("engine stopped (SIGSTOP) for longer than its session", 1),
        /** An engine ends in order, keeps its place in the group, and is started again. */
        RESTART("engine closed in order and started again", 2),
        /** An engine leaves the group and joins again later: a scale-down and a scale-up. */
        LEAVE("engine left the group and joined again", 1),
        /** The broker ends in order and is started again on its data and port. */
        BROKER_STOP("broker stopped in order and started again", 1),
        /** SIGKILL of the broker's JVM, started again on its data and port. */
        BROKER_KILL("broker killed (SIGKILL) and started again", 1);

        private final String text;
        private final int weight;

        Kind(String text, int weight) {
            this.text = text;
            this.weight = weight;
        }

        String text() {
            return text;
        }

        /** How often it comes compared with the others. */
        int weight() {
            return weight;
        }

        boolean ofBroker() {
            return this == BROKER_STOP || this == BROKER_KILL;
        }

        boolean needsSignals() {
            return this == STALL || this == LONG_STALL;
        }
    }

    String target() {
        return engine == BROKER ? "broker" : "engine " + engine;
    }

    @Override
    public String toString() {
        return String.format(Locale.ENGLISH, "%s: %s, away for %.1f s", target(), kind.text(), awayMillis / 1e3);
    }
}
