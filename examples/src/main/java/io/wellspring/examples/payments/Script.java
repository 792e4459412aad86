package io.wellspring.examples.payments;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What happens on one account when it is taken over, or when something happens that is one detail away from it.
 *
 * @param takeover whether an alert must follow from the last line
 * @param lines in order
 */
record Script(boolean takeover, List<Line> lines) {
    enum Act {
        DEPOSIT,
        WITHDRAW,
        FAIL,
        ENTER
    }

    /**
     * One thing that happens.
     *
     * @param afterMillis how long after the line before
     * @param cents of a deposit or withdrawal
     * @param ip of a login
     */
    record Line(Act act, long afterMillis, long cents, String ip, boolean last) {}

    private enum Plot {
        TAKEOVER,
        TAKEOVER_WITH_PAUSE,
        TAKEOVER_IN_TWO_ATTEMPTS,
        TWO_FAILURES_ONLY,
        ENTRY_FROM_ELSEWHERE,
        SOMETHING_BETWEEN,
        SMALL_WITHDRAWAL,
        NOT_COVERED,
        TOO_LATE
    }

    static Script invent(Random random) {
        // Every second script is a takeover.
        Plot[] plots = Plot.values();
        Plot plot = random.nextBoolean() ? plots[random.nextInt(3)] : plots[3 + random.nextInt(plots.length - 3)];
        return new Writer(random).write(plot);
    }

    /** Writes one script. */
    private static final class Writer {
        private final Random random;
        private final String thief;
        private final long drainCents;
        private final List<Line> lines = new ArrayList<>();

        Writer(Random random) {
            this.random = random;
            this.thief = "203.0.113." + (1 + random.nextInt(254));
            this.drainCents = Takeover.DRAIN_CENTS + 1L + random.nextInt(4_000_00);
        }

        Script write(Plot plot) {
            // Enough for the drain, so that it does not depend on what the account had.
            if (plot != Plot.NOT_COVERED) {
                add(Act.DEPOSIT, drainCents + random.nextInt(100_00), "");
            }
            fail(plot == Plot.TWO_FAILURES_ONLY ? 2 : 3 + random.nextInt(3));
            switch (plot) {
                case TAKEOVER_WITH_PAUSE -> {
                    enter(thief);
                    // Between entry and drain anything may happen.
                    add(Act.DEPOSIT, 20_00, "");
                    add(Act.ENTER, 0, thief);
                }
                case TAKEOVER_IN_TWO_ATTEMPTS -> {
                    add(Act.ENTER, 0, "198.51.100.7");
                    fail(1);
                    enter(thief);
                }
                case ENTRY_FROM_ELSEWHERE -> enter("198.51.100.7");
                case SOMETHING_BETWEEN -> {
                    add(Act.DEPOSIT, 20_00, "");
                    enter(thief);
                }
                default -> enter(thief);
            }
            long cents = switch (plot) {
                case SMALL_WITHDRAWAL -> Takeover.DRAIN_CENTS;
                case NOT_COVERED -> 1_000_000_000_00L;
                default -> drainCents;
            };
            long afterMillis = plot == Plot.TOO_LATE ? Takeover.WINDOW.toMillis() : shortly();
            lines.add(new Line(Act.WITHDRAW, afterMillis, cents, "", true));
            boolean takeover = plot.compareTo(Plot.TAKEOVER_IN_TWO_ATTEMPTS) <= 0;
            return new Script(takeover, List.copyOf(lines));
        }

        private void fail(int times) {
            for (int i = 0; i < times; i++) {
                add(Act.FAIL, 0, thief);
            }
        }

        private void enter(String ip) {
            add(Act.ENTER, 0, ip);
        }

        private void add(Act act, long cents, String ip) {
            lines.add(new Line(act, shortly(), cents, ip, false));
        }

        /** At most 15 s, so that the longest script stays within the window. */
        private long shortly() {
            return 1_000L + random.nextInt(14_000);
        }
    }
}
