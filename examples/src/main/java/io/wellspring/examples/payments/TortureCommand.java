package io.wellspring.examples.payments;

import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.JavaCommand;
import io.wellspring.examples.run.Terminal;
import io.wellspring.examples.run.UsageException;
import io.wellspring.examples.run.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the payments pipeline on several engines under a steady load, hurts engines and broker at random, and at the end compares inputs, journals
 * and outputs in full; {@link TortureAudit} says which result is checked how.
 */
@Command(
        name = "torture",
        description =
                "Payments under a steady load on several engines, while engines and the broker are killed, stopped, restarted and taken"
                        + " away at random; then inputs, journals and outputs are compared. The seed draws load and faults.",
        mixinStandardHelpOptions = true)
public final class TortureCommand implements Callable<Integer> {
    private static final Duration SESSION = Duration.ofSeconds(6);
    private static final Duration LONGEST_SPAN = Duration.ofDays(20);
    /** What starting and the last recoveries may take, while the load goes on. */
    private static final Duration AROUND = Duration.ofMinutes(4);

    private static final Duration SHORT_RUN = Duration.ofMinutes(3);

    @Option(
            names = "--minutes",
            defaultValue = "10",
            description = "how long faults are made, 0.2 to 1440 (${DEFAULT-VALUE})")
    private double minutes;

    @Option(names = "--engines", defaultValue = "3", description = "engine processes, 2 or 3 (${DEFAULT-VALUE})")
    private int engines;

    @Option(names = "--workers", defaultValue = "2", description = "workers of each engine, 1 to 4 (${DEFAULT-VALUE})")
    private int workers;

    @Option(names = "--seed", defaultValue = "42", description = "of the load and of the faults (${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--records-per-second",
            defaultValue = "500",
            description = "the load, 1 to 100000 (${DEFAULT-VALUE})")
    private int recordsPerSecond;

    @Option(names = "--accounts", defaultValue = "2000", description = "accounts, 1 to 1000000 (${DEFAULT-VALUE})")
    private int accounts;

    @Option(names = "--report", paramLabel = "FILE", description = "where to write a report, in Markdown")
    private Path report;

    @Option(names = "--keep", description = "keep the run's directory with all logs, and say where")
    private boolean keep;

    /** Made by the command line. */
    public TortureCommand() {}

    /**
     * Runs and checks.
     *
     * @return 0 when every result is there once and right, else 1
     */
    @Override
    public Integer call() {
        inRange("--minutes", minutes, 0.2, 1440);
        inRange("--engines", engines, 2, 3);
        inRange("--workers", workers, 1, 4);
        inRange("--records-per-second", recordsPerSecond, 1, 100_000);
        inRange("--accounts", accounts, 1, 1_000_000);
        Instant begin = begin(lasting());
        Terminal terminal = Terminal.standard();
        try (Workspace workspace = Workspace.open("torture", null, keep, terminal);
                Cluster cluster = Cluster.connect(workspace.bootstrap());
                FaultLog log = new FaultLog(workspace.directory().resolve("faults.log"))) {
            try {
                return run(begin, cluster, workspace, log, terminal);
            } catch (RuntimeException failure) {
                print(log, terminal);
                throw failure;
            } finally {
                if (keep) {
                    terminal.say("kept", "%s", workspace.directory());
                }
            }
        }
    }

    private int run(Instant begin, Cluster cluster, Workspace workspace, FaultLog log, Terminal terminal) {
        Duration lasting = lasting();
        boolean signals = Signals.available();
        if (!signals) {
            terminal.say("signals", "not to be had here (sh, kill -STOP, kill -CONT): no engine will be stalled");
        }
        List<Fault> faults = FaultPlan.of(new FaultPlan.Settings(seed, lasting, engines, SESSION, signals));
        terminal.say(
                "seed",
                "%d: %d faults in %.1f min on %d engines, %,d records/s",
                seed,
                faults.size(),
                minutes,
                engines,
                recordsPerSecond);
        var topics = new PaymentsTopics(workspace.prefix());
        cluster.createTopics(PaymentsTopics.PARTITIONS, topics.names());
        var broker = new BrokerFaults(
                workspace.broker().orElseThrow(), () -> cluster.committed(PaymentsPipeline.name(topics)), log);
        var inputs = new InputRecords(new Generator(Long.MAX_VALUE, accounts, seed, begin), topics);
        LiveLoad load = LiveLoad.start(workspace.bootstrap(), inputs, recordsPerSecond);
        try (Torture torture = new Torture(slots(workspace, log, lasting), broker, load, log, terminal)) {
            torture.begin();
            torture.torture(faults, lasting);
            long records = torture.drain(cluster, topics);
            var audit = new TortureAudit(cluster, topics, records);
            List<Tally> tallies = audit.run(torture.balances(accounts));
            torture.end();
            boolean exact = Audit.print(tallies, terminal);
            var summary = new TortureReport(
                    new TortureReport.Settings(seed, minutes, engines, workers, recordsPerSecond, accounts, SESSION),
                    log,
                    torture,
                    records,
                    audit.outOfTime(),
                    tallies);
            summary.print(terminal);
            if (!exact) {
                print(log, terminal);
            }
            if (report != null) {
                summary.write(report);
            }
            return exact ? 0 : 1;
        }
    }

    private Duration lasting() {
        return Duration.ofMillis((long) (minutes * 60_000));
    }

    /**
     * Where event time begins, so that it ends about now: a broker refuses timestamps far ahead of its clock, and forgets the producer of those too
     * far behind it, which would let a repeated batch through (see {@link Workspace}).
     */
    private Instant begin(Duration lasting) {
        double seconds = lasting.plus(AROUND).toSeconds() * 1.2;
        Duration span = Duration.ofMillis((long) (seconds * recordsPerSecond * Generator.meanStepMillis(accounts)));
        if (span.compareTo(LONGEST_SPAN) > 0) {
            throw new UsageException(
                    "--minutes, --records-per-second and --accounts together stretch event time over "
                            + span.toDays() + " days, more than " + LONGEST_SPAN.toDays()
                            + ", which is what the broker remembers producers for. Take more accounts: event time goes on more slowly then");
        }
        return Instant.now().minus(span);
    }

    private List<EngineSlot> slots(Workspace workspace, FaultLog log, Duration lasting) {
        List<EngineSlot> slots = new ArrayList<>();
        for (int number = 0; number < engines; number++) {
            Path directory = workspace.directory();
            List<String> command = JavaCommand.thisProgram(
                    lasting.compareTo(SHORT_RUN) < 0,
                    List.of(
                            PipelineCommand.NAME,
                            "--bootstrap",
                            workspace.bootstrap(),
                            "--state-dir",
                            directory.resolve("state-" + number).toString(),
                            "--workers",
                            Integer.toString(workers),
                            "--session-timeout-millis",
                            Long.toString(SESSION.toMillis())));
            // The logs are to be read beside the fault log.
            command.add(1, "-Dorg.slf4j.simpleLogger.showDateTime=true");
            command.add(1, "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS");
            command.add(1, "-Dorg.slf4j.simpleLogger.showThreadName=true");
            command.add(1, "-Dorg.slf4j.simpleLogger.log.io.wellspring=info");
            Path output = directory.resolve("engine-" + number + ".log");
            Supplier<PipelineProcess> starter = () -> PipelineProcess.start(command, output);
            slots.add(new EngineSlot(number, starter, workspace, log));
        }
        return slots;
    }

    private void print(FaultLog log, Terminal terminal) {
        terminal.line("The faults of seed " + seed + ":");
        log.lines().forEach(terminal::line);
    }

    private static void inRange(String option, double value, double least, double most) {
        if (value < least || value > most) {
            throw new UsageException(option + "=" + plain(value) + " is outside " + plain(least) + ".." + plain(most));
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
