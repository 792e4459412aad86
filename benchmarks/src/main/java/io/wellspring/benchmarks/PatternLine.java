package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.PatternTask;
import io.wellspring.benchmarks.contestant.PatternTask.Mode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Cells of the pattern matrix that differ in the window alone. With many keys that is 100 events of a key: as many times more of all keys as there are
 * keys, which is what a run has to fill.
 *
 * @param name what the command line and the CSV call it
 * @param title what the table calls it
 * @param steps how many
 * @param mode how they follow each other
 * @param keys events take turns
 * @param completing the last type replaces every so-manieth event; 0 where it never comes
 */
record PatternLine(String name, String title, int steps, Mode mode, int keys, int completing) {
    static final List<Integer> WINDOWS = List.of(100, 1_000, 10_000, 100_000);
    private static final int MANY_KEYS = 10_000;
    private static final int COMPLETING = 1_000;

    static final List<PatternLine> ALL = List.of(
            new PatternLine("any-3", "skip till any, n = 3", 3, Mode.ANY, 1, 0),
            new PatternLine("any-12", "skip till any, n = 12", 12, Mode.ANY, 1, 0),
            new PatternLine("next-3", "skip till next, n = 3", 3, Mode.NEXT, 1, 0),
            new PatternLine("next-12", "skip till next, n = 12", 12, Mode.NEXT, 1, 0),
            new PatternLine("strict-3", "strict, n = 3", 3, Mode.STRICT, 1, 0),
            new PatternLine("any-3-keys", "skip till any, n = 3, 10,000 keys", 3, Mode.ANY, MANY_KEYS, 0),
            new PatternLine("next-3-keys", "skip till next, n = 3, 10,000 keys", 3, Mode.NEXT, MANY_KEYS, 0),
            new PatternLine("kleene-3", "Kleene in the middle, n = 3", 3, Mode.KLEENE, 1, 0),
            new PatternLine("across-3", "condition across steps, n = 3", 3, Mode.ACROSS, 1, 0),
            new PatternLine("listed-3", "skip till next, n = 3, matches listed", 3, Mode.NEXT, 1, COMPLETING),
            new PatternLine("any-6", "skip till any, n = 6", 6, Mode.ANY, 1, 0),
            new PatternLine("next-6", "skip till next, n = 6", 6, Mode.NEXT, 1, 0),
            new PatternLine("any-9", "skip till any, n = 9", 9, Mode.ANY, 1, 0),
            new PatternLine("next-9", "skip till next, n = 9", 9, Mode.NEXT, 1, 0));

    PatternTask task(int window) {
        return new PatternTask(steps, mode, window * keys, keys, completing, true);
    }

    /** In events of a key. */
    List<Integer> windows() {
        return keys == 1 ? WINDOWS : WINDOWS.subList(0, 1);
    }

    static PatternLine named(String name) {
        return ALL.stream()
                .filter(line -> line.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("line '" + name + "' is unknown; there are " + names()));
    }

    static String names() {
        return ALL.stream().map(PatternLine::name).collect(Collectors.joining(", "));
    }
}
