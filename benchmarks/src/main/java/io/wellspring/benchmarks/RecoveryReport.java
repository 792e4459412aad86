package io.wellspring.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is kept of recoveries: a Markdown page with every run.
 *
 * @param plan the input
 * @param recoveries those that passed
 * @param failures one line for each that did not
 * @param origin when, where and how
 */
record RecoveryReport(InputPlan plan, List<Recovery> recoveries, List<String> failures, Report.Origin origin) {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

    /** Writes the page and gives its path. */
    Path write(Path results) {
        String name = DAY.format(origin.at()) + "-recovery-"
                + origin.machine().commit().replace("+", "-changed") + ".md";
        try {
            Files.createDirectories(results);
            return Files.writeString(results.resolve(name), page());
        } catch (IOException failure) {
            throw new UncheckedIOException("the results cannot be written to " + results, failure);
        }
    }

    /** The table alone, for the terminal and the page. */
    String table() {
        StringBuilder table = new StringBuilder(
                        "| contestant | s to the first new output | records restored | runs |\n")
                .append("|---|---:|---:|---:|\n");
        for (String contestant :
                recoveries.stream().map(Recovery::contestant).distinct().toList()) {
            List<Recovery> own = recoveries.stream()
                    .filter(recovery -> recovery.contestant().equals(contestant))
                    .toList();
            Spread seconds = Spread.of(own.stream().map(Recovery::seconds).toList());
            Spread restored = Spread.of(
                    own.stream().map(recovery -> (double) recovery.restored()).toList());
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f (%.2f .. %.2f) | %,.0f (%,.0f .. %,.0f) | %d |%n",
                    contestant,
                    seconds.median(),
                    seconds.least(),
                    seconds.most(),
                    restored.median(),
                    restored.least(),
                    restored.most(),
                    own.size()));
        }
        return table.toString();
    }

    private String page() {
        List<String> lines = new ArrayList<>();
        lines.add("# recovery");
        lines.add("");
        lines.add(
                "The ledger, killed with SIGKILL at 80 % of its input and started again over its state: from the birth of the process to the first"
                        + " committed output that had not been there before.");
        lines.add("");
        lines.add("- date: " + DAY.format(origin.at()) + ", commit "
                + origin.machine().commit());
        lines.add("- machine: " + origin.machine().cores() + " cores ("
                + origin.machine().processor() + "), " + origin.machine().memoryGib() + " GiB");
        lines.add("- JVM: " + origin.machine().jvm() + "; contestants with `" + String.join(" ", origin.jvmArguments())
                + "`");
        lines.add("- command: `" + origin.command() + "`");
        lines.add(String.format(
                Locale.ROOT,
                "- input: %,d records of 100 bytes, keys drawn from %,d accounts, %d partitions, seed %d; one broker in its own JVM",
                plan.records(),
                plan.accounts(),
                BenchmarkTopics.PARTITIONS,
                plan.seed()));
        lines.add("");
        lines.add(
                "Median (least .. most), contestants in turn. Every run ended with each input answered exactly once. \"streams-static\" has static"
                        + " membership, as Wellspring always has.");
        lines.add("");
        lines.add(table());
        lines.add("Runs:");
        lines.add("");
        recoveries.forEach(recovery -> lines.add(String.format(
                Locale.ROOT,
                "- %s, round %d: %.2f s, %,d restored, killed after %,d outputs",
                recovery.contestant(),
                recovery.round(),
                recovery.seconds(),
                recovery.restored(),
                recovery.answered())));
        failures.forEach(failure -> lines.add("- FAILED " + failure.replace("\n", "\n    ")));
        return String.join("\n", lines) + "\n";
    }
}
