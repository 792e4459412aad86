package io.wellspring.examples.payments;

import io.wellspring.engine.TaskStatus.Basis;
import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.Progress;
import io.wellspring.examples.run.RunException;
import io.wellspring.examples.run.Terminal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Runs engines under load, makes the faults of a plan, and lets everything come to rest: all engines and the broker back, every input committed.
 * The broker is asked for nothing while it may be away; how the tasks are, the engines tell. Used by one thread.
 *
 * <p>Faults may come on top of each other, but not for ever: when not all tasks have run for a while, what the plan says next is passed over until
 * they do, also so that a pipeline that hangs is told from one that is only hurt again and again.
 */
final class Torture implements AutoCloseable {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Duration START_BOUND = Duration.ofSeconds(90);
    private static final Duration DRAIN_BOUND = Duration.ofMinutes(4);
    private static final Duration QUERY_BOUND = Duration.ofSeconds(60);
    private static final Duration ASK_EVERY = Duration.ofMillis(500);

    /** So long faults come on top of each other; then the pipeline is left in peace until all tasks run. */
    private static final Duration MERCY = Duration.ofSeconds(15);

    /** So long after the last fault the broker is asked whether it is to blame. */
    private static final Duration SUSPICION = Duration.ofSeconds(60);

    /** More than a stall, a broker that starts on a busy machine, and an engine's orderly end on top of each other take. */
    private static final Duration BACK_BOUND = Duration.ofMinutes(5);

    private final List<EngineSlot> engines;
    private final BrokerFaults broker;
    private final LiveLoad load;
    private final FaultLog log;
    private final Terminal terminal;
    private final Interruptions interruptions = new Interruptions(PaymentsTopics.PARTITIONS);
    private long suspectedNanos = System.nanoTime();

    /**
     * Prepares a run.
     *
     * @param engines not started yet
     * @param broker what ends it
     * @param load under way
     * @param log of everything that happens
     * @param terminal shows the progress
     */
    Torture(List<EngineSlot> engines, BrokerFaults broker, LiveLoad load, FaultLog log, Terminal terminal) {
        this.engines = engines;
        this.broker = broker;
        this.load = load;
        this.log = log;
        this.terminal = terminal;
    }

    /** Starts the engines and waits until all tasks run. */
    void begin() {
        long nowNanos = System.nanoTime();
        engines.forEach(engine -> engine.start(nowNanos));
        await("the tasks to run", START_BOUND, interruptions::whole);
    }

    /** Makes the faults. */
    void torture(List<Fault> faults, Duration lasting) {
        Queue<Fault> coming = new ArrayDeque<>(faults);
        long startNanos = System.nanoTime();
        try (Progress progress = terminal.progress("faults", 0, lasting.toSeconds(), "s")) {
            while (System.nanoTime() - startNanos < lasting.toNanos()) {
                long nowNanos = System.nanoTime();
                long atMillis = TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos);
                while (!coming.isEmpty() && coming.element().atMillis() <= atMillis) {
                    make(coming.remove(), nowNanos);
                }
                look();
                progress.at(atMillis / 1_000);
            }
        }
    }

    /**
     * Ends the load and waits until everything is back and every input is committed.
     *
     * @return how many inputs there are
     */
    long drain(Cluster cluster, PaymentsTopics topics) {
        await("all engines and the broker to be back", START_BOUND, this::allBack);
        long records = load.stop();
        log.say("the load ends with %,d records", records);
        Map<TopicPartition, Long> ends = cluster.ends(topics.inputNames());
        try (Progress progress = terminal.progress("drain", 0, records, "records")) {
            long[] askNanos = {System.nanoTime()};
            boolean[] done = {false};
            await("every input to be committed", DRAIN_BOUND, () -> {
                if (System.nanoTime() - askNanos[0] >= ASK_EVERY.toNanos()) {
                    askNanos[0] = System.nanoTime();
                    Map<TopicPartition, Long> committed = cluster.committed(PaymentsPipeline.name(topics));
                    progress.at(ends.keySet().stream()
                            .mapToLong(partition -> committed.getOrDefault(partition, 0L))
                            .sum());
                    done[0] = ends.entrySet().stream()
                            .allMatch(end -> committed.getOrDefault(end.getKey(), 0L) >= end.getValue());
                }
                return done[0];
            });
        }
        log.say("every input is committed");
        await("all tasks to run", START_BOUND, () -> allBack() && interruptions.whole());
        return records;
    }

    /** What each engine answers for the accounts whose tasks it runs. */
    List<Map<String, Long>> balances(int accounts) {
        List<Map<String, Long>> answers = new ArrayList<>();
        for (EngineSlot engine : engines) {
            answers.add(engine.process().balances(accounts, QUERY_BOUND));
        }
        return answers;
    }

    /** Lets the engines leave, one after the other. */
    void end() {
        engines.forEach(engine -> engine.process().stop());
    }

    Interruptions interruptions() {
        return interruptions;
    }

    /** How many recoveries of a task were seen to end, by what they began with. */
    Map<Basis, Integer> recoveries() {
        Map<Basis, Integer> all = new EnumMap<>(Basis.class);
        engines.forEach(engine -> engine.recoveries().forEach((basis, count) -> all.merge(basis, count, Integer::sum)));
        return all;
    }

    long replayed() {
        return engines.stream().mapToLong(EngineSlot::replayed).sum();
    }

    @Override
    public void close() {
        load.close();
        broker.close();
        engines.forEach(EngineSlot::close);
    }

    private void make(Fault fault, long nowNanos) {
        if (interruptions.lasting(nowNanos).compareTo(MERCY) > 0) {
            log.passedOver(fault, "not all tasks run again yet");
        } else if (fault.kind().ofBroker()) {
            broker.make(fault);
        } else {
            engines.get(fault.engine()).make(fault, nowNanos);
        }
    }

    private boolean allBack() {
        return !broker.busy() && engines.stream().allMatch(EngineSlot::up);
    }

    private void await(String what, Duration bound, BooleanSupplier done) {
        long deadlineNanos = System.nanoTime() + bound.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new RunException("Waited " + bound.toSeconds() + " s in vain for " + what + ": " + describe());
            }
            look();
        }
    }

    private void look() {
        long nowNanos = System.nanoTime();
        Set<String> running = new HashSet<>();
        for (EngineSlot engine : engines) {
            engine.look(nowNanos);
            running.addAll(engine.running(nowNanos));
        }
        Duration ended = interruptions.look(running.size(), nowNanos);
        if (!ended.isZero()) {
            log.say("all tasks run again, after %.1f s", ended.toMillis() / 1e3);
        }
        if (interruptions.lasting(nowNanos).compareTo(BACK_BOUND) > 0) {
            throw new RunException("The pipeline does not come back: not all tasks have run for "
                    + BACK_BOUND.toSeconds() + " s, nearly all of them without another fault: " + describe());
        }
        if (interruptions.lasting(nowNanos).compareTo(SUSPICION) > 0
                && nowNanos - suspectedNanos > SUSPICION.toNanos()) {
            suspectedNanos = nowNanos;
            broker.mend();
        }
        broker.busy();
        load.check();
        LockSupport.parkNanos(LOOK_NANOS);
    }

    private String describe() {
        return String.join("; ", engines.stream().map(EngineSlot::describe).toList());
    }
}
