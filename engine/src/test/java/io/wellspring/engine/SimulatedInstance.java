package io.wellspring.engine;

import io.wellspring.api.Stage;
import io.wellspring.api.error.RetryableException;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.KafkaClients;
import io.wellspring.state.Entry;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimBackups;
import io.wellspring.testkit.sim.SimDisk;
import io.wellspring.testkit.sim.SimKafka;
import io.wellspring.testkit.sim.SimProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A machine of a simulation, with a disk and at most one engine on it: real engine code on simulated clients. */
final class SimulatedInstance {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final String name;
    private final SimKafka kafka;
    private final ManualClock clock;
    private final Topology topology;
    private final SimulatedShop shop;
    private final boolean trims;
    private final Sabotage sabotage;
    private final Random random;
    private final SimDisk disk;
    private final int snapshotStates;
    private final int snapshotEvents;
    private final boolean backsUp;
    private final long tableBytes;
    private final int standbys;
    private SimProcess process;
    private SteppedEngine engine;
    private ShopRelease parked;
    private boolean stalled;
    private int starts;

    SimulatedInstance(
            String name,
            SimKafka kafka,
            ManualClock clock,
            SimulatedShop shop,
            boolean trims,
            Sabotage sabotage,
            SimBackups backups,
            Random random) {
        this.name = name;
        this.kafka = kafka;
        this.clock = clock;
        this.topology = shop.topology();
        this.shop = shop;
        this.trims = trims;
        this.sabotage = sabotage;
        this.random = random;
        UUID id = new UUID(random.nextLong(), random.nextLong());
        this.disk = new SimDisk(id.toString(), backups);
        Random bounds = new Random(id.getLeastSignificantBits());
        this.snapshotStates = bounds.nextInt(3) == 0 ? 1 + bounds.nextInt(4) : 100_000;
        this.tableBytes = bounds.nextInt(3) == 0 ? 1 + bounds.nextInt(4_000) : Long.MAX_VALUE;
        this.snapshotEvents = bounds.nextInt(3) == 0 ? 1 + bounds.nextInt(20) : 100_000;
        this.backsUp = bounds.nextBoolean() || trims;
        this.standbys = bounds.nextInt(2);
    }

    boolean alive() {
        return engine != null;
    }

    boolean stalled() {
        return stalled;
    }

    SimDisk disk() {
        return disk;
    }

    /** A key's state as a query shows it, or null where this instance does not run the task. */
    Entry<Object> query(TaskId id, String stage, String key) {
        Task task = engine == null || stalled ? null : engine.running(id);
        return task == null ? null : sabotage.query(task.stage(stage).table(), key);
    }

    /** Whether a stage has states in a task that runs here. */
    boolean hasStates(String stage) {
        return tasksWith(stage).anyMatch(task -> {
            var any = new AtomicBoolean();
            task.stage(stage).table().forEachCommitted((key, entry) -> any.set(true));
            return any.get();
        });
    }

    /** Whether a stage has parked keys in a task that runs here. */
    boolean hasParked(String stage) {
        return tasksWith(stage).anyMatch(task -> task.stage(stage).parking().size() > 0);
    }

    private Stream<Task> tasksWith(String stage) {
        if (engine == null) {
            return Stream.empty();
        }
        return engine.status().stream()
                .map(status -> engine.running(taskId(status.task())))
                .filter(task -> task != null && task.stage(stage) != null);
    }

    /** Names this start, and no other. */
    String process() {
        return String.valueOf(process);
    }

    static TaskId taskId(String name) {
        int dash = name.indexOf('-');
        return new TaskId(Integer.parseInt(name.substring(0, dash)), Integer.parseInt(name.substring(dash + 1)));
    }

    List<TaskStatus> statuses() {
        return engine == null ? List.of() : engine.status();
    }

    /** Starts a new process; stays down when the cluster does not answer. */
    void start() {
        process = kafka.process(name + "#" + ++starts);
        stalled = false;
        disk.startAnew();
        EngineConfig config = EngineConfig.forClient(
                        Map.of("bootstrap.servers", "simulated", "session.timeout.ms", "6000"))
                .stateDir(Path.of("simulated"))
                .snapshotInterval(Duration.ofMillis(200))
                .snapshotStates(snapshotStates)
                .snapshotEvents(snapshotEvents)
                .tableBytes(tableBytes)
                .standbys(standbys)
                .idleAfter(Duration.ofDays(1)) // which records are late would depend on when others were fetched
                .clock(clock);
        if (backsUp) {
            config = config.backups(Path.of("backups"))
                    .backupInterval(Duration.ofMillis(300))
                    .trimJournals(trims);
        }
        var around = new SteppedEngine.Surroundings(
                sabotage.clients(shop.keeping(KafkaClients.of(process::producer, process::consumer, process::admin))),
                sabotage.stores(disk),
                this::nanos,
                this::pause);
        try {
            engine = SteppedEngine.start(topology, config, around);
            EngineConfig used = config.clients(around.clients());
            var ends = new JournalEnds(process.admin(Map.of()), "simulated", Duration.ofSeconds(1));
            parked = new ShopRelease(
                    engine, kafka, partition -> new ParkedTopicReader(used, ends, partition, this::nanosOfReader));
        } catch (RetryableException away) {
            kafka.note(process + " cannot start: " + away.getMessage());
            crash();
        }
    }

    /** Lets the worker or one of the executors do something. */
    void step() {
        if (random.nextInt(3) == 0 && engine.runQueued()) {
            return;
        }
        if (parked.busy() && random.nextInt(4) == 0) {
            parked.step();
            return;
        }
        try {
            engine.doWork();
        } catch (RuntimeException ended) {
            // As the worker's thread does; the process ends with it, and is started again.
            kafka.note(process + " ends: " + ended);
            try {
                engine.abandon();
            } catch (RuntimeException unanswered) {
                kafka.note(process + " could not close: " + unanswered);
            }
            crash();
        }
    }

    /** Asks the engine to drop a parked key, or else to release it, where its task runs here. */
    void release(Stage<?, ?, ?, ?> stage, int partition, String key, boolean drop) {
        var id = new TaskId(topology.groupOf(stage).number(), partition);
        if (drop) {
            parked.drop(id, stage.name(), key);
        } else {
            parked.begin(id, stage.name(), key);
        }
    }

    void crash() {
        process.crash();
        engine = null;
    }

    /** The machine breaks, and another one takes its place. */
    void replace() {
        if (alive()) {
            crash();
        }
        disk.wipe();
        kafka.note(name + " has lost its disk");
    }

    void close(boolean leave) {
        try {
            engine.close(leave);
        } catch (RuntimeException unanswered) {
            kafka.note(process + " could not close: " + unanswered);
        }
        crash();
    }

    void stall() {
        stalled = true;
        process.stall();
    }

    void wake() {
        stalled = false;
        process.wake();
    }

    /** Who reads again and again lets time pass by that. */
    private long nanosOfReader() {
        pause();
        return nanos();
    }

    private long nanos() {
        return clock.millis() * 1_000_000;
    }

    private void pause() {
        clock.advance(PAUSE);
        kafka.step();
    }
}
