package io.wellspring.benchmarks;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import io.wellspring.benchmarks.PatternOutcome.End;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The outcomes of the pattern matrix: as a table, and as CSV that a later call can go on with.
 *
 * @param outcomes of all rounds
 */
record PatternTable(List<PatternOutcome> outcomes) {
    private static final String[] COLUMNS = {
        "line",
        "window",
        "contestant",
        "round",
        "end",
        "events_per_cpu_second",
        "events_per_second",
        "bytes_per_event",
        "live_bytes",
        "compared_events",
        "compared_matches",
        "note"
    };

    PatternTable {
        outcomes = List.copyOf(outcomes);
    }

    List<PatternOutcome> of(PatternLine line, int window, PatternContestant contestant) {
        return outcomes.stream()
                .filter(outcome -> outcome.isOf(line, window, contestant))
                .toList();
    }

    /** Lines of which there is any outcome, in the matrix' order. */
    List<PatternLine> lines() {
        return PatternLine.ALL.stream()
                .filter(line ->
                        outcomes.stream().anyMatch(outcome -> outcome.line().equals(line.name())))
                .toList();
    }

    Spread rate(PatternLine line, int window, PatternContestant contestant) {
        return Spread.of(
                of(line, window, contestant).stream().map(PatternOutcome::rate).toList());
    }

    String markdown() {
        var table = new StringBuilder("| pattern | contestant |");
        PatternLine.WINDOWS.forEach(window -> table.append(String.format(Locale.ROOT, " W = %,d |", window)));
        table.append(" bytes an event | live, W = 100 .. 100,000 |\n|---|---|");
        table.append("---:|".repeat(PatternLine.WINDOWS.size() + 2)).append('\n');
        for (PatternLine line : lines()) {
            for (PatternContestant contestant : PatternContestant.values()) {
                table.append("| ").append(line.title()).append(" | ").append(contestant.title());
                PatternLine.WINDOWS.forEach(window -> table.append(" | ").append(cell(line, window, contestant)));
                table.append(" | ").append(bytes(line, contestant));
                table.append(" | ").append(live(line, contestant)).append(" |\n");
            }
        }
        return table.toString();
    }

    private String cell(PatternLine line, int window, PatternContestant contestant) {
        if (!contestant.expresses(line.mode())) {
            return "not expressible";
        }
        List<PatternOutcome> own = of(line, window, contestant);
        Spread spread = rate(line, window, contestant);
        if (spread.isKnown()) {
            return shown(spread.median()) + " (" + shown(spread.least()) + " .. " + shown(spread.most()) + ")";
        }
        if (!own.isEmpty()) {
            PatternOutcome first = own.get(0);
            return first.end() == End.FAILED ? "failed" : "> " + first.end().title() + ": " + first.note();
        }
        return hasGivenUp(line, window, contestant) ? "> limit before" : "-";
    }

    /** Whether a smaller window was too much already. */
    boolean hasGivenUp(PatternLine line, int window, PatternContestant contestant) {
        return PatternLine.WINDOWS.stream()
                .filter(smaller -> smaller <= window)
                .flatMap(smaller -> of(line, smaller, contestant).stream())
                .anyMatch(outcome -> !outcome.measured());
    }

    private String bytes(PatternLine line, PatternContestant contestant) {
        return outcomes.stream()
                .filter(outcome -> outcome.measured()
                        && outcome.line().equals(line.name())
                        && outcome.contestant().equals(contestant.title()))
                .map(PatternOutcome::bytes)
                .max(Comparator.naturalOrder())
                .map(most -> String.format(Locale.ROOT, "%,.1f", most))
                .orElse("-");
    }

    private String live(PatternLine line, PatternContestant contestant) {
        List<PatternOutcome> measured = outcomes.stream()
                .filter(outcome -> outcome.measured()
                        && outcome.line().equals(line.name())
                        && outcome.contestant().equals(contestant.title()))
                .sorted(Comparator.comparingInt(PatternOutcome::window))
                .toList();
        if (measured.isEmpty()) {
            return "-";
        }
        String least = mebibytes(measured.get(0));
        return measured.get(0).window() == measured.get(measured.size() - 1).window()
                ? least
                : least + " .. " + mebibytes(measured.get(measured.size() - 1));
    }

    /** What was measured in a garbage collector's steps may come out below nothing. */
    private static String mebibytes(PatternOutcome outcome) {
        return String.format(Locale.ROOT, "%.1f MiB", Math.max(0, outcome.live()) / (double) (1 << 20));
    }

    /** Three digits. */
    static String shown(double rate) {
        if (rate >= 1e6) {
            return String.format(Locale.ROOT, rate >= 1e7 ? "%.1f M" : "%.2f M", rate / 1e6);
        }
        double step = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, rate))) - 2));
        return String.format(Locale.ROOT, "%,.0f", Math.rint(rate / step) * step);
    }

    void write(Path file) throws IOException {
        try (CsvWriter csv = CsvWriter.builder().build(file)) {
            csv.writeRecord(COLUMNS);
            for (PatternOutcome outcome : outcomes) {
                csv.writeRecord(
                        outcome.line(),
                        Integer.toString(outcome.window()),
                        outcome.contestant(),
                        Integer.toString(outcome.round()),
                        outcome.end().title(),
                        String.format(Locale.ROOT, "%.1f", outcome.rate()),
                        String.format(Locale.ROOT, "%.1f", outcome.wallRate()),
                        String.format(Locale.ROOT, "%.3f", outcome.bytes()),
                        Long.toString(outcome.live()),
                        Long.toString(outcome.checked()),
                        Long.toString(outcome.matches()),
                        outcome.note());
            }
        }
    }

    static PatternTable read(Path file) throws IOException {
        try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(file)) {
            return new PatternTable(csv.stream().map(PatternTable::outcome).toList());
        }
    }

    private static PatternOutcome outcome(NamedCsvRecord row) {
        return new PatternOutcome(
                row.getField("line"),
                Integer.parseInt(row.getField("window")),
                row.getField("contestant"),
                Integer.parseInt(row.getField("round")),
                End.valueOf(row.getField("end").toUpperCase(Locale.ROOT)),
                Double.parseDouble(row.getField("events_per_cpu_second")),
                Double.parseDouble(row.getField("events_per_second")),
                Double.parseDouble(row.getField("bytes_per_event")),
                Long.parseLong(row.getField("live_bytes")),
                Long.parseLong(row.getField("compared_events")),
                Long.parseLong(row.getField("compared_matches")),
                row.getField("note"));
    }
}
