package io.wellspring.examples.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.engine.TaskStatus;
import io.wellspring.examples.payments.PipelineMessage.AccountBalance;
import io.wellspring.examples.payments.PipelineMessage.BalancesEnd;
import io.wellspring.examples.payments.PipelineMessage.Failure;
import io.wellspring.examples.payments.PipelineMessage.Told;
import io.wellspring.examples.run.RunException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The parent's side of {@link PipelineCommand}. Used by one thread; another one only reads what the process prints. */
final class PipelineProcess implements AutoCloseable {
    private static final Duration END_TIMEOUT = Duration.ofSeconds(30);
    private static final int QUEUED_LINES = 10_000;
    private static final int LOG_LINES = 20;

    private final Process process;
    private final Path log;
    private final BufferedWriter orders;
    private final LinkedBlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>(QUEUED_LINES);
    private final Map<String, TaskStatus> telling = new TreeMap<>();
    private Map<String, TaskStatus> tasks = Map.of();
    private final Map<String, Long> balances = new HashMap<>();
    private Optional<String> failure = Optional.empty();
    private boolean balancesComplete;
    private boolean silent;
    private long toldNanos;

    private PipelineProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.orders = process.outputWriter(UTF_8);
    }

    /**
     * Starts the process.
     *
     * @param command its command line
     * @param log where its logging goes, appended
     */
    static PipelineProcess start(List<String> command, Path log) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            var started = new PipelineProcess(process, log);
            Thread reader = new Thread(started::readLines, "pipeline-" + process.pid());
            reader.setDaemon(true);
            reader.start();
            return started;
        } catch (IOException failure) {
            throw new UncheckedIOException("Cannot start the pipeline's process: " + command, failure);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    long pid() {
        return process.pid();
    }

    /** How its tasks were when it last told. */
    Collection<TaskStatus> tasks() {
        return tasks.values();
    }

    /** When it last told how its tasks are, as {@link System#nanoTime} has it; zero before that. */
    long toldNanos() {
        return toldNanos;
    }

    /**
     * Takes in what the process told, waiting for news if there are none.
     *
     * @throws RunException when the pipeline cannot go on, or the process ended by itself
     */
    void listen(Duration atMost) {
        hear(atMost);
        if (failure.isPresent()) {
            throw new RunException("The pipeline cannot go on: " + failure.get() + ". Its log is " + log);
        }
        if (silent) {
            throw new RunException("The pipeline's process " + pid() + " ended by itself with status "
                    + awaitEnd("said nothing more and did not end") + ". Its log " + log + " ends:\n" + logTail());
        }
    }

    /** As {@link #listen}, for those who expect it to fail or to end. */
    void hear(Duration atMost) {
        try {
            Optional<String> line = lines.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
            while (line != null) {
                if (line.isEmpty()) {
                    silent = true;
                    return;
                }
                PipelineMessage.parse(line.get()).ifPresent(this::take);
                line = lines.poll();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunException("Interrupted while the pipeline was working", interrupted);
        }
    }

    /** Its exit status, once it has ended and everything that it told has been taken in. */
    OptionalInt ended() {
        return silent && !process.isAlive() ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    }

    /** Why it ended, or cannot go on, as far as it said so: its own words, or else the last line of its log. */
    String lastWords() {
        return failure.orElseGet(() -> {
            List<String> tail = logTail()
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("\t") && !line.startsWith("Caused by"))
                    .toList();
            return tail.isEmpty() ? "(it said nothing)" : tail.get(tail.size() - 1);
        });
    }

    private void take(PipelineMessage message) {
        if (message instanceof PipelineMessage.Task task) {
            telling.put(task.status().task(), task.status());
        } else if (message instanceof Told) {
            tasks = new TreeMap<>(telling);
            telling.clear();
            toldNanos = System.nanoTime();
        } else if (message instanceof Failure told) {
            failure = failure.or(() -> Optional.of(told.text()));
        } else if (message instanceof AccountBalance balance) {
            balances.put(balance.account(), balance.cents());
        } else if (message instanceof BalancesEnd) {
            balancesComplete = true;
        }
    }

    /** Asks for the balances of that many accounts. */
    Map<String, Long> balances(int accounts, Duration atMost) {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        balances.clear();
        balancesComplete = false;
        order(PipelineCommand.BALANCES + " " + accounts);
        while (!balancesComplete) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new RunException("The pipeline answered only " + balances.size() + " of at most " + accounts
                        + " queries for balances within " + atMost + ". Its log is " + log);
            }
            listen(Duration.ofMillis(100));
        }
        return Map.copyOf(balances);
    }

    /**
     * Kills the process as a crash would.
     *
     * @return its exit status: 128 + 9 where the system has signals
     * @throws RunException when it does not die, or had ended before
     */
    int kill() {
        if (!process.isAlive()) {
            throw new RunException(
                    "The pipeline's process " + pid() + " had ended before it could be killed, with status "
                            + process.exitValue() + ". Its log " + log + " ends:\n" + logTail());
        }
        // SIGKILL where the system has signals: nothing of the process runs after it.
        process.destroyForcibly();
        return awaitEnd("survived SIGKILL");
    }

    /** Lets the process end in order. */
    void stop() {
        order(PipelineCommand.STOP);
        int status = awaitEnd("did not stop");
        if (status != 0) {
            throw new RunException(
                    "The pipeline's process ended with status " + status + ". Its log " + log + " ends:\n" + logTail());
        }
    }

    /** Tells the process to end, keeping its place in the group or leaving it, and does not wait for it. */
    void beginEnd(boolean leave) {
        order(leave ? PipelineCommand.STOP : PipelineCommand.CLOSE);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void order(String order) {
        try {
            orders.write(order + "\n");
            orders.flush();
        } catch (IOException gone) {
            throw new RunException(
                    "The pipeline's process " + pid() + " takes no orders. Its log " + log + " ends:\n" + logTail(),
                    gone);
        }
    }

    private int awaitEnd(String otherwise) {
        try {
            if (!process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new RunException("The pipeline's process " + pid() + " " + otherwise + " for " + END_TIMEOUT);
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunException("Interrupted while the pipeline's process was ending", interrupted);
        }
    }

    private void readLines() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.put(Optional.of(line));
            }
            lines.put(Optional.empty());
        } catch (IOException closed) {
            // The process was killed: whoever killed it does not listen any more.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String logTail() {
        try {
            List<String> all = Files.readAllLines(log);
            return String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES), all.size()));
        } catch (IOException unreadable) {
            return "(unreadable: " + unreadable.getMessage() + ")";
        }
    }
}
