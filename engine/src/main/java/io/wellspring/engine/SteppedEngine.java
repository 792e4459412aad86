package io.wellspring.engine;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.port.StateStores;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.JournalTopics;
import io.wellspring.journal.KafkaClients;
import io.wellspring.journal.TransactionHolders;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;

/**
 * An engine with one worker and without threads, for tests and simulations: it goes on in {@link #step} alone, and what {@link Engine} does on threads of its
 * own is done there too. The same code otherwise, down to the transactions.
 *
 * <p>Used by one thread. A test that ends a process as {@code kill -9} does lets its clients crash and forgets the engine, without closing it.
 */
public final class SteppedEngine {
    private final Topology topology;
    private final Cluster cluster;
    private final Deque<Runnable> queued = new ArrayDeque<>();
    private final StatusBoard board = new StatusBoard();
    private final Worker worker;
    private final Admin admin;

    private SteppedEngine(Cluster cluster, EngineConfig config, Admin admin, Surroundings around) {
        this.cluster = cluster;
        this.admin = admin;
        this.topology = cluster.topology();
        String name = config.bootstrap();
        var shared = new WorkerSetup.Shared(
                config,
                around.stores(),
                new TaskStores(around.stores()),
                new JournalEnds(admin, name, config.startTimeout()),
                new TransactionHolders(admin, name, config.startTimeout()),
                Namesakes.look(admin, topology.pipeline(), around.stores().instanceId()),
                queued::add,
                new TableBudget(),
                around.nanos(),
                () -> {
                    around.whileWaiting().run();
                    runQueued();
                },
                BackupPlace.of(config, around.stores(), queued::add, queued::add, admin),
                admin,
                false);
        this.worker = new Worker(new WorkerSetup(0, cluster, shared, queued::add), board);
    }

    /**
     * What an engine without threads is given by a test.
     *
     * @param clients how it reaches the cluster
     * @param stores where it keeps snapshots
     * @param nanos a clock for intervals, in nanoseconds, which never goes back
     * @param whileWaiting called, again and again, where the engine has to wait for an answer within a step: lets the cluster go on and time pass
     */
    public record Surroundings(KafkaClients clients, StateStores stores, LongSupplier nanos, Runnable whileWaiting) {}

    /**
     * Checks the pipeline against the cluster and makes what topics it needs, as {@link Engine#start} does; nothing is processed yet.
     *
     * @param pipeline the pipeline
     * @param config how it is run; its clients, state directory and workers are not looked at
     * @param around what it is run in
     * @return the engine
     * @throws ConfigException when a topic is missing or does not fit
     * @throws io.wellspring.api.error.RetryableException when the cluster does not answer
     */
    public static SteppedEngine start(Pipeline pipeline, EngineConfig config, Surroundings around) {
        return start(Topology.of(pipeline.graph()), config, around);
    }

    static SteppedEngine start(Topology topology, EngineConfig config, Surroundings around) {
        EngineConfig given = config.clients(around.clients());
        Admin admin = around.clients().admin(Map.of());
        try {
            Cluster cluster = Startup.check(
                            topology, new JournalTopics(admin, config.bootstrap(), config.startTimeout()))
                    .makeTopics();
            return new SteppedEngine(cluster, given, admin, around);
        } catch (RuntimeException refused) {
            admin.close(Duration.ZERO);
            throw refused;
        }
    }

    /**
     * Does what can be done now, and does not wait.
     *
     * @return how much was done; 0 means that nothing is left to do until the cluster or the clock goes on
     * @throws io.wellspring.api.error.WellspringException when the engine cannot go on: {@link #abandon} it
     */
    public int step() {
        return (runQueued() ? 1 : 0) + doWork();
    }

    /** Lets the worker do what it can do now. */
    int doWork() {
        return worker.doWork();
    }

    /** Runs what an engine leaves to other threads; false where there was nothing. */
    boolean runQueued() {
        Runnable next = queued.poll();
        if (next == null) {
            return false;
        }
        next.run();
        return true;
    }

    /**
     * How the tasks are that this engine owns.
     *
     * @return one status for each task, in order
     */
    public List<TaskStatus> status() {
        return board.statuses();
    }

    /**
     * How the standbys are that this engine keeps of tasks of other instances.
     *
     * @return one status for each standby, in order
     * @see EngineConfig#standbys
     */
    public List<StandbyStatus> standbys() {
        return board.standbys();
    }

    /**
     * Whether all tasks of the pipeline run here and have committed what they could process: all that was read, but for records that wait for their
     * turn ({@link io.wellspring.api.SourceOptions#inOrder}).
     *
     * @return false also while a task is on its way
     */
    public boolean isIdle() {
        int tasks = topology.groups().stream()
                .mapToInt(group -> cluster.partitions(group.topics().get(0)))
                .sum();
        return board.statuses().size() == tasks && worker.idle();
    }

    /**
     * The committed state of a key.
     *
     * @param stage a stage of the pipeline, the same object
     * @param key the key
     * @param <K> the type of the keys
     * @param <S> the type of the state
     * @return the state; empty where the key has none, or its task does not run here
     * @throws ConfigException when the pipeline has no such stage
     */
    @SuppressWarnings("unchecked") // the stage's state is S
    public <K, S> Optional<S> state(Stage<K, ?, ?, S> stage, K key) {
        TaskGroup group = topology.groupOf(stage);
        Task task = worker.running(new TaskCalls(group, cluster, List.of()).task(group.plan(stage), key));
        return Optional.ofNullable(task)
                .map(running -> running.stage(stage.name()).table().committed(key))
                .map(entry -> (S) entry.state());
    }

    /**
     * The keys that a stage has parked, as committed.
     *
     * @param stage a stage of the pipeline, the same object
     * @param <K> the type of its keys
     * @return the keys of the tasks that run here, by task, in no order within it; none where the stage does not park keys
     * @throws ConfigException when the pipeline has no such stage
     */
    public <K> List<ParkedKey<K>> parked(Stage<K, ?, ?, ?> stage) {
        TaskGroup group = topology.groupOf(stage);
        List<ParkedKey<K>> found = new ArrayList<>();
        for (int partition = 0; partition < cluster.partitions(group.topics().get(0)); partition++) {
            Task task = worker.running(new TaskId(group.number(), partition));
            if (task != null) {
                found.addAll(ParkedKeys.committed(task.stage(stage.name()).parking()));
            }
        }
        return found;
    }

    /** The task, if it runs here. */
    Task running(TaskId id) {
        return worker.running(id);
    }

    /**
     * Ends the engine as {@link Engine#close} or {@link Engine#leave} do.
     *
     * @param leave whether the group is left for good
     */
    public void close(boolean leave) {
        try {
            worker.close(leave);
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    /** Ends an engine that cannot go on, without committing what is open. */
    public void abandon() {
        worker.abandon();
        close(true);
    }
}
