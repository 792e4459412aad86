package io.wellspring.examples.payments;

import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.JavaCommand;
import io.wellspring.examples.run.Progress;
import io.wellspring.examples.run.RunException;
import io.wellspring.examples.run.Terminal;
import io.wellspring.examples.run.UsageException;
import io.wellspring.examples.run.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Loads an input, runs the pipeline over it in a process that is killed now and then, and checks every result. */
@Command(
        name = "payments",
        description =
                "Accounts, spending limits and a fraud pattern, exactly once: the pipeline's process is killed (SIGKILL) while it"
                        + " works and comes back; then every result is recomputed from the inputs and compared.",
        mixinStandardHelpOptions = true)
public final class PaymentsCommand implements Callable<Integer> {
    private static final long SHORT_RUN_RECORDS = 1_000_000;
    private static final Duration QUERY_BOUND = Duration.ofSeconds(60);

    @Option(
            names = "--records",
            defaultValue = "200000",
            description = "input records, 1 to 10000000 (${DEFAULT-VALUE})")
    private long records;

    @Option(names = "--accounts", defaultValue = "2000", description = "accounts, 1 to 1000000 (${DEFAULT-VALUE})")
    private int accounts;

    @Option(
            names = "--kills",
            defaultValue = "2",
            description = "how often the process is killed, 0 to 20 (${DEFAULT-VALUE})")
    private int kills;

    @Option(names = "--seed", defaultValue = "42", description = "of the input and of the kills (${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "a Kafka cluster to run on instead of an embedded broker")
    private String bootstrap;

    @Option(names = "--keep", description = "keep the run's directory (and on a cluster its topics), and say where")
    private boolean keep;

    /** Made by the command line. */
    public PaymentsCommand() {}

    /**
     * Runs and checks.
     *
     * @return 0 when every result is there once and right, else 1
     */
    @Override
    public Integer call() {
        inRange("--records", records, 1, 10_000_000);
        inRange("--accounts", accounts, 1, 1_000_000);
        inRange("--kills", kills, 0, 20);
        long startNanos = System.nanoTime();
        Terminal terminal = Terminal.standard();
        try (Workspace workspace = Workspace.open("payments", bootstrap, keep, terminal);
                Cluster cluster = Cluster.connect(workspace.bootstrap())) {
            var topics = new PaymentsTopics(workspace.prefix());
            try {
                load(cluster, topics, terminal);
                Map<String, Long> balances = supervise(cluster, topics, workspace, terminal);
                List<Tally> tallies = new Audit(cluster, topics).run(balances);
                boolean exact = Audit.print(tallies, terminal);
                if (keep) {
                    terminal.say("kept", "%s", workspace.directory());
                }
                terminal.say(
                        "result",
                        "%s, %d of %d kills survived, %.1f s",
                        exact ? "every result exactly once" : "RESULTS ARE MISSING, DUPLICATE OR WRONG",
                        kills,
                        kills,
                        (System.nanoTime() - startNanos) / 1e9);
                return exact ? 0 : 1;
            } catch (RunException failure) {
                if (keep) {
                    terminal.say("kept", "%s", workspace.directory());
                }
                throw failure;
            } finally {
                workspace.deleteFrom(cluster, PaymentsPipeline.name(topics), terminal);
            }
        }
    }

    private void load(Cluster cluster, PaymentsTopics topics, Terminal terminal) {
        cluster.createTopics(PaymentsTopics.PARTITIONS, topics.names());
        try (Progress progress = terminal.progress("load", 0, records, "records")) {
            cluster.load(new InputRecords(new Generator(records, accounts, seed), topics), progress);
        }
    }

    private Map<String, Long> supervise(
            Cluster cluster, PaymentsTopics topics, Workspace workspace, Terminal terminal) {
        long paceNanos = Pace.nanosPerRecord(records, kills);
        List<String> command = command(topics, workspace, paceNanos);
        Path log = workspace.directory().resolve("pipeline.log");
        var supervisor = new Supervisor(
                cluster,
                topics,
                () -> {
                    PipelineProcess process = PipelineProcess.start(command, log);
                    workspace.takeIn(process.handle());
                    return process;
                },
                terminal,
                Pace.killsInsideTransactions(records),
                Duration.ofSeconds(120 + records / 1_000));
        try (PipelineProcess process = supervisor.run(KillPlan.of(kills, records, seed))) {
            Map<String, Long> balances = process.balances(accounts, QUERY_BOUND);
            process.stop();
            return balances;
        }
    }

    private List<String> command(PaymentsTopics topics, Workspace workspace, long paceNanos) {
        List<String> arguments = new ArrayList<>(List.of(
                PipelineCommand.NAME,
                "--bootstrap",
                workspace.bootstrap(),
                "--state-dir",
                workspace.directory().resolve("state").toString(),
                "--pace-nanos",
                Long.toString(paceNanos)));
        if (!topics.prefix().isEmpty()) {
            arguments.addAll(List.of("--prefix", topics.prefix()));
        }
        return JavaCommand.thisProgram(records <= SHORT_RUN_RECORDS, arguments);
    }

    private static void inRange(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new UsageException(option + "=" + value + " is outside " + least + ".." + most);
        }
    }
}
