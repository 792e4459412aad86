package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Entry;
import io.wellspring.benchmarks.contestant.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * Takes entries that come at an even rate, and the time from when each was due to when its answer was read, read_committed. Contestants
 * run in turn; a run counts when in the end all outputs are right.
 */
final class Latencies implements Study {
    private static final int PER_SECOND = 2_000;
    private static final int WARM_SECONDS = 20;
    private static final int COUNTED_SECONDS = 60;
    private static final int WARM = PER_SECOND * WARM_SECONDS;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final double NANOS_PER_MILLI = 1e6;

    private final String title;
    private final Workload workload;
    private final List<ContestantSpec> contestants;
    private final ToLongFunction<byte[]> number;
    private final String note;
    private final List<Latency> latencies = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    private Latencies(
            String title,
            Workload workload,
            List<ContestantSpec> contestants,
            ToLongFunction<byte[]> number,
            String note) {
        this.title = title;
        this.workload = workload;
        this.contestants = contestants;
        this.number = number;
        this.note = note;
    }

    /** The ledger, beside Kafka Streams. */
    static Latencies ofLedger() {
        return new Latencies(
                "latency",
                Workload.LEDGER,
                Contestants.answering(),
                Receipt::number,
                "The commit interval is 100 ms; \"streams-10ms\" has 10 ms.");
    }

    /** The relay, with one transactional producer and with two in turn. */
    static Latencies ofRelay() {
        return new Latencies(
                "alternation",
                Workload.RELAY,
                Contestants.relaying(),
                Entry::number,
                "Loops commit when their interval has passed, which their names tell; \"loop-pair\" has two producers in turn. \"wellspring\" has one, and"
                        + " commits at once when its input is drained, but for the gap. All with retry.backoff.ms=2.");
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean wantsInput() {
        return false;
    }

    @Override
    public StudyReport run(Bench bench) {
        InputPlan plan = new InputPlan(
                PER_SECOND * (WARM_SECONDS + COUNTED_SECONDS),
                bench.plan().accounts(),
                bench.plan().seed());
        for (int round = 1; round <= bench.rounds(); round++) {
            for (ContestantSpec contestant : bench.chosen(contestants)) {
                String run = title + " " + contestant.name() + " round " + round;
                try {
                    Latency latency = measure(bench, plan, contestant, round);
                    latencies.add(latency);
                    bench.progress().println(latency.line());
                } catch (RunFailedException failure) {
                    failures.add(run + ": " + failure.getMessage());
                    bench.progress().println(run + " FAILED: " + failure.getMessage());
                }
            }
        }
        return new StudyReport(
                title(),
                String.format(
                        Locale.ROOT,
                        "The %s at %,d records a second: from the moment a record was due to be sent to the return of the poll that brought its"
                                + " answer, read_committed. The first %d s are not counted, the %d s after them are.",
                        workload.title(),
                        PER_SECOND,
                        WARM_SECONDS,
                        COUNTED_SECONDS),
                plan.toString(),
                "Median (least .. most) of the runs, contestants in turn, in ms; CPU in cores over the counted time. Every run ended with each input"
                        + " answered exactly once. " + note,
                table(),
                latencies.stream().map(Latency::line).toList(),
                List.copyOf(failures));
    }

    private Latency measure(Bench bench, InputPlan plan, ContestantSpec contestant, int round) {
        String runId = title + "-" + contestant.name() + "-" + round;
        String input = runId + "-in";
        String output = runId + "-out";
        var settings = new ContestantSettings(
                workload.title(),
                bench.bootstrapServers(),
                input,
                output,
                runId,
                bench.directory().resolve(runId),
                contestant.options());
        long[] arrivedNanos = new long[plan.records()];
        try (BenchmarkTopics topics = new BenchmarkTopics(bench.bootstrapServers())) {
            topics.create(input);
            topics.create(output);
            try (OutputReader reader = new OutputReader(
                    bench.bootstrapServers(),
                    output,
                    BenchmarkTopics.PARTITIONS,
                    workload.check(plan),
                    (partition, value, nowNanos) -> arrivedNanos[(int) number.applyAsLong(value)] = nowNanos)) {
                ContestantProcess process = ContestantProcess.start(
                        bench.launcher().command(contestant, settings),
                        bench.directory().resolve(runId + ".log"));
                try (process) {
                    process.awaitReady(PATIENCE);
                    return measure(bench, plan, reader, process, input, arrivedNanos)
                            .of(contestant.name(), round);
                } catch (RunFailedException failure) {
                    throw new RunFailedException(failure.getMessage() + System.lineSeparator() + process.logTail());
                }
            } finally {
                topics.deleteAllButInput();
            }
        }
    }

    private static Latency measure(
            Bench bench,
            InputPlan plan,
            OutputReader reader,
            ContestantProcess process,
            String input,
            long[] arrivedNanos) {
        try (PacedInput paced = new PacedInput(bench.bootstrapServers(), plan, input, 0, PER_SECOND)) {
            long warmNanos = reader.readUntil(WARM, process, PATIENCE);
            Duration warmCpu = process.cpu();
            long endNanos = reader.readUntil(plan.records(), process, PATIENCE);
            double cores = process.cpu().minus(warmCpu).toNanos() / (double) (endNanos - warmNanos);
            Verdict verdict = reader.drain();
            if (!verdict.isClean()) {
                throw new RunFailedException("wrong outputs: " + verdict);
            }
            double[] millis = new double[plan.records() - WARM];
            for (int number = WARM; number < plan.records(); number++) {
                millis[number - WARM] = (arrivedNanos[number] - paced.dueNanos(number)) / NANOS_PER_MILLI;
            }
            Arrays.sort(millis);
            return new Latency(
                    "", 0, at(millis, 0.5), at(millis, 0.99), at(millis, 0.999), millis[millis.length - 1], cores);
        }
    }

    private static double at(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
    }

    private String table() {
        StringBuilder table = new StringBuilder("| contestant | p50 | p99 | p99.9 | most | cores | runs |\n")
                .append("|---|---:|---:|---:|---:|---:|---:|\n");
        for (String contestant :
                latencies.stream().map(Latency::contestant).distinct().toList()) {
            List<Latency> own = latencies.stream()
                    .filter(latency -> latency.contestant().equals(contestant))
                    .toList();
            table.append("| ").append(contestant);
            table.append(cell("%.1f", own.stream().map(Latency::median).toList()));
            table.append(cell("%.1f", own.stream().map(Latency::p99).toList()));
            table.append(cell("%.1f", own.stream().map(Latency::p999).toList()));
            table.append(cell("%.0f", own.stream().map(Latency::most).toList()));
            table.append(cell("%.2f", own.stream().map(Latency::cores).toList()));
            table.append(" | ").append(own.size()).append(" |\n");
        }
        return table.toString();
    }

    private static String cell(String format, List<Double> values) {
        Spread spread = Spread.of(values);
        return String.format(
                Locale.ROOT,
                " | " + format + " (" + format + " .. " + format + ")",
                spread.median(),
                spread.least(),
                spread.most());
    }

    /** One run; all times in ms. */
    private record Latency(
            String contestant, int round, double median, double p99, double p999, double most, double cores) {
        Latency of(String who, int which) {
            return new Latency(who, which, median, p99, p999, most, cores);
        }

        String line() {
            return String.format(
                    Locale.ROOT,
                    "%s, round %d: p50 %.1f, p99 %.1f, p99.9 %.1f, most %.0f ms, %.2f cores",
                    contestant,
                    round,
                    median,
                    p99,
                    p999,
                    most,
                    cores);
        }
    }
}
