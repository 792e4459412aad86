package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Contestant;
import io.wellspring.benchmarks.contestant.ContestantSettings;
import io.wellspring.benchmarks.contestant.Receipt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How far Wellspring goes in one process: the ledger with many keys in the heap that {@code --jvm-args} give it, and with many partitions on one worker.
 * {@code -Dwellspring.scale.partitions=N} on the harness's JVM changes the number of those.
 */
final class Scale implements Study {
    private static final int PARTITIONS = Integer.getInteger("wellspring.scale.partitions", 500);
    private static final int[] TOUCHED = {1, 10, 100, 500};
    private static final int COMMITS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ContestantSpec CONTESTANT = new ContestantSpec(
            "wellspring",
            ContestantSpec.Home.BENCHMARKS,
            WellspringContestant.class.getName(),
            Map.of(),
            Set.of(Workload.LEDGER),
            true);

    private final List<String> rows = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    @Override
    public String title() {
        return "scale";
    }

    @Override
    public boolean wantsInput() {
        return true;
    }

    @Override
    public StudyReport run(Bench bench) {
        attempt(bench, "keys", () -> keys(bench));
        attempt(bench, "partitions", () -> partitions(bench));
        return new StudyReport(
                title(),
                "The ledger with many keys, then with " + PARTITIONS
                        + " partitions on one worker, each in a JVM of its own.",
                bench.plan().toString(),
                "One run each. Memory is that of the whole process, in and outside of the heap. The recovery is after SIGKILL, from the birth of the process until"
                        + " all tasks run. The commit is seen from outside: from the first send until the last output can be read, median of "
                        + COMMITS + ".",
                "| question | answer |\n|---|---|\n" + String.join("", rows),
                List.of(),
                List.copyOf(failures));
    }

    private void attempt(Bench bench, String part, Runnable measure) {
        try {
            measure.run();
        } catch (RunFailedException failure) {
            failures.add(part + ": " + failure.getMessage());
            bench.progress().println("scale " + part + " FAILED: " + failure.getMessage());
        }
    }

    private void row(Bench bench, String question, String format, Object... values) {
        String answer = String.format(Locale.ROOT, format, values);
        rows.add("| " + question + " | " + answer + " |\n");
        bench.progress().println(question + ": " + answer);
    }

    private void keys(Bench bench) {
        ContestantSettings settings = settings(bench, "scale-keys", BenchmarkTopics.INPUT);
        try (BenchmarkTopics topics = new BenchmarkTopics(bench.bootstrapServers())) {
            topics.create(settings.outputTopic());
            try (OutputReader reader = new OutputReader(
                    bench.bootstrapServers(),
                    settings.outputTopic(),
                    BenchmarkTopics.PARTITIONS,
                    Workload.LEDGER.check(bench.plan()))) {
                try (ContestantProcess first = start(bench, settings, 1)) {
                    long doneNanos = reader.readUntil(bench.plan().records(), first, PATIENCE);
                    double seconds = (doneNanos - first.bornAtNanos()) / 1e9;
                    row(
                            bench,
                            "records a second, from birth",
                            "%,.0f",
                            bench.plan().records() / seconds);
                    row(bench, "memory with many keys", "%s", Footprint.of(first.pid()));
                    first.kill();
                }
                row(bench, "state on disk", "%,d MiB", Footprint.bytesBelow(settings.stateDirectory()) >> 20);
                Verdict verdict = reader.drain();
                if (!verdict.isClean()) {
                    throw new RunFailedException("wrong outputs: " + verdict);
                }
            }
            try (ContestantProcess second = start(bench, settings, 2)) {
                second.awaitReady(PATIENCE);
                row(
                        bench,
                        "recovery with many keys",
                        "%.2f s, %,d events replayed",
                        (System.nanoTime() - second.bornAtNanos()) / 1e9,
                        second.told(Contestant.RESTORED));
            } finally {
                topics.deleteAllButInput();
            }
        }
    }

    private void partitions(Bench bench) {
        InputPlan plan = bench.plan();
        ContestantSettings settings = settings(bench, "scale-partitions", "scale-partitions-in");
        try (BenchmarkTopics topics = new BenchmarkTopics(bench.bootstrapServers())) {
            topics.create(settings.inputTopic(), PARTITIONS);
            topics.create(settings.outputTopic(), PARTITIONS);
            try (ContestantProcess process = start(bench, settings, 1);
                    OutputReader reader = new OutputReader(
                            bench.bootstrapServers(), settings.outputTopic(), PARTITIONS, new Counted(plan));
                    KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                            Map.of("bootstrap.servers", bench.bootstrapServers(), "linger.ms", 0),
                            new ByteArraySerializer(),
                            new ByteArraySerializer())) {
                process.awaitReady(PATIENCE);
                row(
                        bench,
                        "start with " + PARTITIONS + " partitions",
                        "%.2f s until all tasks run",
                        since(process.bornAtNanos()));
                int number = 0;
                for (int touched : TOUCHED) {
                    if (touched <= PARTITIONS) {
                        double[] seconds = new double[COMMITS];
                        for (int commit = 0; commit < COMMITS; commit++, number += touched) {
                            long beganNanos = System.nanoTime();
                            for (int partition = 0; partition < touched; partition++) {
                                int next = number + partition;
                                var unused = producer.send(new ProducerRecord<>(
                                        settings.inputTopic(), partition, plan.key(next), plan.value(next)));
                            }
                            producer.flush();
                            reader.readUntil(number + touched, process, PATIENCE);
                            seconds[commit] = since(beganNanos);
                        }
                        Arrays.sort(seconds);
                        row(bench, "commit of " + touched + " partitions", "%.0f ms", seconds[COMMITS / 2] * 1e3);
                    }
                }
                row(bench, "memory with " + PARTITIONS + " partitions", "%s", Footprint.of(process.pid()));
            } finally {
                topics.deleteAllButInput();
            }
        }
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    private static ContestantSettings settings(Bench bench, String runId, String input) {
        Path state = bench.directory().resolve(runId);
        return new ContestantSettings(
                Workload.LEDGER.title(), bench.bootstrapServers(), input, runId + "-out", runId, state, Map.of());
    }

    private static ContestantProcess start(Bench bench, ContestantSettings settings, int number) {
        return ContestantProcess.start(
                bench.launcher().command(CONTESTANT, settings),
                bench.directory().resolve(settings.runId() + "-" + number + ".log"));
    }

    /** Counts answers; balances are not compared, as an account's records go to more than one partition here. */
    private static final class Counted extends OutputCheck {
        Counted(InputPlan plan) {
            super(plan);
        }

        @Override
        int valueBytes() {
            return Receipt.BYTES;
        }

        @Override
        long number(byte[] value) {
            return Receipt.number(value);
        }

        @Override
        boolean isRight(long number, byte[] value) {
            return true;
        }
    }
}
