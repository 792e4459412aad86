package io.wellspring.benchmarks;

import java.util.Locale;

/**
 * What one contestant did in one round of one cell.
 *
 * @param line names the {@link PatternLine}
 * @param window in events
 * @param contestant its title
 * @param round from 1
 * @param end how it ended
 * @param rate events a second of the thread's CPU time; not a number unless it was measured
 * @param wallRate events a second by the clock on the wall, collections and what else ran included
 * @param bytes allocated for an event; not a number unless it was measured
 * @param live bytes that were held in the end; 0 unless it was measured
 * @param checked events whose matches were compared
 * @param matches of those events
 * @param note how far it came, or why it failed
 */
record PatternOutcome(
        String line,
        int window,
        String contestant,
        int round,
        End end,
        double rate,
        double wallRate,
        double bytes,
        long live,
        long checked,
        long matches,
        String note) {

    /** How a run ended. */
    enum End {
        MEASURED,
        /** The window was not full when the limit came. */
        LIMIT,
        /** The heap was full. */
        MEMORY,
        /** Other matches than Wellspring's, or an error. */
        FAILED;

        String title() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean measured() {
        return end == End.MEASURED;
    }

    boolean isOf(PatternLine cellLine, int cellWindow, PatternContestant who) {
        return line.equals(cellLine.name()) && window == cellWindow && contestant.equals(who.title());
    }

    String progress() {
        String cell = String.format(Locale.ROOT, "%s W=%,d %s round %d: ", line, window, contestant, round);
        return measured()
                ? cell
                        + String.format(
                                Locale.ROOT,
                                "%,.0f events/s (by the wall %,.0f), %.1f bytes an event, %,d KiB live, %,d matches of %,d events compared",
                                rate,
                                wallRate,
                                bytes,
                                live >> 10,
                                matches,
                                checked)
                : cell + end.title() + ", " + note;
    }
}
