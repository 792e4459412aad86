package io.wellspring.cep;

import java.util.List;

/**
 * The matching of one key: a value.
 *
 * @param nextPosition the position of the next event that changes it
 * @param newestMillis the latest time that changed it
 * @param runs what is underway, in a fixed order
 * @param held matches that wait for earlier-started runs, in the order in which they will be reported
 */
record MatchState(long nextPosition, long newestMillis, List<Run> runs, List<Partial> held) {
    static final MatchState EMPTY = new MatchState(0, Long.MIN_VALUE, List.of(), List.of());

    boolean isEmpty() {
        return runs.isEmpty() && held.isEmpty();
    }
}
