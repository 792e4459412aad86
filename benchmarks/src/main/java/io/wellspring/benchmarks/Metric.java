package io.wellspring.benchmarks;

import java.util.List;
import java.util.Locale;

/** The columns of a result, in the table's order. */
enum Metric {
    RATE("records/s", "records_per_second", 0),
    WARM_RATE("records/s, warm", "warm_records_per_second", 0),
    RATE_WITH_START("records/s with start-up", "records_per_second_with_start", 0),
    CPU("CPU s per million", "cpu_seconds_per_million", 2),
    WARM_CPU("CPU s per million, warm", "warm_cpu_seconds_per_million", 2);

    private static final double ROUNDED_FROM = 100_000;

    private final String title;
    private final String column;
    private final int decimals;

    Metric(String title, String column, int decimals) {
        this.title = title;
        this.column = column;
        this.decimals = decimals;
    }

    /** What a table or a plot calls it. */
    String title() {
        return title;
    }

    /** What the CSV calls it. */
    String column() {
        return column;
    }

    double of(Run run) {
        Figures figures = run.figures();
        return switch (this) {
            case RATE -> figures.ratePerSecond();
            case WARM_RATE -> figures.warmRatePerSecond();
            case RATE_WITH_START -> figures.rateWithStartPerSecond();
            case CPU -> figures.cpuSecondsPerMillion();
            case WARM_CPU -> figures.warmCpuSecondsPerMillion();
        };
    }

    Spread over(List<Run> runs) {
        return Spread.of(runs.stream().map(this::of).toList());
    }

    /** As many digits as such a figure is worth; a dash where it is not known. */
    String format(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double shown = decimals == 0 && value >= ROUNDED_FROM ? Math.rint(value / 1_000) * 1_000 : value;
        return String.format(Locale.ROOT, "%,." + decimals + "f", shown);
    }
}
