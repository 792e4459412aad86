package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.ContestantSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two instances share the ledger's partitions; one of them is killed with SIGKILL and does not come back. Taken is the longest time without an
 * output on each partition after the kill. Contestants run in turn; a run counts when in the end all outputs are right.
 */
final class Takeovers implements Study {
    private static final int PER_SECOND = 2_000;

    /** From the moment both have all of the state until the kill: time for snapshots, backups and standbys to come to rest. */
    private static final int CALM_SECONDS = 30;

    private static final int AFTER_SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** A partition that rested for longer than this had to change hands. */
    private static final double TAKEN_OVER_SECONDS = 1;

    private final List<Takeover> takeovers = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    @Override
    public String title() {
        return "takeover";
    }

    @Override
    public boolean wantsInput() {
        return false;
    }

    @Override
    public StudyReport run(Bench bench) {
        int loaded = bench.plan().records();
        InputPlan plan = new InputPlan(
                loaded + PER_SECOND * (CALM_SECONDS + AFTER_SECONDS),
                bench.plan().accounts(),
                bench.plan().seed());
        for (int round = 1; round <= bench.rounds(); round++) {
            for (ContestantSpec contestant : bench.chosen(Contestants.paired())) {
                String title = "takeover " + contestant.name() + " round " + round;
                try {
                    Takeover takeover = new Pair(bench, plan, loaded, contestant, round).measure();
                    takeovers.add(takeover);
                    bench.progress().println(takeover.line());
                } catch (RunFailedException failure) {
                    failures.add(title + ": " + failure.getMessage());
                    bench.progress().println(title + " FAILED: " + failure.getMessage());
                }
            }
        }
        return new StudyReport(
                title(),
                String.format(
                        Locale.ROOT,
                        "Two instances of the ledger, each with a state directory of its own. %,d records are booked, then %,d more a second; %d s later"
                                + " one instance is killed with SIGKILL and stays away. Taken is the longest time without an output after the kill, on the"
                                + " partitions that were its own.",
                        loaded,
                        PER_SECOND,
                        CALM_SECONDS),
                plan.toString(),
                String.format(
                        Locale.ROOT,
                        "Median (least .. most) of the runs, contestants in turn. The session timeout is %d s for all: that long the group waits before it"
                                + " gives the partitions away. Every run ended with each input answered exactly once.",
                        Contestants.SESSION_MILLIS / 1_000),
                table(),
                takeovers.stream().map(Takeover::line).toList(),
                List.copyOf(failures));
    }

    private String table() {
        StringBuilder table = new StringBuilder(
                        "| contestant | s without output, longest partition | s beyond the session timeout | runs |\n")
                .append("|---|---:|---:|---:|\n");
        for (String contestant :
                takeovers.stream().map(Takeover::contestant).distinct().toList()) {
            List<Takeover> own = takeovers.stream()
                    .filter(takeover -> takeover.contestant().equals(contestant))
                    .toList();
            Spread seconds = Spread.of(own.stream().map(Takeover::seconds).toList());
            double session = Contestants.SESSION_MILLIS / 1e3;
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f (%.2f .. %.2f) | %.2f | %d |%n",
                    contestant,
                    seconds.median(),
                    seconds.least(),
                    seconds.most(),
                    seconds.median() - session,
                    own.size()));
        }
        return table.toString();
    }

    /**
     * One run.
     *
     * @param seconds the longest time without an output on any partition
     * @param partitions how many partitions rested for longer than {@link #TAKEN_OVER_SECONDS}
     */
    private record Takeover(String contestant, int round, double seconds, int partitions) {
        String line() {
            return String.format(
                    Locale.ROOT,
                    "%s, round %d: %.2f s without output on the longest of %d partitions",
                    contestant,
                    round,
                    seconds,
                    partitions);
        }
    }

    /** The two instances of one run. */
    private static final class Pair {
        private final Bench bench;
        private final InputPlan plan;
        private final int loaded;
        private final ContestantSpec contestant;
        private final int round;
        private final String runId;
        private final String input;
        private final String output;
        private final long[] latestNanos = new long[BenchmarkTopics.PARTITIONS];
        private final long[] longestNanos = new long[BenchmarkTopics.PARTITIONS];
        private boolean killed;

        Pair(Bench bench, InputPlan plan, int loaded, ContestantSpec contestant, int round) {
            this.bench = bench;
            this.plan = plan;
            this.loaded = loaded;
            this.contestant = contestant;
            this.round = round;
            this.runId = "takeover-" + contestant.name() + "-" + round;
            this.input = runId + "-in";
            this.output = runId + "-out";
        }

        Takeover measure() {
            try (BenchmarkTopics topics = new BenchmarkTopics(bench.bootstrapServers())) {
                topics.produceInput(plan, input, loaded);
                topics.create(output);
                try (OutputReader reader = new OutputReader(
                        bench.bootstrapServers(),
                        output,
                        BenchmarkTopics.PARTITIONS,
                        Workload.LEDGER.check(plan),
                        this::arrived)) {
                    return measure(reader);
                } finally {
                    topics.deleteAllButInput();
                }
            }
        }

        private Takeover measure(OutputReader reader) {
            ContestantProcess first = start("one");
            ContestantProcess second = start("two");
            try (first;
                    second) {
                reader.readUntil(loaded, second, PATIENCE);
                try (PacedInput paced = new PacedInput(bench.bootstrapServers(), plan, input, loaded, PER_SECOND)) {
                    reader.readUntil(loaded + PER_SECOND * CALM_SECONDS, second, PATIENCE);
                    first.kill();
                    Arrays.fill(latestNanos, System.nanoTime());
                    killed = true;
                    reader.readUntil(plan.records(), second, PATIENCE);
                    paced.dueNanos(loaded);
                }
            } catch (RunFailedException failure) {
                throw new RunFailedException(failure.getMessage() + System.lineSeparator() + second.logTail());
            }
            Verdict verdict = reader.drain();
            if (!verdict.isClean()) {
                throw new RunFailedException("wrong outputs: " + verdict);
            }
            double longest = Arrays.stream(longestNanos).max().orElse(0) / 1e9;
            int taken = (int) Arrays.stream(longestNanos)
                    .filter(nanos -> nanos / 1e9 > TAKEN_OVER_SECONDS)
                    .count();
            if (taken == 0) {
                throw new RunFailedException("the killed instance had no partition");
            }
            return new Takeover(contestant.name(), round, longest, taken);
        }

        private void arrived(int partition, byte[] value, long nowNanos) {
            if (killed) {
                longestNanos[partition] = Math.max(longestNanos[partition], nowNanos - latestNanos[partition]);
                latestNanos[partition] = nowNanos;
            }
        }

        private ContestantProcess start(String instance) {
            Path state = bench.directory().resolve(runId + "-" + instance);
            Map<String, String> options = new HashMap<>(contestant.options());
            if (options.containsKey("backups")) {
                options.put(
                        "backups", bench.directory().resolve(runId + "-backups").toString());
            }
            var settings = new ContestantSettings(
                    Workload.LEDGER.title(), bench.bootstrapServers(), input, output, runId, state, options);
            return ContestantProcess.start(
                    bench.launcher().command(contestant, settings),
                    bench.directory().resolve(runId + "-" + instance + ".log"));
        }
    }
}
