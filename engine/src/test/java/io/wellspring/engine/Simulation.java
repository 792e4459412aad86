package io.wellspring.engine;

import io.wellspring.engine.ShopPart.Feature;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.Faults;
import io.wellspring.testkit.sim.Request;
import io.wellspring.testkit.sim.SimBackups;
import io.wellspring.testkit.sim.SimKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A pipeline on several engine instances over a simulated cluster, with faults: everything that happens is picked by the seed, one thing after the
 * other on one thread. The workers, their transactions, recovery and membership are the engine's own; clients, disks, clock and scheduler are
 * simulated. The same seed gives the same run.
 *
 * <p>First a time of faults: crashes, stalls, closings, lost requests and replies, markers that stay away, an unreachable cluster. Then they stop, and
 * everything has to complete. What is checked, on the way and in the end, is in {@link SimulatedShop}; besides, no task may have stopped.
 */
final class Simulation {
    private static final int FAULTY_STEPS = 3_000;
    private static final int HEALING_ROUNDS = 20_000;
    private static final int QUIET_ROUNDS = 100;
    private static final List<Request> REQUESTS = List.copyOf(EnumSet.allOf(Request.class));
    private static final int TRACE_LINES = Integer.getInteger("wellspring.simulation.trace", 200);

    private final long seed;
    private final Random random;
    private final ManualClock clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimKafka kafka;
    private final SimulatedShop shop;
    private final SimBackups backups = new SimBackups();
    private final List<SimulatedInstance> instances = new ArrayList<>();
    private final Set<Feature> crashed = EnumSet.noneOf(Feature.class);
    private final boolean trims;
    private final Set<Way> ways = EnumSet.noneOf(Way.class);
    private final Set<String> running = new HashSet<>();

    private Simulation(long seed, Sabotage sabotage) {
        this.seed = seed;
        this.random = new Random(seed);
        this.kafka = SimKafka.seeded(seed, clock);
        this.shop = new SimulatedShop(kafka, random, clock.millis());
        this.trims = seed % 2 == 0;
        for (String name : List.of("one", "two", "three").subList(0, 1 + random.nextInt(3))) {
            instances.add(new SimulatedInstance(name, kafka, clock, shop, trims, sabotage, backups, random));
        }
    }

    /** Ways back to a task's state that lead past its journal's beginning. */
    enum Way {
        /** A standby was promoted. */
        STANDBY,
        /** A backup was gone on from. */
        BACKUP,
        /** A standby was promoted whose journal was trimmed. */
        STANDBY_OF_A_TRIMMED_JOURNAL,
        /** A backup was gone on from, and there was no other way: the journal was trimmed. */
        BACKUP_OF_A_TRIMMED_JOURNAL
    }

    /**
     * What happened in a run.
     *
     * @param trace line by line, as far as it is kept
     * @param happened what its pipeline had to cope with
     * @param crashed what of it was going on where an instance crashed
     * @param ways the ways that tasks took back to their state
     */
    record Run(List<String> trace, Set<Feature> happened, Set<Feature> crashed, Set<Way> ways) {}

    /**
     * Runs a seed.
     *
     * @throws AssertionError when something is wrong, with the seed, what happened last and how to see it again
     */
    static Run run(long seed, Sabotage sabotage) {
        var simulation = new Simulation(seed, sabotage);
        try {
            simulation.faulty();
            simulation.heal();
            return new Run(
                    simulation.kafka.trace(Integer.MAX_VALUE),
                    simulation.shop.happened(),
                    simulation.crashed,
                    simulation.ways);
        } catch (RuntimeException | AssertionError wrong) {
            throw new AssertionError(simulation.report(wrong), wrong);
        }
    }

    private String report(Throwable wrong) {
        return "seed " + seed + " (" + this + "): " + wrong.getMessage() + "\n  " + shop.progress() + "\n  tasks "
                + instances.stream().map(SimulatedInstance::statuses).toList()
                + "\n  again: mvn -q -pl engine -am verify -Psimulate -Dseeds=1 -Dfrom=" + seed
                + "\n  what happened last:\n    " + String.join("\n    ", kafka.trace(TRACE_LINES));
    }

    private void faulty() {
        instances.forEach(SimulatedInstance::start);
        for (int step = 0; step < FAULTY_STEPS; step++) {
            SimulatedInstance instance = instances.get(random.nextInt(instances.size()));
            int what = random.nextInt(1_000);
            if (what < 600) {
                if (instance.alive() && !instance.stalled()) {
                    instance.step();
                }
            } else if (what < 800) {
                kafka.step();
            } else if (what < 870) {
                clock.advance(Duration.ofMillis(random.nextInt(20)));
            } else if (what < 920) {
                shop.produce(clock.millis());
                operate(instance);
            } else {
                fault(what - 920, instance);
            }
            check(step);
        }
    }

    private void operate(SimulatedInstance instance) {
        if (instance.alive() && !instance.stalled()) {
            shop.operate(instance);
        }
    }

    /** Of 80 kinds of evil, and of their ends, one. */
    private void fault(int what, SimulatedInstance instance) {
        if (what < 14) {
            if (!instance.alive()) {
                instance.start();
            }
        } else if (what < 18) {
            if (instance.alive()) {
                crashed.addAll(shop.underWay(instance));
                instance.crash();
            }
        } else if (what < 22) {
            if (instance.alive() && !instance.stalled()) {
                instance.close(random.nextBoolean());
            }
        } else if (what < 28) {
            if (instance.alive() && !instance.stalled()) {
                instance.stall();
            }
        } else if (what < 35) {
            if (instance.alive() && instance.stalled()) {
                instance.wake();
            }
        } else if (what < 42) {
            clock.advance(Duration.ofSeconds(1 + random.nextInt(12)));
        } else if (what < 48) {
            kafka.faults(new Faults(random.nextInt(4) * 0.02, random.nextInt(4) * 0.02, 0.2));
        } else if (what < 58) {
            kafka.faults(Faults.NONE);
        } else if (what < 62) {
            kafka.holdMarkers();
        } else if (what < 68) {
            kafka.releaseMarkers();
        } else if (what < 75) {
            Request request = REQUESTS.get(random.nextInt(REQUESTS.size()));
            if (random.nextBoolean()) {
                kafka.loseRequest(request);
            } else {
                kafka.loseReply(request);
            }
        } else if (what < 77) {
            kafka.elect(shop.anyPartition());
        } else if (what == 77) {
            breakSomething(instance);
        } else {
            kafka.away(Duration.ofSeconds(random.nextInt(5)));
        }
    }

    /** Disks and the place of the backups; a journal is there for all of it, or, where journals are trimmed, one of the last two backups. */
    private void breakSomething(SimulatedInstance instance) {
        switch (random.nextInt(4)) {
            case 0, 1 -> instance.replace();
            case 2 -> backups.takeAway();
            default -> backups.bringBack();
        }
        if (random.nextInt(4) == 0) {
            if (trims) {
                backups.damageHighest(next -> shop.reachBackTo(next.mark()));
            } else {
                backups.damage();
            }
        }
    }

    private void heal() {
        backups.bringBack();
        kafka.faults(Faults.NONE);
        kafka.releaseMarkers();
        kafka.away(Duration.ZERO);
        kafka.note("the faults end, and nothing comes in any more");
        shop.endInput();
        int quiet = 0;
        for (int round = 0; round < HEALING_ROUNDS; round++) {
            for (SimulatedInstance instance : instances) {
                if (!instance.alive()) {
                    instance.start();
                } else if (instance.stalled()) {
                    instance.wake();
                } else {
                    instance.step();
                }
                if (round % 10 == 0) {
                    operate(instance);
                }
            }
            kafka.step();
            clock.advance(Duration.ofMillis(2));
            check(round);
            if (round % 10 == 0 && shop.complete() && ++quiet == QUIET_ROUNDS / 10) {
                shop.checkAll();
                instances.forEach(instance -> shop.checkSnapshots(instance.disk()));
                return;
            }
        }
        throw new AssertionError("not complete " + HEALING_ROUNDS + " rounds behind the last fault");
    }

    private void check(int step) {
        shop.checkPositions();
        if (step % 10 == 0) {
            instances.forEach(shop::checkQuery);
            instances.forEach(this::noteWays);
        }
        if (step % 100 == 0) {
            shop.check();
            instances.forEach(instance -> shop.checkSnapshots(instance.disk()));
            requireNoTaskStopped();
        }
    }

    private void noteWays(SimulatedInstance instance) {
        for (TaskStatus status : instance.statuses()) {
            // Only the first time a process runs the task: later its journal may have been trimmed by this very owner.
            if (status instanceof TaskStatus.Running task && running.add(instance.process() + " " + task.task())) {
                boolean trimmed = shop.isTrimmed(SimulatedInstance.taskId(task.task()));
                switch (task.basis()) {
                    case STANDBY ->
                        ways.addAll(
                                trimmed ? Set.of(Way.STANDBY, Way.STANDBY_OF_A_TRIMMED_JOURNAL) : Set.of(Way.STANDBY));
                    case BACKUP ->
                        ways.addAll(trimmed ? Set.of(Way.BACKUP, Way.BACKUP_OF_A_TRIMMED_JOURNAL) : Set.of(Way.BACKUP));
                    case SNAPSHOT, BEGINNING -> {}
                }
            }
        }
    }

    /** No fault of the simulation excuses a task that stops. */
    private void requireNoTaskStopped() {
        instances.stream().flatMap(instance -> instance.statuses().stream()).forEach(status -> {
            if (status instanceof TaskStatus.Failed failed) {
                throw new AssertionError("a task stopped: " + failed.error(), failed.error());
            }
        });
    }

    @Override
    public String toString() {
        return instances.size() + " instances, " + shop + (trims ? ", journals trimmed" : "");
    }
}
