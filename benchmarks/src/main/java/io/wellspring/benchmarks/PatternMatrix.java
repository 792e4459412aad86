package io.wellspring.benchmarks;

import io.wellspring.benchmarks.PatternCell.Mode;
import io.wellspring.benchmarks.PatternCell.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Does the cost of an event depend on the window? Sequences of several lengths, matched in memory by one thread, with windows from 100 to
 * 100,000 events. Needs no broker, so it is a command of its own.
 */
@Command(
        name = "pattern-matrix",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Measures patterns in memory; see benchmarks/README.md.")
final class PatternMatrix implements Callable<Integer> {
    private static final int[] WINDOWS = {100, 1_000, 10_000, 100_000};
    private static final int[] STEPS = {3, 6, 9, 12};
    private static final int MANY_KEYS = 10_000;
    private static final int COMPLETING = 1_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", description = "counted runs of each cell; a result wants 3 or more")
    private int rounds = 3;

    @Option(names = "--seconds", description = "measured in each run, after as many to warm up")
    private double seconds = 1;

    @Option(names = "--seed", description = "of the stream")
    private long seed = 42;

    @Option(names = "--results", paramLabel = "DIR", description = "where the page goes")
    private Path results = Launcher.moduleDirectory().resolve("results");

    private final Clock clock;

    PatternMatrix(Clock clock) {
        this.clock = clock;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new PatternMatrix(Clock.systemUTC())).execute(arguments));
    }

    /** A line of the table: cells that differ in the window alone. */
    private record Line(String title, List<PatternCell> cells) {
        static Line of(String title, int steps, Mode mode, int keys, int completing) {
            List<PatternCell> cells = new ArrayList<>();
            for (int window : WINDOWS) {
                cells.add(new PatternCell(steps, mode, window, keys, completing));
            }
            return new Line(title, cells);
        }
    }

    @Override
    public Integer call() throws IOException {
        if (rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds " + rounds + " must be 1 or more");
        }
        Machine machine = Machine.here(Launcher.moduleDirectory());
        double loadBefore = Machine.loadAverage();
        List<String> page = new ArrayList<>(List.of(
                "# patterns",
                "",
                "Sequences matched in memory by one thread (`Matching`), predicates included, in events/s: median (least .. most) of "
                        + rounds
                        + " runs; bytes allocated per event, the most of all runs; and what is live at the end of the last one at"
                        + " W = 100 and at W = 100,000.",
                "",
                "- date: " + LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) + ", commit " + machine.commit(),
                "- machine: " + machine.cores() + " cores (" + machine.processor() + "), " + machine.memoryGib()
                        + " GiB, " + machine.system() + ", load average before "
                        + String.format(Locale.ROOT, "%.2f", loadBefore),
                "- JVM: " + machine.jvm(),
                "- command: `java -cp benchmarks/target/wellspring-benchmarks.jar " + PatternMatrix.class.getName()
                        + " --rounds " + rounds + " --seconds " + seconds + "`",
                "- input: types uniform over all step types but the last and 6 noise types, 1 ms apart, seed " + seed
                        + "; the last type never comes, so all partial matches live as long as the window, or, in the lines that say so, every "
                        + COMPLETING + "th event",
                "",
                "| pattern | W = 100 | 1,000 | 10,000 | 100,000 | bytes an event | live |",
                "|---|---:|---:|---:|---:|---:|---:|"));
        warmUp();
        for (Line line : lines()) {
            String row = measure(line);
            System.out.println(row);
            page.add(row);
        }
        Files.createDirectories(results);
        Path file = results.resolve(LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) + "-patterns-"
                + machine.commit().replace("+", "-changed") + ".md");
        System.out.println("written to " + Files.writeString(file, String.join("\n", page) + "\n"));
        return 0;
    }

    /** The first cells would be measured while they are compiled. */
    private void warmUp() {
        for (Mode mode : List.of(Mode.SKIP_TILL_ANY, Mode.SKIP_TILL_NEXT)) {
            new PatternCell(STEPS[1], mode, WINDOWS[1], 1, 0).run(seed, time(), time());
        }
    }

    private Duration time() {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private static List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (Mode mode : List.of(Mode.SKIP_TILL_ANY, Mode.SKIP_TILL_NEXT)) {
            for (int steps : STEPS) {
                lines.add(Line.of(mode.title() + ", n = " + steps, steps, mode, 1, 0));
            }
        }
        lines.add(Line.of("Kleene in the middle, n = 3", 3, Mode.KLEENE, 1, 0));
        lines.add(Line.of("10,000 keys, skip till any, n = 3", 3, Mode.SKIP_TILL_ANY, MANY_KEYS, 0));
        lines.add(Line.of("10,000 keys, skip till next, n = 3", 3, Mode.SKIP_TILL_NEXT, MANY_KEYS, 0));
        lines.add(Line.of("skip till next, n = 3, matches listed", 3, Mode.SKIP_TILL_NEXT, 1, COMPLETING));
        return lines;
    }

    private String measure(Line line) {
        var row = new StringBuilder("| " + line.title() + " |");
        double bytes = 0;
        List<Long> live = new ArrayList<>();
        for (PatternCell cell : line.cells()) {
            List<Double> rates = new ArrayList<>();
            Rate last = null;
            for (int round = 0; round < rounds; round++) {
                last = cell.run(seed, time(), time());
                rates.add(last.eventsPerSecond());
                bytes = Math.max(bytes, last.bytesPerEvent());
            }
            live.add(last.liveBytes());
            Spread spread = Spread.of(rates);
            row.append(String.format(
                    Locale.ROOT,
                    " %.1f M (%.1f .. %.1f) |",
                    spread.median() / 1e6,
                    spread.least() / 1e6,
                    spread.most() / 1e6));
        }
        return row.append(String.format(
                        Locale.ROOT,
                        " %.1f | %.1f .. %.1f MiB |",
                        bytes,
                        live.get(0) / (double) (1 << 20),
                        live.get(live.size() - 1) / (double) (1 << 20)))
                .toString();
    }
}
