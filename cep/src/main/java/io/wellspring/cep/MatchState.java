package io.wellspring.cep;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

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

    /** Equal by content, although partial matches are compared by identity while they are matched. */
    @Override
    public boolean equals(Object other) {
        return other instanceof MatchState that
                && nextPosition == that.nextPosition
                && newestMillis == that.newestMillis
                && contents().equals(that.contents());
    }

    @Override
    public int hashCode() {
        return Objects.hash(nextPosition, newestMillis, runs.size(), held.size());
    }

    private List<List<?>> contents() {
        return Stream.<List<?>>concat(
                        runs.stream()
                                .map(run -> List.of(run.state(), run.taken().content())),
                        held.stream().map(Partial::content))
                .toList();
    }
}
