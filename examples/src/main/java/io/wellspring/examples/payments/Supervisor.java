package io.wellspring.examples.payments;

import io.wellspring.engine.TaskStatus;
import io.wellspring.engine.TaskStatus.Running;
import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.Progress;
import io.wellspring.examples.run.RunException;
import io.wellspring.examples.run.Terminal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Runs the pipeline's process over an input that lies ready, kills it where the plan says and starts it again, until the consumer group has
 * committed the whole input. What it believes comes from the broker (committed offsets) and the operating system (the process's end), not from the
 * pipeline.
 */
final class Supervisor {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    /** How long a process works at most before a kill that may be cut short. */
    private static final Duration PATIENCE = Duration.ofMillis(700);

    private static final int SIGKILLED = 128 + 9;

    private final Cluster cluster;
    private final String group;
    private final Map<TopicPartition, Long> ends;
    private final long records;
    private final Supplier<PipelineProcess> starter;
    private final Terminal terminal;
    private final boolean cutShort;
    private final Duration bound;
    private final long deadlineNanos;

    /**
     * Prepares a run.
     *
     * @param cluster where the input lies
     * @param topics names of the topics
     * @param starter starts the pipeline's process
     * @param terminal shows the progress
     * @param cutShort whether a kill may come before anything is committed: see {@link Pace}
     * @param bound how long the run may take
     */
    Supervisor(
            Cluster cluster,
            PaymentsTopics topics,
            Supplier<PipelineProcess> starter,
            Terminal terminal,
            boolean cutShort,
            Duration bound) {
        this.cluster = cluster;
        this.group = PaymentsPipeline.name(topics);
        this.ends = cluster.ends(topics.inputNames());
        this.records = ends.values().stream().mapToLong(Long::longValue).sum();
        this.starter = starter;
        this.terminal = terminal;
        this.cutShort = cutShort;
        this.bound = bound;
        this.deadlineNanos = System.nanoTime() + bound.toNanos();
    }

    /**
     * Runs to the end of the input.
     *
     * @param killAt at how many committed records to kill, rising
     * @return the process, which still runs
     */
    PipelineProcess run(List<Long> killAt) {
        Queue<Long> kills = new ArrayDeque<>(killAt);
        PipelineProcess process = starter.get();
        int killed = 0;
        try {
            while (true) {
                if (kills.isEmpty()) {
                    work(process, records, false);
                    return process;
                }
                long committed = work(process, kills.remove(), cutShort);
                killed++;
                kill(process, killed, killAt.size(), committed);
                long startNanos = System.nanoTime();
                process = starter.get();
                recover(process, killed, startNanos);
            }
        } catch (RuntimeException failure) {
            process.close();
            throw failure;
        }
    }

    /**
     * Watches until that many input records are committed, or, if it may be cut short, all tasks have run for a while: a small input may be worked off
     * in a single transaction, and then the only place for a kill is inside it.
     *
     * @return how many are committed
     */
    private long work(PipelineProcess process, long stopAt, boolean cutShort) {
        long committed = committed();
        long runningSinceNanos = 0;
        try (Progress progress = terminal.progress("process", committed, records, "records")) {
            while (committed < stopAt) {
                checkTime(process, committed);
                process.listen(LOOK_EVERY);
                committed = committed();
                progress.at(committed);
                if (cutShort && allRun(process)) {
                    long nowNanos = System.nanoTime();
                    runningSinceNanos = runningSinceNanos == 0 ? nowNanos : runningSinceNanos;
                    if (nowNanos - runningSinceNanos > PATIENCE.toNanos()) {
                        break;
                    }
                }
            }
        }
        return committed;
    }

    private void kill(PipelineProcess process, int number, int all, long before) {
        int status = process.kill();
        long committed = committed();
        boolean signals = !System.getProperty("os.name").startsWith("Windows");
        if (signals && status != SIGKILLED) {
            throw new RunException("Process " + process.pid() + " was to end by SIGKILL, status " + SIGKILLED
                    + ", but ended with status " + status);
        }
        if (committed >= records) {
            throw new RunException(
                    "The pipeline had finished all " + records + " records when kill " + number + " of " + all
                            + " came (" + before
                            + " were committed when it was sent), so that kill shows nothing. Give it more --records, or"
                            + " fewer --kills");
        }
        terminal.say(
                "kill " + number,
                "SIGKILL to process %d (exit status %d); %,d of %,d records were committed, %,d remain",
                process.pid(),
                status,
                committed,
                records,
                records - committed);
    }

    private void recover(PipelineProcess process, int number, long startNanos) {
        var recovery = new RecoveryView(terminal, "recovery " + number);
        while (!allRun(process)) {
            checkTime(process, committed());
            process.listen(LOOK_EVERY);
            recovery.show(process.tasks());
        }
        recovery.done(process.tasks(), Duration.ofNanos(System.nanoTime() - startNanos));
    }

    private static boolean allRun(PipelineProcess process) {
        return process.tasks().size() == PaymentsTopics.PARTITIONS
                && process.tasks().stream().allMatch(Running.class::isInstance);
    }

    private long committed() {
        Map<TopicPartition, Long> offsets = cluster.committed(group);
        return ends.keySet().stream()
                .mapToLong(partition -> offsets.getOrDefault(partition, 0L))
                .sum();
    }

    private void checkTime(PipelineProcess process, long committed) {
        if (System.nanoTime() - deadlineNanos > 0) {
            List<String> tasks =
                    process.tasks().stream().map(TaskStatus::toString).toList();
            throw new RunException("After " + bound.toSeconds() + " s only " + committed + " of " + records
                    + " records are committed; the tasks: " + tasks
                    + ". Is the machine very slow, or does the pipeline hang?");
        }
    }
}
