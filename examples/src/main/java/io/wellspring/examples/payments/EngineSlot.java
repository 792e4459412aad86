package io.wellspring.examples.payments;

import io.wellspring.engine.TaskStatus;
import io.wellspring.engine.TaskStatus.Basis;
import io.wellspring.engine.TaskStatus.Running;
import io.wellspring.examples.run.RunException;
import io.wellspring.examples.run.Workspace;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The place of one engine: its processes, one after the other over the same state directory, and what is being done to it.
 *
 * <pre>
 *   AWAY ---- start ----> UP <---- continued ---- STALLED
 *     ^                  | | |                       ^
 *     |<-- killed, or ---+ | +------- SIGSTOP -------+
 *     |    ended by itself |
 *     +<--- ended --- ENDING    in order: restart, scale-down
 * </pre>
 *
 * <p>An engine that ends by itself is started again and counted, with what it said. Used by one thread.
 */
final class EngineSlot implements AutoCloseable {
    /** Longer than an engine's own bounds for its last commit, its clients and its snapshots add up to. */
    private static final Duration END_BOUND = Duration.ofSeconds(90);

    private static final long RESTART_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An engine tells every 50 ms how its tasks are; what is older than this may be true no more. */
    private static final long STALE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

    private static final long AWAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final int number;
    private final Supplier<PipelineProcess> starter;
    private final Workspace workspace;
    private final FaultLog log;
    private final Map<Basis, Integer> recoveries = new EnumMap<>(Basis.class);
    private long replayed;
    private Phase phase = Phase.AWAY;
    private PipelineProcess process;
    private Set<String> ran = Set.of();
    private long sinceNanos;
    private long dueNanos;
    private long awayNanos;

    private enum Phase {
        AWAY,
        UP,
        STALLED,
        ENDING
    }

    EngineSlot(int number, Supplier<PipelineProcess> starter, Workspace workspace, FaultLog log) {
        this.number = number;
        this.starter = starter;
        this.workspace = workspace;
        this.log = log;
    }

    /** How many recoveries of a task were seen to end, by what they began with. */
    Map<Basis, Integer> recoveries() {
        return recoveries;
    }

    /** How many journal events those recoveries replayed. */
    long replayed() {
        return replayed;
    }

    boolean up() {
        return phase == Phase.UP;
    }

    /** The process, which is up. */
    PipelineProcess process() {
        return process;
    }

    /** The tasks that run here, as far as that is known. */
    Set<String> running(long nowNanos) {
        boolean told = (phase == Phase.UP || phase == Phase.ENDING) && nowNanos - process.toldNanos() < STALE_NANOS;
        return told ? ran : Set.of();
    }

    /** How it is, for a person. */
    String describe() {
        List<String> tasks = phase == Phase.AWAY
                ? List.of()
                : process.tasks().stream().map(TaskStatus::toString).toList();
        return name() + " " + phase + " " + tasks;
    }

    void start(long nowNanos) {
        process = starter.get();
        workspace.takeIn(process.handle());
        ran = Set.of();
        enter(Phase.UP, nowNanos);
        log.say("%s: started as process %d", name(), process.pid());
    }

    /** Makes a fault, if there is anything to make it to. */
    void make(Fault fault, long nowNanos) {
        if (phase != Phase.UP || !process.handle().isAlive()) {
            log.passedOver(fault, "it is " + phase);
            return;
        }
        log.made(fault);
        awayNanos = TimeUnit.MILLISECONDS.toNanos(fault.awayMillis());
        switch (fault.kind()) {
            case KILL -> {
                process.kill();
                enter(Phase.AWAY, nowNanos);
                dueNanos = nowNanos + awayNanos;
            }
            case STALL, LONG_STALL -> {
                workspace.takeIn(Signals.stall(process.pid(), Duration.ofMillis(fault.awayMillis())));
                enter(Phase.STALLED, nowNanos);
                dueNanos = nowNanos + awayNanos + AWAKE_NANOS;
            }
            case RESTART, LEAVE -> {
                process.beginEnd(fault.kind() == Fault.Kind.LEAVE);
                enter(Phase.ENDING, nowNanos);
                dueNanos = nowNanos + END_BOUND.toNanos();
            }
            case BROKER_STOP, BROKER_KILL -> throw new IllegalArgumentException("not a fault of an engine: " + fault);
        }
    }

    /**
     * Takes in what the process told, and does what is due.
     *
     * @throws RunException when it was told to end and does not
     */
    void look(long nowNanos) {
        if (phase == Phase.AWAY) {
            if (nowNanos >= dueNanos) {
                start(nowNanos);
            }
            return;
        }
        process.hear(Duration.ZERO);
        countRecoveries();
        OptionalInt status = process.ended();
        if (status.isPresent()) {
            ended(status.getAsInt(), nowNanos);
        } else if (phase == Phase.STALLED && nowNanos >= dueNanos) {
            log.say("%s: goes on", name());
            enter(Phase.UP, nowNanos);
        } else if (phase == Phase.ENDING && nowNanos >= dueNanos) {
            throw new RunException(name() + " was told to end and still runs after " + END_BOUND + ": process "
                    + process.pid() + ", " + describe());
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }

    private void ended(int status, long nowNanos) {
        if (phase == Phase.ENDING && status == 0) {
            log.say("%s: ended in order after %.1f s", name(), (nowNanos - sinceNanos) / 1e9);
            dueNanos = nowNanos + awayNanos;
        } else {
            log.endedByItself(name(), status, process.lastWords());
            dueNanos = nowNanos + RESTART_NANOS;
        }
        enter(Phase.AWAY, nowNanos);
    }

    private void countRecoveries() {
        Set<String> runs = new HashSet<>();
        for (TaskStatus task : process.tasks()) {
            if (task instanceof Running running) {
                runs.add(task.task());
                if (!ran.contains(task.task())) {
                    recoveries.merge(running.basis(), 1, Integer::sum);
                    replayed += running.replayed();
                }
            }
        }
        ran = runs;
    }

    private void enter(Phase next, long nowNanos) {
        phase = next;
        sinceNanos = nowNanos;
    }

    private String name() {
        return "engine " + number;
    }
}
