package io.wellspring.examples.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.error.WellspringException;
import io.wellspring.engine.Engine;
import io.wellspring.engine.EngineConfig;
import io.wellspring.engine.TaskStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The process that runs the pipeline, and that is killed. It tells on standard output how it is ({@link PipelineMessage}) and takes orders on
 * standard input:
 *
 * <pre>
 * balances N    answer the balance of those of the accounts 0 to N - 1 that have one and whose task runs here
 * stop          leave the group and end
 * close         end, and keep the place in the group for a restart
 * </pre>
 *
 * The end of standard input means that the parent is gone, however it ended; then this process halts too.
 */
@Command(name = PipelineCommand.NAME, hidden = true, description = "The process that payments starts and kills.")
public final class PipelineCommand implements Callable<Integer> {
    static final String NAME = "payments-pipeline";
    static final String STOP = "stop";
    static final String CLOSE = "close";
    static final String BALANCES = "balances";

    private static final Duration TELL_EVERY = Duration.ofMillis(50);
    private static final Duration SNAPSHOT_EVERY = Duration.ofSeconds(1);
    private static final int QUERIES_IN_FLIGHT = 1_000;

    private final LinkedBlockingQueue<String> orders = new LinkedBlockingQueue<>(100);
    private final PrintStream out = System.out;

    @Option(names = "--bootstrap", required = true)
    private String bootstrap = "";

    @Option(names = "--prefix")
    private String prefix = "";

    @Option(names = "--state-dir", required = true)
    private Path stateDir = Path.of("");

    @Option(names = "--pace-nanos")
    private long paceNanos;

    @Option(names = "--workers", defaultValue = "2")
    private int workers;

    @Option(names = "--session-timeout-millis")
    private Optional<Integer> sessionTimeoutMillis = Optional.empty();

    /** Made by the command line. */
    public PipelineCommand() {}

    /**
     * Runs the pipeline until it is told to stop.
     *
     * @return 0, or 1 when the pipeline cannot go on
     */
    @Override
    public Integer call() throws InterruptedException {
        Thread parent = new Thread(this::readOrders, "orders");
        parent.setDaemon(true);
        parent.start();
        EngineConfig config = EngineConfig.forClient(clientProperties())
                .stateDir(stateDir)
                .workers(workers)
                .snapshotInterval(SNAPSHOT_EVERY);
        try (Engine engine = Engine.start(PaymentsPipeline.over(new PaymentsTopics(prefix), paceNanos), config)) {
            return serve(engine);
        } catch (WellspringException failure) {
            tell(PipelineMessage.failureLine(failure));
            return 1;
        }
    }

    private Map<String, Object> clientProperties() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", bootstrap);
        sessionTimeoutMillis.ifPresent(millis -> {
            properties.put("session.timeout.ms", millis);
            properties.put("heartbeat.interval.ms", millis / 4);
        });
        return properties;
    }

    private int serve(Engine engine) throws InterruptedException {
        while (true) {
            for (TaskStatus status : engine.status()) {
                tell(PipelineMessage.line(status));
            }
            tell(PipelineMessage.toldLine());
            out.flush();
            Optional<RuntimeException> failure = engine.failure();
            if (failure.isPresent()) {
                tell(PipelineMessage.failureLine(failure.get()));
                return 1;
            }
            String order = orders.poll(TELL_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            if (STOP.equals(order)) {
                engine.leave();
                return 0;
            }
            if (CLOSE.equals(order)) {
                engine.close();
                return 0;
            }
            if (order != null && order.startsWith(BALANCES)) {
                answer(engine, Integer.parseInt(order.substring(BALANCES.length() + 1)));
            }
        }
    }

    private void answer(Engine engine, int accounts) {
        List<String> names = new ArrayList<>();
        List<CompletableFuture<Optional<Account>>> answers = new ArrayList<>();
        for (int number = 0; number < accounts; number++) {
            names.add(Generator.accountName(number));
            answers.add(engine.view(Ledger.STAGE).get(names.get(names.size() - 1)));
            if (names.size() == QUERIES_IN_FLIGHT || number == accounts - 1) {
                for (int i = 0; i < names.size(); i++) {
                    String name = names.get(i);
                    answers.get(i)
                            .exceptionally(elsewhere -> Optional.empty())
                            .join()
                            .ifPresent(account -> tell(PipelineMessage.balanceLine(name, account.cents())));
                }
                names.clear();
                answers.clear();
            }
        }
        tell(PipelineMessage.balancesEndLine());
    }

    private void tell(String line) {
        out.println(line);
    }

    private void readOrders() {
        try (var in = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String order = in.readLine(); order != null; order = in.readLine()) {
                orders.put(order);
                if (order.equals(STOP) || order.equals(CLOSE)) {
                    return;
                }
            }
        } catch (IOException | InterruptedException gone) {
            // As the end of the stream.
        }
        Runtime.getRuntime().halt(3);
    }
}
