package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Contestant;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Kills each contestant with SIGKILL while it works on the ledger, and takes the time from the start of the next process to its first new
 * committed output. Contestants run in turn; a run counts when in the end all outputs are right.
 */
final class Recoveries implements Study {
    /** How much is done when the process is killed. */
    private static final double KILLED_AT = 0.8;

    /** A member that does not come back under its name is given up after 45 s. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The option of contestants whose JVM maps the classes that an earlier one has loaded. */
    private static final String ARCHIVE = "archive";

    private final List<Recovery> recoveries = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    @Override
    public String title() {
        return "recovery";
    }

    @Override
    public boolean wantsInput() {
        return true;
    }

    @Override
    public StudyReport run(Bench bench) {
        for (int round = 1; round <= bench.rounds(); round++) {
            for (ContestantSpec contestant : bench.chosen(Contestants.recovering())) {
                String title = "recovery " + contestant.name() + " round " + round;
                try {
                    Recovery recovery = measure(bench, contestant, round);
                    recoveries.add(recovery);
                    bench.progress()
                            .printf(
                                    Locale.ROOT,
                                    "%s: %.2f s, %,d records restored%n",
                                    title,
                                    recovery.seconds(),
                                    recovery.restored());
                } catch (RunFailedException failure) {
                    failures.add(title + ": " + failure.getMessage());
                    bench.progress().println(title + " FAILED: " + failure.getMessage());
                }
            }
        }
        return report(bench.plan());
    }

    private StudyReport report(InputPlan plan) {
        return new StudyReport(
                title(),
                "The ledger, killed with SIGKILL at 80 % of its input and started again over its state: from the birth of the process to the first"
                        + " committed output that had not been there before.",
                plan.toString(),
                "Median (least .. most), contestants in turn. Every run ended with each input answered exactly once. \"streams-static\" has static"
                        + " membership, as Wellspring always has.",
                table(),
                recoveries.stream()
                        .map(recovery -> String.format(
                                Locale.ROOT,
                                "%s, round %d: %.2f s, %,d restored, killed after %,d outputs",
                                recovery.contestant(),
                                recovery.round(),
                                recovery.seconds(),
                                recovery.restored(),
                                recovery.answered()))
                        .toList(),
                List.copyOf(failures));
    }

    private String table() {
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

    private Recovery measure(Bench bench, ContestantSpec contestant, int round) {
        String runId = "recovery-" + contestant.name() + "-" + round;
        String output = runId + "-out";
        var settings = new ContestantSettings(
                Workload.LEDGER.title(),
                bench.bootstrapServers(),
                BenchmarkTopics.INPUT,
                output,
                runId,
                bench.directory().resolve(runId),
                contestant.options());
        List<String> command = command(bench, contestant, settings);
        OutputCheck check = Workload.LEDGER.check(bench.plan());
        try (BenchmarkTopics topics = new BenchmarkTopics(bench.bootstrapServers())) {
            topics.create(output);
            try (OutputReader reader =
                    new OutputReader(bench.bootstrapServers(), output, BenchmarkTopics.PARTITIONS, check)) {
                ContestantProcess first =
                        ContestantProcess.start(command, bench.directory().resolve(runId + "-1.log"));
                try (first) {
                    reader.readUntil((int) (bench.plan().records() * KILLED_AT), first, PATIENCE);
                    first.kill();
                }
                reader.drain();
                ContestantProcess second =
                        ContestantProcess.start(command, bench.directory().resolve(runId + "-2.log"));
                return recovered(bench.plan(), contestant, round, reader, second);
            } finally {
                topics.deleteAllButInput();
            }
        }
    }

    private static List<String> command(Bench bench, ContestantSpec contestant, ContestantSettings settings) {
        if (!contestant.options().containsKey(ARCHIVE)) {
            return bench.launcher().command(contestant, settings);
        }
        Path archive = bench.directory().resolve(contestant.name() + ".jsa");
        if (!Files.exists(archive)) {
            train(bench, contestant, settings.runId(), archive);
        }
        return bench.launcher().command(contestant, settings, archive, false);
    }

    /** A run that ends in order, of which the JVM keeps the classes that it has loaded. */
    private static void train(Bench bench, ContestantSpec contestant, String runId, Path archive) {
        String name = runId + "-training";
        var settings = new ContestantSettings(
                Workload.LEDGER.title(),
                bench.bootstrapServers(),
                BenchmarkTopics.INPUT,
                name + "-out",
                name,
                bench.directory().resolve(name),
                contestant.options());
        try (BenchmarkTopics topics = new BenchmarkTopics(bench.bootstrapServers())) {
            topics.create(settings.outputTopic());
            try (OutputReader reader = new OutputReader(
                            bench.bootstrapServers(),
                            settings.outputTopic(),
                            BenchmarkTopics.PARTITIONS,
                            Workload.LEDGER.check(bench.plan()));
                    ContestantProcess process = ContestantProcess.start(
                            bench.launcher().command(contestant, settings, archive, true),
                            bench.directory().resolve(name + ".log"))) {
                reader.readUntil(bench.plan().records() / 10, process, PATIENCE);
            } finally {
                topics.deleteAllButInput();
            }
        }
        if (!Files.exists(archive)) {
            throw new RunFailedException("the JVM wrote no archive of classes to " + archive);
        }
    }

    private Recovery recovered(
            InputPlan plan, ContestantSpec contestant, int round, OutputReader reader, ContestantProcess second) {
        int answered = reader.answered();
        if (answered == plan.records()) {
            throw new RunFailedException("it was done before it was killed; give more --records");
        }
        double seconds;
        try (second) {
            long firstNanos = reader.readUntil(answered + 1, second, PATIENCE);
            seconds = (firstNanos - second.bornAtNanos()) / 1e9;
            reader.readUntil(plan.records(), second, PATIENCE);
        } catch (RunFailedException failure) {
            throw new RunFailedException(failure.getMessage() + System.lineSeparator() + second.logTail());
        }
        Verdict verdict = reader.drain();
        if (!verdict.isClean()) {
            throw new RunFailedException("wrong outputs: " + verdict);
        }
        return new Recovery(contestant.name(), round, seconds, second.told(Contestant.RESTORED), answered);
    }
}
