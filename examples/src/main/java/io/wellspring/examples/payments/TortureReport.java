package io.wellspring.examples.payments;

import io.wellspring.engine.TaskStatus.Basis;
import io.wellspring.examples.run.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a run was and what came out: a few lines on the terminal, a page in Markdown.
 *
 * @param outOfTime how many inputs were processed behind one of their account with a later event time
 */
record TortureReport(
        Settings settings, FaultLog log, Torture torture, long records, long outOfTime, List<Tally> tallies) {

    /** What the run was asked for. */
    record Settings(
            long seed,
            double minutes,
            int engines,
            int workers,
            int recordsPerSecond,
            int accounts,
            Duration session) {}

    void print(Terminal terminal) {
        for (Fault.Kind kind : Fault.Kind.values()) {
            terminal.say("faults", "%,5d  %s", log.made(kind), kind.text());
        }
        terminal.say("recoveries", "%s", recoveries());
        terminal.say("interrupted", "%s", interruptions());
        log.endsByThemselves().forEach((why, count) -> terminal.say("ended", "%d times by itself: %s", count, why));
        terminal.say(
                "result",
                "%s; seed %d, %d faults, %,d inputs",
                exact() ? "every result exactly once" : "RESULTS ARE MISSING, DUPLICATE OR WRONG",
                settings.seed(),
                log.made(),
                records);
    }

    void write(Path file) {
        try {
            Files.writeString(file, text());
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot write the report " + file, failure);
        }
    }

    String text() {
        var page = new StringBuilder("# Torture run\n\n");
        row(page, "Result", exact() ? "every result exactly once" : "**results are missing, duplicate or wrong**");
        page.append("|---|---|\n");
        row(
                page,
                "Command",
                String.format(
                        Locale.ENGLISH,
                        "`torture --minutes %s --engines %d --workers %d --seed %d --records-per-second %d --accounts %d`",
                        settings.minutes(),
                        settings.engines(),
                        settings.workers(),
                        settings.seed(),
                        settings.recordsPerSecond(),
                        settings.accounts()));
        row(page, "Session timeout", settings.session().toSeconds() + " s");
        row(
                page,
                "Machine",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, Java " + Runtime.version());
        row(page, "Inputs", String.format(Locale.ENGLISH, "%,d", records));
        row(
                page,
                "Processed out of event time",
                String.format(Locale.ENGLISH, "%,d inputs, behind a later one of their account", outOfTime));
        row(page, "Recoveries of a task", recoveries());
        row(page, "Not all tasks ran", interruptions());
        faults(page);
        results(page);
        if (!exact()) {
            page.append("\n## Fault log\n\n```\n")
                    .append(String.join("\n", log.lines()))
                    .append("\n```\n");
        }
        return page.toString();
    }

    private void faults(StringBuilder page) {
        page.append("\n## Faults\n\n| made | passed over | what |\n|---:|---:|---|\n");
        for (Fault.Kind kind : Fault.Kind.values()) {
            page.append("| " + log.made(kind) + " | " + log.passedOver(kind) + " | " + kind.text() + " |\n");
        }
        page.append(
                "\nPassed over: it was not up when its turn came, or the pipeline had not come back from the faults before.\n");
        if (log.mended() > 0) {
            page.append("\nOf the orderly restarts of the broker " + log.mended()
                    + " were no faults: it was there and did not answer for the engines' group.\n");
        }
        Map<String, Integer> ends = log.endsByThemselves();
        page.append("\n## Engines that ended by themselves\n\n");
        page.append(ends.isEmpty() ? "None.\n" : "They were started again.\n\n| times | why |\n|---:|---|\n");
        ends.forEach((why, count) -> page.append("| " + count + " | " + why.replace("|", "\\|") + " |\n"));
    }

    private void results(StringBuilder page) {
        page.append(
                "\n## Results\n\n| | expected | found | missing | duplicate | wrong |\n|---|---:|---:|---:|---:|---:|\n");
        for (Tally tally : tallies) {
            page.append(String.format(
                    Locale.ENGLISH,
                    "| %s | %,d | %,d | %,d | %,d | %,d |%n",
                    tally.what(),
                    tally.expected(),
                    tally.found(),
                    tally.missing(),
                    tally.duplicate(),
                    tally.wrong()));
        }
        page.append(
                "\nj.: the journal of a stage, event by event. folded: balances by folding the ledger's journal.\n");
        page.append("queried: balances that the engines answered.\n");
    }

    private boolean exact() {
        return tallies.stream().allMatch(Tally::exact);
    }

    private String recoveries() {
        return Arrays.stream(Basis.values())
                        .filter(basis -> torture.recoveries().containsKey(basis))
                        .map(basis -> String.format(
                                Locale.ENGLISH,
                                "%,d from %s",
                                torture.recoveries().get(basis),
                                words(basis)))
                        .collect(Collectors.joining(", "))
                + String.format(Locale.ENGLISH, "; %,d journal events replayed", torture.replayed());
    }

    private static String words(Basis basis) {
        return switch (basis) {
            case SNAPSHOT -> "a snapshot";
            case BACKUP -> "a backup";
            case BEGINNING -> "the journal's beginning";
            case STANDBY -> "a standby";
        };
    }

    private String interruptions() {
        Interruptions spans = torture.interruptions();
        return String.format(
                Locale.ENGLISH,
                "%d times, %.1f s in all; median %.1f s, 95 %% %.1f s, longest %.1f s",
                spans.count(),
                spans.total().toMillis() / 1e3,
                spans.percentile(50).toMillis() / 1e3,
                spans.percentile(95).toMillis() / 1e3,
                spans.percentile(100).toMillis() / 1e3);
    }

    private static void row(StringBuilder page, String name, String value) {
        page.append("| " + name + " | " + value.replace("|", "\\|") + " |\n");
    }
}
