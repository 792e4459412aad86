package io.wellspring.examples.run;

import java.util.Locale;

/** Progress as plain lines: one for each quarter that was reached, and nothing between. */
final class LineProgress implements Progress {
    private static final int LINES = 4;

    /** A rate over less than this would be chance. */
    private static final double LEAST_SECONDS = 0.05;

    private final Terminal terminal;
    private final String phase;
    private final String unit;
    private final long startNanos = System.nanoTime();
    private final long from;
    private long end;
    private long printedQuarter;

    LineProgress(Terminal terminal, String phase, long from, long end, String unit) {
        this.terminal = terminal;
        this.phase = phase;
        this.from = from;
        this.end = end;
        this.unit = unit;
        this.printedQuarter = quarter(from);
    }

    @Override
    public void at(long steps) {
        long reached = quarter(steps);
        if (reached > printedQuarter) {
            printedQuarter = reached;
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            String rate =
                    seconds < LEAST_SECONDS ? "" : String.format(Locale.ENGLISH, ", %,.0f/s", (steps - from) / seconds);
            terminal.say(phase, "%3d%%  %,d of %,d %s%s", steps * 100 / end, steps, end, unit, rate);
        }
    }

    @Override
    public void outOf(long steps) {
        end = steps;
    }

    @Override
    public void close() {
        // Every line stands already.
    }

    private long quarter(long steps) {
        return end <= 0 ? 0 : steps * LINES / end;
    }
}
