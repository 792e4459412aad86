package io.wellspring.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of a broker in a JVM of its own. {@link BrokerMain} is the other side and describes what the two say to each other. */
final class OwnJvmNode implements Node {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

    private final BrokerHome home;
    private final Process process;

    private OwnJvmNode(BrokerHome home, Process process) {
        this.home = home;
        this.process = process;
    }

    static OwnJvmNode start(BrokerHome home, Map<String, String> properties, BrokerConfig config) {
        home.writeServerProperties(properties);
        BrokerLog log = BrokerLog.of(home);
        Process process;
        try {
            process = new ProcessBuilder(BrokerCommand.of(home, config.heapMegabytes()))
                    .redirectError(
                            ProcessBuilder.Redirect.appendTo(home.logFile().toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a JVM for the broker in " + home.directory(), e);
        }
        OwnJvmNode node = new OwnJvmNode(home, process);
        String failure = node.awaitReady(config.startTimeout());
        if (!failure.isEmpty()) {
            node.kill();
            throw new IllegalStateException("the embedded Kafka broker in " + home.directory() + " " + failure
                    + "; its log ends:\n" + log.tail());
        }
        return node;
    }

    /** Returns what went wrong, or nothing. */
    private String awaitReady(Duration timeout) {
        CompletableFuture<String> firstLine = new CompletableFuture<>();
        Thread reader = new Thread(() -> firstLine.complete(readLine()), "wellspring-broker-" + home.port() + "-ready");
        reader.setDaemon(true);
        reader.start();
        try {
            String line = firstLine.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (BrokerMain.READY.equals(line)) {
                return "";
            }
            return line == null
                    ? "ended before it took requests, with status " + exitStatus()
                    : "said '" + line + "' instead of '" + BrokerMain.READY + "'";
        } catch (TimeoutException e) {
            return "took no requests within " + timeout + " [BrokerConfig.startTimeout]";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "was not waited for: this thread was interrupted";
        } catch (ExecutionException e) {
            return "could not be heard: " + e.getCause();
        }
    }

    /** Only the first line counts: before it nothing but a failing launcher prints here. */
    private String readLine() {
        try {
            return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
        } catch (IOException e) {
            return null;
        }
    }

    private String exitStatus() throws InterruptedException {
        return process.waitFor(KILL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                ? Integer.toString(process.exitValue())
                : "unknown: it closed its output but still runs";
    }

    @Override
    public void stop() {
        try (var orders = process.outputWriter(UTF_8)) {
            orders.write(BrokerMain.STOP + "\n");
        } catch (IOException e) {
            // It has ended by itself, which the wait below finds.
        }
        if (!endsWithin(STOP_TIMEOUT)) {
            kill();
        }
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        if (!endsWithin(KILL_TIMEOUT)) {
            throw new IllegalStateException("process " + process.pid() + " of the broker in " + home.directory()
                    + " survived SIGKILL for " + KILL_TIMEOUT);
        }
    }

    private boolean endsWithin(Duration bound) {
        try {
            return process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // Nobody will ask again: rather a crash than a broker without an owner.
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }
}
