package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Contestant;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The JVM of one contestant in one run: its output goes to a log file, its standard input is its leash. */
final class ContestantProcess implements Client, AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final int LOG_LINES_SHOWN = 15;

    private final Process process;
    private final Path log;
    private final long bornAtNanos;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile Duration lastCpu = Duration.ZERO;

    private ContestantProcess(Process process, Path log, long bornAtNanos) {
        this.process = process;
        this.log = log;
        this.bornAtNanos = bornAtNanos;
        Thread watcher = new Thread(this::watchOutput, "contestant-output");
        watcher.setDaemon(true);
        watcher.start();
    }

    static ContestantProcess start(List<String> command, Path log) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            long bornAtNanos = System.nanoTime();
            Process process =
                    new ProcessBuilder(command).redirectError(log.toFile()).start();
            return new ContestantProcess(process, log, bornAtNanos);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot start " + command, failure);
        }
    }

    private void watchOutput() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals(Contestant.READY)) {
                    ready.complete(null);
                }
            }
        } catch (IOException failure) {
            ready.completeExceptionally(failure);
        }
        ready.completeExceptionally(new RunFailedException("it ended before it said " + Contestant.READY));
    }

    void awaitReady(Duration patience) {
        try {
            ready.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new RunFailedException("the contestant was not ready within " + patience.toSeconds() + " s: "
                    + (failure.getCause() == null
                            ? "it said nothing"
                            : failure.getCause().getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunFailedException("interrupted while the contestant started");
        }
    }

    long pid() {
        return process.pid();
    }

    long bornAtNanos() {
        return bornAtNanos;
    }

    /** On Linux the kernel's count of user and system time of all threads, in steps of 10 ms. */
    @Override
    public Duration cpu() {
        process.info().totalCpuDuration().ifPresent(cpu -> lastCpu = cpu);
        return lastCpu;
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    /** The last lines of what it wrote to standard error. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
            return String.join(
                    System.lineSeparator(), lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
        } catch (IOException failure) {
            return "(" + log + " cannot be read: " + failure.getMessage() + ")";
        }
    }

    /** Kills it, as {@code kill -9} does, and waits until it is gone. */
    void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunFailedException("interrupted while a contestant was killed");
        }
    }

    /** The number behind {@code name=} in the last line of what it wrote to standard error that has one; -1 where none has. */
    long told(String name) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.startsWith(name + "="))
                    .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                    .reduce(-1, (before, next) -> next);
        } catch (IOException failure) {
            throw new UncheckedIOException(log + " cannot be read", failure);
        }
    }

    /** Ends it in order, by force if that takes too long. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException leashIsGone) {
            process.destroyForcibly();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
