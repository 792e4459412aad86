package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Contestant;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Kills each contestant with SIGKILL while it works on the ledger, and takes the time from the start of the next process to its first new
 * committed output. Contestants run in turn; a run counts when in the end all outputs are right.
 */
final class Recoveries {
    /** How much is done when the process is killed. */
    private static final double KILLED_AT = 0.8;

    /** A member that does not come back under its name is given up after 45 s. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String bootstrapServers;
    private final Launcher launcher;
    private final InputPlan plan;
    private final Path directory;
    private final PrintStream progress;
    private final List<Recovery> recoveries = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /**
     * Prepares to run.
     *
     * @param directory for states and logs of contestants
     */
    Recoveries(String bootstrapServers, Launcher launcher, InputPlan plan, Path directory, PrintStream progress) {
        this.bootstrapServers = bootstrapServers;
        this.launcher = launcher;
        this.plan = plan;
        this.directory = directory;
        this.progress = progress;
    }

    void run(List<ContestantSpec> contestants, int rounds) {
        for (int round = 1; round <= rounds; round++) {
            for (ContestantSpec contestant : contestants) {
                String title = "recovery " + contestant.name() + " round " + round;
                try {
                    Recovery recovery = measure(contestant, round);
                    recoveries.add(recovery);
                    progress.printf(
                            Locale.ROOT,
                            "%s: %.2f s, %,d records restored%n",
                            title,
                            recovery.seconds(),
                            recovery.restored());
                } catch (RunFailedException failure) {
                    failures.add(title + ": " + failure.getMessage());
                    progress.println(title + " FAILED: " + failure.getMessage());
                }
            }
        }
    }

    List<Recovery> recoveries() {
        return List.copyOf(recoveries);
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    private Recovery measure(ContestantSpec contestant, int round) {
        String runId = "recovery-" + contestant.name() + "-" + round;
        String output = runId + "-out";
        var settings = new ContestantSettings(
                Workload.LEDGER.title(),
                bootstrapServers,
                BenchmarkTopics.INPUT,
                output,
                runId,
                directory.resolve(runId),
                contestant.options());
        List<String> command = launcher.command(contestant, settings);
        OutputCheck check = Workload.LEDGER.check(plan);
        try (BenchmarkTopics topics = new BenchmarkTopics(bootstrapServers)) {
            topics.create(output);
            try (OutputReader reader = new OutputReader(bootstrapServers, output, BenchmarkTopics.PARTITIONS, check)) {
                ContestantProcess first = ContestantProcess.start(command, directory.resolve(runId + "-1.log"));
                try (first) {
                    reader.readUntil((int) (plan.records() * KILLED_AT), first, PATIENCE);
                    first.kill();
                }
                reader.drain();
                ContestantProcess second = ContestantProcess.start(command, directory.resolve(runId + "-2.log"));
                return recovered(contestant, round, reader, second);
            } finally {
                topics.deleteAllButInput();
            }
        }
    }

    private Recovery recovered(ContestantSpec contestant, int round, OutputReader reader, ContestantProcess second) {
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
