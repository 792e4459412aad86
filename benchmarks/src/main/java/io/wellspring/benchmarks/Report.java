package io.wellspring.benchmarks;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is kept of the runs of one workload: a Markdown page, two plots, the raw runs as CSV.
 *
 * @param workload what was run
 * @param plan on which input
 * @param runs those that passed, the uncounted one with round 0
 * @param failures one line for each run that did not pass
 * @param origin when, where and how
 */
record Report(Workload workload, InputPlan plan, List<Run> runs, List<String> failures, Origin origin) {
    /**
     * When, where and how.
     *
     * @param at when the runs began
     * @param machine where
     * @param command how to do it again
     * @param jvmArguments flags of every contestant
     */
    record Origin(Instant at, Machine machine, String command, List<String> jvmArguments) {}

    private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Writes the files and gives the path of the page. */
    Path write(Path results) {
        String name = DAY.format(origin.at()) + "-" + workload.title() + "-"
                + origin.machine().commit().replace("+", "-changed");
        try {
            Files.createDirectories(results);
            writeCsv(results.resolve(name + ".csv"));
            Files.writeString(results.resolve(name + "-rate.svg"), plot(Metric.RATE));
            Files.writeString(results.resolve(name + "-cpu.svg"), plot(Metric.CPU));
            return Files.writeString(results.resolve(name + ".md"), page(name));
        } catch (IOException failure) {
            throw new UncheckedIOException("the results cannot be written to " + results, failure);
        }
    }

    /** The table alone, for the terminal and the page. */
    String table() {
        StringBuilder table = new StringBuilder("| contestant |");
        StringBuilder line = new StringBuilder("|---|");
        for (Metric metric : Metric.values()) {
            table.append(' ').append(metric.title()).append(" |");
            line.append("---:|");
        }
        table.append(" runs |\n").append(line).append("---:|\n");
        for (String contestant : contestants()) {
            List<Run> counted = counted(contestant);
            table.append("| ").append(contestant).append(" |");
            for (Metric metric : Metric.values()) {
                table.append(' ').append(cell(metric, metric.over(counted))).append(" |");
            }
            table.append(' ').append(counted.size()).append(" |\n");
        }
        return table.toString();
    }

    private static String cell(Metric metric, Spread spread) {
        return spread.isKnown()
                ? metric.format(spread.median()) + " (" + metric.format(spread.least()) + " .. "
                        + metric.format(spread.most()) + ")"
                : "-";
    }

    private String page(String name) {
        Machine machine = origin.machine();
        List<String> lines = new ArrayList<>();
        lines.add("# " + workload.title());
        lines.add("");
        lines.add(workload.meaning() + ".");
        lines.add("");
        lines.add("- date: " + MINUTE.format(origin.at()) + ", commit " + machine.commit());
        lines.add("- machine: " + machine.cores() + " cores (" + machine.processor() + "), " + machine.memoryGib()
                + " GiB, " + machine.system());
        lines.add("- JVM: " + machine.jvm() + "; contestants with `" + String.join(" ", origin.jvmArguments()) + "`");
        lines.add("- command: `" + origin.command() + "`");
        lines.add(String.format(
                Locale.ROOT,
                "- input: %,d records of 100 bytes, %,d accounts, %d partitions, seed %d; one broker in its own JVM",
                plan.records(),
                plan.accounts(),
                BenchmarkTopics.PARTITIONS,
                plan.seed()));
        lines.add("");
        lines.add("Median (least .. most) of the runs, contestants in turn. Every counted run passed its check: each"
                + " input answered exactly once, in order within its account, with the right value. \"Warm\" is the second"
                + " half of the records; CPU is user and system time of the contestant's process from its birth.");
        lines.add("");
        lines.add(table());
        lines.add("![records per second](" + name + "-rate.svg)");
        lines.add("");
        lines.add("![CPU seconds per million records](" + name + "-cpu.svg)");
        lines.add("");
        lines.add("Raw runs: [" + name + ".csv](" + name + ".csv); round 0 warms the broker up and is not counted.");
        if (!failures.isEmpty()) {
            lines.add("");
            lines.add("## Failed runs");
            lines.add("");
            failures.forEach(failure -> lines.add("    " + failure.replace("\n", "\n    ")));
        }
        return String.join("\n", lines) + "\n";
    }

    private String plot(Metric metric) {
        List<BarPlot.Bar> bars = contestants().stream()
                .map(contestant -> {
                    Spread spread = metric.over(counted(contestant));
                    return new BarPlot.Bar(contestant, spread, metric.format(spread.median()));
                })
                .toList();
        return BarPlot.svg(workload.title() + ": " + metric.title(), bars);
    }

    private void writeCsv(Path file) throws IOException {
        try (CsvWriter csv = CsvWriter.builder().build(file)) {
            List<String> header =
                    new ArrayList<>(List.of("workload", "contestant", "round", "records", "load_average"));
            for (Metric metric : Metric.values()) {
                header.add(metric.column());
            }
            csv.writeRecord(header);
            for (Run run : runs) {
                List<String> row = new ArrayList<>(List.of(
                        run.workload().title(),
                        run.contestant(),
                        Integer.toString(run.round()),
                        Integer.toString(plan.records()),
                        String.format(Locale.ROOT, "%.2f", run.loadAverage())));
                for (Metric metric : Metric.values()) {
                    row.add(String.format(Locale.ROOT, "%.3f", metric.of(run)));
                }
                csv.writeRecord(row);
            }
        }
    }

    private List<String> contestants() {
        return runs.stream()
                .filter(run -> run.round() > 0)
                .map(Run::contestant)
                .distinct()
                .toList();
    }

    private List<Run> counted(String contestant) {
        return runs.stream()
                .filter(run -> run.round() > 0 && run.contestant().equals(contestant))
                .toList();
    }
}
