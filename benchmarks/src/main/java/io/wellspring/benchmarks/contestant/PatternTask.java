package io.wellspring.benchmarks.contestant;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cell of the pattern matrix: a sequence of steps s0, s1 .. over a stream of typed events, where step i takes events of type i. Handed over as
 * {@code name=value} arguments of a contestant's main method.
 *
 * @param steps how many
 * @param mode how they follow each other
 * @param windowEvents the window: events are 1 ms apart, and an event this many ms after a match's first is outside
 * @param keys events take turns; a match's events have one key, whose window then holds this many times fewer events
 * @param completing the last type replaces every so-manieth event; 0 where it never comes
 * @param listed whether each match is wanted, or their number is enough for who can count without listing
 */
public record PatternTask(int steps, Mode mode, int windowEvents, int keys, int completing, boolean listed) {
    /** Has no divisor in common with any number of keys, so that the last type comes to all of them. */
    private static final int CHECKED_COMPLETING = 51;

    /** How steps follow each other. */
    public enum Mode {
        /** Skip till any match: whatever subsequence fits. */
        ANY,
        /** Skip till next match: a step takes the next event that fits. */
        NEXT,
        /** No other event comes in between. */
        STRICT,
        /** Skip till next match; the second step takes one event or more. */
        KLEENE,
        /** Skip till next match; the value of the second event is larger than that of the first. */
        ACROSS
    }

    /**
     * Reads the arguments of a main method.
     *
     * @param arguments as {@link #toArguments} wrote them
     * @return the task
     * @throws IllegalArgumentException if one is missing or has no name; the message says which
     */
    public static PatternTask parse(String[] arguments) {
        Map<String, String> named = new TreeMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("argument '" + argument + "' is not name=value [PatternTask]");
            }
            named.put(parts[0], parts[1]);
        }
        return new PatternTask(
                number(named, "steps"),
                Mode.valueOf(required(named, "mode").toUpperCase(Locale.ROOT)),
                number(named, "window"),
                number(named, "keys"),
                number(named, "completing"),
                Boolean.parseBoolean(required(named, "listed")));
    }

    private static int number(Map<String, String> named, String name) {
        return Integer.parseInt(required(named, name));
    }

    private static String required(Map<String, String> named, String name) {
        String value = named.get(name);
        if (value == null) {
            throw new IllegalArgumentException("argument " + name
                    + "= is missing [PatternTask]; contestants are started by the harness, see benchmarks/README.md");
        }
        return value;
    }

    /**
     * Writes the task as arguments of a main method.
     *
     * @return one {@code name=value} for each
     */
    public List<String> toArguments() {
        return List.of(
                "steps=" + steps,
                "mode=" + mode.name().toLowerCase(Locale.ROOT),
                "window=" + windowEvents,
                "keys=" + keys,
                "completing=" + completing,
                "listed=" + listed);
    }

    /**
     * The same task over a stream in which the last type comes often.
     *
     * @return the task whose matches are compared
     */
    public PatternTask checked() {
        return new PatternTask(steps, mode, windowEvents, keys, CHECKED_COMPLETING, false);
    }
}
