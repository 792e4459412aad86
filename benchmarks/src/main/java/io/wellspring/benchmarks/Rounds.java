package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.ContestantSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs contestants in turn, A B C A B C, so that a machine that gets slower or faster does so for all of them. A run of
 * the first one that is not counted goes before, because the broker's JVM is cold then.
 */
final class Rounds {
    /** How long a contestant may take to start, and to stand still. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Bench bench;
    private final List<Run> runs = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    Rounds(Bench bench) {
        this.bench = bench;
    }

    void run(Workload workload, List<ContestantSpec> contestants, int rounds) {
        runOnce(workload, contestants.get(0), 0);
        for (int round = 1; round <= rounds; round++) {
            for (ContestantSpec contestant : contestants) {
                runOnce(workload, contestant, round);
            }
        }
    }

    /** Every run that passed its check, the uncounted ones with round 0. */
    List<Run> runs() {
        return List.copyOf(runs);
    }

    /** One line for each run that did not. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Runs one; round 0 is not counted. */
    void runOnce(Workload workload, ContestantSpec contestant, int round) {
        String title = workload.title() + " " + contestant.name() + " round " + round;
        try {
            double loadAverage = Machine.loadAverage();
            Figures figures = measure(workload, contestant, round);
            Run run = new Run(workload, contestant.name(), round, loadAverage, figures);
            runs.add(run);
            bench.progress()
                    .println(title + (round == 0 ? " (not counted)" : "") + ": "
                            + Metric.RATE.format(Metric.RATE.of(run))
                            + " records/s, CPU " + Metric.CPU.format(Metric.CPU.of(run)) + " s per million (warm "
                            + Metric.WARM_CPU.format(Metric.WARM_CPU.of(run)) + ")");
        } catch (RunFailedException failure) {
            failures.add(title + ": " + failure.getMessage());
            bench.progress().println(title + " FAILED: " + failure.getMessage());
        }
    }

    private Figures measure(Workload workload, ContestantSpec contestant, int round) {
        String runId = workload.title() + "-" + contestant.name() + "-" + round;
        String output = runId + "-out";
        ContestantSettings settings = new ContestantSettings(
                workload.title(),
                bench.bootstrapServers(),
                BenchmarkTopics.INPUT,
                output,
                runId,
                bench.directory().resolve(runId),
                contestant.options());
        List<String> command = bench.launcher().command(contestant, settings);
        OutputCheck check = workload.check(bench.plan());
        try (BenchmarkTopics topics = new BenchmarkTopics(bench.bootstrapServers())) {
            topics.create(output);
            try (OutputReader reader =
                    new OutputReader(bench.bootstrapServers(), output, BenchmarkTopics.PARTITIONS, check)) {
                return measure(command, reader, bench.directory().resolve(runId + ".log"));
            } finally {
                topics.deleteAllButInput();
            }
        }
    }

    private static Figures measure(List<String> command, OutputReader reader, Path log) {
        ContestantProcess process = ContestantProcess.start(command, log);
        Figures figures;
        try (process) {
            process.awaitReady(PATIENCE);
            figures = reader.readAll(process, process.bornAtNanos(), PATIENCE);
        } catch (RunFailedException failure) {
            throw new RunFailedException(failure.getMessage() + System.lineSeparator() + process.logTail());
        }
        Verdict verdict = reader.drain();
        if (!verdict.isClean()) {
            throw new RunFailedException("wrong outputs: " + verdict);
        }
        return figures;
    }
}
