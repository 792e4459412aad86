package io.wellspring.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of a study: a Markdown page with every run.
 *
 * @param title names the page and its file
 * @param meaning what was done and taken the time of
 * @param input what went in
 * @param note how to read the table
 * @param table in Markdown
 * @param runs one line for each run that passed
 * @param failures one line for each that did not
 */
record StudyReport(
        String title,
        String meaning,
        String input,
        String note,
        String table,
        List<String> runs,
        List<String> failures) {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

    /** Writes the page and gives its path. */
    Path write(Path results, Report.Origin origin) {
        String name = DAY.format(origin.at()) + "-" + title + "-"
                + origin.machine().commit().replace("+", "-changed") + ".md";
        try {
            Files.createDirectories(results);
            return Files.writeString(results.resolve(name), page(origin));
        } catch (IOException failure) {
            throw new UncheckedIOException("the results cannot be written to " + results, failure);
        }
    }

    private String page(Report.Origin origin) {
        Machine machine = origin.machine();
        List<String> lines = new ArrayList<>();
        lines.add("# " + title);
        lines.add("");
        lines.add(meaning);
        lines.add("");
        lines.add("- date: " + DAY.format(origin.at()) + ", commit " + machine.commit());
        lines.add("- machine: " + machine.cores() + " cores (" + machine.processor() + "), " + machine.memoryGib()
                + " GiB, " + machine.system());
        lines.add("- JVM: " + machine.jvm() + "; contestants with `" + String.join(" ", origin.jvmArguments()) + "`");
        lines.add("- command: `" + origin.command() + "`");
        lines.add("- input: " + input + "; one broker in its own JVM");
        lines.add("");
        lines.add(note);
        lines.add("");
        lines.add(table);
        lines.add("Runs:");
        lines.add("");
        runs.forEach(run -> lines.add("- " + run));
        failures.forEach(failure -> lines.add("- FAILED " + failure.replace("\n", "\n    ")));
        return String.join("\n", lines) + "\n";
    }
}
