package io.wellspring.engine;

import io.wellspring.api.error.RetryableException;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.JournalTopics;
import io.wellspring.journal.KafkaClients;
import io.wellspring.journal.TransactionHolders;
import io.wellspring.state.Entry;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimKafka;
import io.wellspring.testkit.sim.SimProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;

/** One engine instance with one worker in a simulation: real engine code on simulated clients and a simulated disk, stepped by one thread. */
final class SimulatedInstance {
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final String name;
    private final SimKafka kafka;
    private final ManualClock clock;
    private final Topology topology;
    private final Sabotage sabotage;
    private final Random random;
    private final SimulatedDisk disk;
    private final Deque<Runnable> queued = new ArrayDeque<>();
    private SimProcess process;
    private StatusBoard board;
    private Worker worker;
    private boolean stalled;
    private int starts;

    SimulatedInstance(
            String name, SimKafka kafka, ManualClock clock, Topology topology, Sabotage sabotage, Random random) {
        this.name = name;
        this.kafka = kafka;
        this.clock = clock;
        this.topology = topology;
        this.sabotage = sabotage;
        this.random = random;
        this.disk = new SimulatedDisk(new UUID(random.nextLong(), random.nextLong()).toString());
    }

    boolean alive() {
        return worker != null;
    }

    boolean stalled() {
        return stalled;
    }

    SimulatedDisk disk() {
        return disk;
    }

    /** A key's committed state, or null where this instance does not run the task. */
    Entry<Object> query(TaskId id, String stage, String key) {
        Task task = worker == null || stalled ? null : worker.running(id);
        return task == null ? null : sabotage.query(task.stage(stage).table(), key);
    }

    List<TaskStatus> statuses() {
        return worker == null ? List.of() : board.statuses();
    }

    /** Starts a new process; stays down when the cluster does not answer. */
    void start() {
        process = kafka.process(name + "#" + ++starts);
        stalled = false;
        queued.clear();
        disk.startAnew();
        SimProcess own = process;
        KafkaClients clients = sabotage.clients(new KafkaClients() {
            @Override
            public org.apache.kafka.clients.producer.Producer<byte[], byte[]> producer(Map<String, Object> settings) {
                return own.producer(settings);
            }

            @Override
            public org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                return own.consumer(settings);
            }

            @Override
            public Admin admin(Map<String, Object> settings) {
                return own.admin(settings);
            }
        });
        EngineConfig config = EngineConfig.forClient(
                        Map.of("bootstrap.servers", "simulated", "session.timeout.ms", "6000"))
                .stateDir(Path.of("simulated"))
                .snapshotInterval(Duration.ofMillis(200))
                .clock(clock)
                .clients(clients);
        Admin admin = clients.admin(Map.of());
        try {
            Cluster cluster = Startup.check(topology, new JournalTopics(admin, "simulated", BOUND))
                    .makeTopics();
            var shared = new WorkerSetup.Shared(
                    config,
                    sabotage.stores(disk),
                    new JournalEnds(admin, "simulated", BOUND),
                    new TransactionHolders(admin, "simulated", BOUND),
                    queued::add,
                    this::nanos,
                    this::pause,
                    false);
            board = new StatusBoard();
            worker = new Worker(new WorkerSetup(0, cluster, shared, queued::add), board);
        } catch (RetryableException away) {
            crash();
        }
    }

    /** Lets the worker or one of the executors do something. */
    void step() {
        if (!queued.isEmpty() && random.nextInt(3) == 0) {
            queued.poll().run();
            return;
        }
        try {
            worker.doWork();
        } catch (RuntimeException ended) {
            // As the worker's thread does; the process ends with it, and is started again.
            kafka.note(process + " ends: " + ended);
            worker.abandon();
            close(true);
        }
    }

    void crash() {
        process.crash();
        worker = null;
        queued.clear();
    }

    void close(boolean leave) {
        try {
            worker.close(leave);
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

    private long nanos() {
        return clock.millis() * 1_000_000;
    }

    private void pause() {
        clock.advance(PAUSE);
        if (queued.isEmpty()) {
            kafka.step();
        } else {
            queued.poll().run();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
