package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.PatternTask.Mode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Who matches patterns, in the order in which they run. */
enum PatternContestant {
    WELLSPRING("io.wellspring.benchmarks.WellspringPatterns", "#1f5fa8"),
    ESPER("io.wellspring.benchmarks.patterns.EsperPatterns", "#c2571a"),
    SIDDHI("io.wellspring.benchmarks.patterns.SiddhiPatterns", "#3b8a3e"),
    FLINKCEP("io.wellspring.benchmarks.patterns.FlinkPatterns", "#7a4aa0");

    private final String mainClass;
    private final String colour;

    PatternContestant(String mainClass, String colour) {
        this.mainClass = mainClass;
        this.colour = colour;
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    String mainClass() {
        return mainClass;
    }

    /** Its line in a plot. */
    String colour() {
        return colour;
    }

    boolean isPeer() {
        return this != WELLSPRING;
    }

    /**
     * Whether its language has a pattern with the same matches. The loops of Esper and Siddhi report the longest run of events only. With
     * {@code every} before later steps, and with a condition on an earlier event, Siddhi reports more than the matches that the others agree on.
     */
    boolean expresses(Mode mode) {
        return switch (this) {
            case WELLSPRING, FLINKCEP -> true;
            case ESPER -> mode != Mode.KLEENE;
            case SIDDHI -> mode == Mode.NEXT || mode == Mode.STRICT;
        };
    }

    static PatternContestant named(String title) {
        return Arrays.stream(values())
                .filter(contestant -> contestant.title().equals(title))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("contestant '" + title + "' is unknown; there are " + titles()));
    }

    static String titles() {
        return Arrays.stream(values()).map(PatternContestant::title).collect(Collectors.joining(", "));
    }
}
