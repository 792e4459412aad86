package io.wellspring.examples.ledger;

import io.wellspring.engine.Engine;
import io.wellspring.examples.ledger.LedgerProgram.Account;
import io.wellspring.examples.ledger.LedgerProgram.Transfer;
import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.Progress;
import io.wellspring.examples.run.RunException;
import io.wellspring.examples.run.Terminal;
import io.wellspring.examples.run.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs {@link LedgerProgram}: brings a broker and some transfers, and asks for the balance before and after them. */
@Command(
        name = "ledger",
        description =
                "The program of the README: an account, some transfers, its balance. On a cluster the account lives on in its journal:"
                        + " run it again.",
        mixinStandardHelpOptions = true)
public final class LedgerCommand implements Callable<Integer> {
    private static final String OWNER = "alice";
    private static final List<Long> AMOUNTS_CENTS = List.of(100_00L, -30_00L, -500_00L, 12_50L);
    private static final Duration BOUND = Duration.ofMinutes(1);
    private static final long LOOK_MILLIS = 20;

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "a Kafka cluster to run on instead of an embedded broker")
    private String bootstrap;

    /** Made by the command line. */
    public LedgerCommand() {}

    /**
     * Runs the program.
     *
     * @return 0
     */
    @Override
    public Integer call() throws InterruptedException {
        Terminal terminal = Terminal.standard();
        try (Workspace workspace = Workspace.open("ledger", bootstrap, false, terminal);
                Cluster cluster = Cluster.connect(workspace.bootstrap())) {
            cluster.createMissingTopics(1, List.of(LedgerProgram.INPUT.name(), LedgerProgram.AUDIT.name()));
            try (Engine engine = LedgerProgram.start(
                    workspace.bootstrap(), workspace.directory().resolve("state"))) {
                engine.awaitRunning(BOUND);
                terminal.line("before: " + balance(engine));
                transfer(cluster, terminal);
                awaitCommitted(cluster, engine);
                terminal.line("after:  " + balance(engine));
                engine.leave();
            }
            return 0;
        }
    }

    private static String balance(Engine engine) {
        Optional<Account> account = engine.view(LedgerProgram.LEDGER)
                .get(OWNER)
                .orTimeout(BOUND.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return OWNER + " has " + account.map(Account::cents).orElse(0L) + " cents";
    }

    private static void transfer(Cluster cluster, Terminal terminal) {
        var topic = LedgerProgram.INPUT;
        try (Progress progress = terminal.progress("transfer", 0, AMOUNTS_CENTS.size(), "records")) {
            cluster.load(
                    AMOUNTS_CENTS.stream()
                            .map(cents -> new ProducerRecord<>(
                                    topic.name(),
                                    topic.keys().encode(OWNER),
                                    topic.values().encode(new Transfer(cents))))
                            .iterator(),
                    progress);
        }
    }

    private static void awaitCommitted(Cluster cluster, Engine engine) throws InterruptedException {
        Map<TopicPartition, Long> ends = cluster.ends(List.of(LedgerProgram.INPUT.name()));
        long deadlineNanos = System.nanoTime() + BOUND.toNanos();
        while (!reached(cluster.committed(LedgerProgram.BANK.name()), ends)) {
            engine.failure().ifPresent(failure -> {
                throw failure;
            });
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new RunException("The transfers were not committed within " + BOUND.toSeconds()
                        + " s; the tasks: " + engine.status());
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
    }

    private static boolean reached(Map<TopicPartition, Long> committed, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
    }
}
