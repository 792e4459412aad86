package io.wellspring.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a pattern costs as a durable stage: a pipeline that matches one, beside the relay, in turn. */
final class PatternStage implements Study {
    private static final List<Workload> WORKLOADS = List.of(Workload.RELAY, Workload.PATTERN);
    private static final List<Metric> METRICS = List.of(Metric.RATE, Metric.WARM_RATE, Metric.CPU, Metric.WARM_CPU);

    @Override
    public String title() {
        return "cep-stage";
    }

    @Override
    public boolean wantsInput() {
        return true;
    }

    @Override
    public StudyReport run(Bench bench) {
        var rounds = new Rounds(bench);
        List<ContestantSpec> contestants = bench.chosen(Contestants.staged());
        rounds.runOnce(Workload.RELAY, contestants.get(0), 0);
        for (int round = 1; round <= bench.rounds(); round++) {
            for (ContestantSpec contestant : contestants) {
                for (Workload workload : WORKLOADS) {
                    rounds.runOnce(workload, contestant, round);
                }
            }
        }
        List<Run> counted =
                rounds.runs().stream().filter(run -> run.round() > 0).toList();
        return new StudyReport(
                title(),
                "Two pipelines: \"relay\" changes one byte; \"pattern\" looks for a sequence of three steps among the entries of each account (skip till next, a"
                        + " window that does not end during the run) in a durable stage, and writes an answer for each entry that completes one.",
                bench.plan().toString(),
                "Median (least .. most) of the runs, in turn, in records of input. Every counted run passed its check: each match once, as the same pattern finds it"
                        + " in memory. \"Warm\" is the second half. The commit interval is 100 ms.",
                table(counted),
                counted.stream().map(PatternStage::line).toList(),
                rounds.failures());
    }

    private static String table(List<Run> runs) {
        var table = new StringBuilder("| pipeline | contestant |");
        METRICS.forEach(metric -> table.append(' ').append(metric.title()).append(" |"));
        table.append(" runs |\n|---|---|")
                .append("---:|".repeat(METRICS.size() + 1))
                .append('\n');
        for (String contestant : runs.stream().map(Run::contestant).distinct().toList()) {
            for (Workload workload : WORKLOADS) {
                List<Run> own = runs.stream()
                        .filter(run ->
                                run.workload() == workload && run.contestant().equals(contestant))
                        .toList();
                table.append("| ").append(workload.title()).append(" | ").append(contestant);
                METRICS.forEach(metric -> table.append(" | ").append(cell(metric, metric.over(own))));
                table.append(" | ").append(own.size()).append(" |\n");
            }
        }
        return table.toString();
    }

    private static String cell(Metric metric, Spread spread) {
        return spread.isKnown()
                ? metric.format(spread.median()) + " (" + metric.format(spread.least()) + " .. "
                        + metric.format(spread.most()) + ")"
                : "-";
    }

    private static String line(Run run) {
        List<String> figures = new ArrayList<>();
        METRICS.forEach(metric -> figures.add(metric.format(metric.of(run)) + " " + metric.title()));
        return String.format(
                Locale.ROOT,
                "%s, %s, round %d: %s",
                run.workload().title(),
                run.contestant(),
                run.round(),
                String.join(", ", figures));
    }
}
