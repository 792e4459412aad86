package io.wellspring.engine;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.JournalTopics;
import io.wellspring.journal.TransactionHolders;
import io.wellspring.state.StateDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one pipeline in this process. Several engines of a pipeline, in processes of their own, share its partitions.
 *
 * <p>All methods are thread-safe. An engine goes on through the loss of brokers and of its partitions; what it cannot mend shows in
 * {@link #status()} and {@link #failure()}, and ends {@link #awaitEnd}.
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long PAUSE_NANOS = 200_000;
    private static final LongSupplier NANOS = System::nanoTime;
    private static final int RELEASES_WAITING = 1_000;

    private final Topology topology;
    private final Cluster cluster;
    private final StateDirectory directory;
    private final Admin admin;
    private final StatusBoard board = new StatusBoard();
    private final List<WorkerThread> workers = new ArrayList<>();
    private final ExecutorService committers;
    private final ExecutorService snapshotWriters;
    private final ExecutorService parkedReaders;
    private final ExecutorService backupCopiers;
    private final ExecutorService backupRestorers;
    private final EngineConfig config;
    private final JournalEnds ends;
    private boolean closed;

    private Engine(Cluster cluster, StateDirectory directory, Admin admin, EngineConfig config) {
        this.admin = admin;
        this.cluster = cluster;
        this.topology = cluster.topology();
        this.directory = directory;
        this.committers = Executors.newFixedThreadPool(config.workers(), named("committer"));
        this.snapshotWriters = Executors.newFixedThreadPool(1, named("snapshots"));
        this.backupCopiers = Executors.newFixedThreadPool(1, named("backups"));
        this.backupRestorers = Executors.newFixedThreadPool(1, named("restores"));
        this.parkedReaders = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(RELEASES_WAITING), named("parked"));
        this.config = config;
        this.ends = new JournalEnds(admin, config.bootstrap(), config.startTimeout());
    }

    /**
     * Checks the pipeline against the cluster, makes what topics it needs, and starts its workers. Returns before the tasks have recovered: see
     * {@link #awaitRunning}.
     *
     * @param pipeline the pipeline
     * @param config how it is run
     * @return the running engine
     * @throws ConfigException when a topic is missing or does not fit, or the pipeline's part of the state directory is in use
     * @throws RetryableException when the cluster does not answer within the start timeout
     */
    public static Engine start(Pipeline pipeline, EngineConfig config) {
        Topology topology = Topology.of(pipeline.graph());
        EngineConfig checked = config.checked();
        WarmUp.begin(checked, topology.pipeline());
        Admin admin = checked.clients().admin(Map.of());
        try {
            // What does not fit leaves no trace, neither on the disk nor in the cluster.
            Startup startup = Startup.check(topology, topics(admin, config));
            StateDirectory directory =
                    StateDirectory.open(config.stateDir(), topology.pipeline(), config.stateOptions());

            try {
                Cluster cluster = startup.makeTopics();
                OpenFiles.warnIfTooFew(cluster.tasks(), config.stateOptions());
                StrayJournals.warn(admin, topology, config.startTimeout());
                var engine = new Engine(cluster, directory, admin, config);
                try {
                    engine.startWorkers();
                } catch (RuntimeException failure) {
                    engine.close();
                    throw failure;
                }
                return engine;
            } catch (RuntimeException failure) {
                directory.close();
                throw failure;
            }
        } catch (RuntimeException failure) {
            admin.close(Duration.ZERO);
            throw failure;
        }
    }

    /**
     * Waits until every worker has joined the group and all the tasks that it was given so far run. Where other engines of the pipeline
     * hand tasks over, those arrive later.
     *
     * @param timeout the longest wait
     * @throws RetryableException when the time runs out; the message says what was waited for
     * @throws InterruptedException when the thread is interrupted
     */
    public void awaitRunning(Duration timeout) throws InterruptedException {
        Optional<Object> done = board.await(timeout, this::settled);
        if (done.isEmpty()) {
            throw new RetryableException(
                    "Pipeline " + topology.pipeline() + " was not running after " + timeout.toMillis()
                            + " ms; its tasks: " + status()
                            + ". Wait longer, or look for an owner that still holds the partitions or an open transaction");
        }
        if (done.get() instanceof RuntimeException failure) {
            throw failure;
        }
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
     * What all tasks have done since the engine started, the ones that moved away too.
     *
     * @return the sums
     */
    public TaskCounts counts() {
        return board.counts();
    }

    /**
     * Why the engine, or a task of it, cannot go on.
     *
     * @return the first error, or empty while everything runs or recovers
     */
    public Optional<RuntimeException> failure() {
        return board.failure();
    }

    /**
     * Waits until this engine is closed, or a task of it stops and waits for a person, or the engine cannot go on; for the thread that has nothing
     * else to do, such as {@code main}. The caller may close the engine when this returns or throws. Where a task has stopped, the engine's other
     * tasks go on until then, and this throws at once when it is called again.
     *
     * @throws RuntimeException the error of {@link #failure()}: why, where, and what to do; a new call throws the same one
     * @throws IllegalStateException when a step of the pipeline calls this, which would wait for itself
     * @throws InterruptedException when the thread is interrupted; the engine goes on
     */
    public void awaitEnd() throws InterruptedException {
        refuseOwnStep("waited for");
        Optional<RuntimeException> failure = board.awaitEnd();
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    /**
     * The committed state of a stage, for point queries.
     *
     * @param stage a stage of the pipeline
     * @param <K> the type of its keys
     * @param <S> the type of its state
     * @return the queries
     * @throws ConfigException when the pipeline has no such stage
     */
    public <K, S> StateQuery<K, S> view(Stage<K, ?, ?, S> stage) {
        return found(stage, StateQuery::new);
    }

    /**
     * The keys that a stage has parked, to be looked at, released or dropped.
     *
     * @param stage a stage of the pipeline
     * @param <K> the type of its keys
     * @return its parked keys
     * @throws ConfigException when the pipeline has no such stage, or the stage does not park keys
     */
    public <K> ParkedKeys<K> parked(Stage<K, ?, ?, ?> stage) {
        if (!(stage.policy().orElse(null) instanceof Policy.ParkKey park)) {
            throw new ConfigException("Stage " + stage.name()
                    + " does not park keys. Give it a policy with Stage.onError(Policy.parkKey(topic))");
        }
        return found(
                stage,
                (plan, calls) -> new ParkedKeys<>(
                        plan,
                        park.topic(),
                        calls,
                        parkedReaders,
                        partition -> new ParkedTopicReader(config, ends, partition, NANOS)));
    }

    private <T> T found(Stage<?, ?, ?, ?> stage, BiFunction<TaskGroup.StagePlan, TaskCalls, T> use) {
        TaskGroup group = topology.groupOf(stage);
        return use.apply(group.plan(stage), new TaskCalls(group, cluster, workers));
    }

    /**
     * Ends the engine so that it can be started again soon: finishes the open transaction, writes snapshots, and keeps its place in the group, whose
     * partitions wait for the restart until the session ends. A second close does nothing.
     */
    @Override
    public void close() {
        end(false);
    }

    /** Ends the engine for good: as {@link #close}, and the other engines take over its partitions at once. */
    public void leave() {
        end(true);
    }

    private static JournalTopics topics(Admin admin, EngineConfig config) {
        String cluster = config.bootstrap();
        return config.replicationFactor() == -1
                ? new JournalTopics(admin, cluster, config.startTimeout())
                : new JournalTopics(admin, cluster, config.startTimeout(), config.replicationFactor());
    }

    private void startWorkers() {
        GroupBefore group = GroupBefore.look(admin, topology.pipeline(), config.startTimeout());
        var shared = new WorkerSetup.Shared(
                config,
                directory,
                new TaskStores(directory),
                ends,
                new TransactionHolders(admin, config.bootstrap(), config.startTimeout()),
                Namesakes.look(admin, topology.pipeline(), directory.instanceId()),
                snapshotWriters,
                TableBudget.ofProcess(),
                NANOS,
                () -> LockSupport.parkNanos(PAUSE_NANOS),
                BackupPlace.of(config, directory, backupCopiers, backupRestorers, admin),
                admin,
                config.groupProtocol() == GroupProtocol.CLASSIC && group.standsOnOtherTopicsThan(topology.topics()));
        for (int number = 0; number < config.workers(); number++) {
            directory.remember(WorkerSetup.idOf(topology.pipeline(), directory.instanceId(), number));
        }
        Set<String> ownIds = new HashSet<>();
        Set<String> retired = new HashSet<>(directory.rememberedIds());
        for (int number = 0; number < config.workers(); number++) {
            var setup = new WorkerSetup(number, cluster, shared, committers);
            retired.remove(setup.id());
            ownIds.add(setup.id());
            workers.add(new WorkerThread(setup, board));
        }
        RetiredIds.fence(retired, config);
        group.remove(retired, "their workers are not started any more");
        if (config.groupProtocol() == GroupProtocol.CONSUMER) {
            // The broker refuses them until their session ends, though the process that had them is gone: it held the
            // directory.
            group.remove(ownIds, "their process is gone, and they are about to join anew");
        }
        workers.forEach(WorkerThread::start);
        LOG.info("pipeline {} started with {} worker(s)", topology.pipeline(), workers.size());
    }

    private Optional<Object> settled(StatusBoard current) {
        Optional<RuntimeException> failed = failure();
        if (failed.isPresent()) {
            return Optional.of(failed.get());
        }
        boolean settled = current.statuses().stream().allMatch(TaskStatus.Running.class::isInstance);
        return current.joinedBy(workers.size()) && settled ? Optional.of(current) : Optional.empty();
    }

    private synchronized void end(boolean leave) {
        refuseOwnStep("closed");
        if (closed) {
            return;
        }
        closed = true;
        try {
            shutDown(leave);
        } finally {
            board.ended();
        }
        LOG.info("pipeline {} ended", topology.pipeline());
    }

    private void shutDown(boolean leave) {
        workers.forEach(worker -> worker.stop(leave));
        workers.forEach(WorkerThread::awaitEnd);
        backupCopiers.shutdownNow(); // a copy under way is not worth waiting for
        backupRestorers.shutdownNow();
        shutDown(backupCopiers);
        shutDown(backupRestorers);
        // A release may be ended anywhere: what it has not done stays parked.
        for (Runnable waiting : parkedReaders.shutdownNow()) {
            if (waiting instanceof ParkedKeys.Release release) {
                release.refuse("the engine is being closed");
            }
        }
        shutDown(parkedReaders);
        shutDown(committers);
        shutDown(snapshotWriters);
        directory.close();
        admin.close(Duration.ofSeconds(5));
    }

    private void refuseOwnStep(String done) {
        if (workers.stream().anyMatch(WorkerThread::isCurrent)) {
            throw new IllegalStateException(
                    "An engine was " + done + " by a step of its own pipeline " + topology.pipeline()
                            + ", which would wait for itself; throw an exception there, or do it in another thread");
        }
    }

    private static void shutDown(ExecutorService executor) {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(30, TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private ThreadFactory named(String role) {
        var number = new AtomicInteger();
        return runnable -> {
            var thread = new Thread(
                    runnable, "wellspring-" + topology.pipeline() + "-" + role + "-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }
}
