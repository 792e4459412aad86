package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.FencedException;
import io.wellspring.api.port.StateStores;
import io.wellspring.journal.CoPartitionedAssignor;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.JournalReader;
import io.wellspring.journal.TransactionHolders;
import io.wellspring.journal.TransactionalProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/**
 * What a worker is made of: makes its clients and opens its tasks.
 *
 * @param number the worker's number within its engine
 * @param cluster the pipeline as it stands in the cluster
 * @param engine what the workers of an engine share
 * @param committer runs the blocking calls of this worker's transactions
 */
record WorkerSetup(int number, Cluster cluster, Shared engine, Executor committer) {
    /** Enough that a poll is no cost of its own, few enough that callbacks and questions need not wait. */
    private static final int POLL_RECORDS = 2_000;

    private static final int HEARTBEAT_MILLIS = 500;

    /** The client's own defaults are the most, as larger fetches bring nothing. */
    private static final long MOST_FETCHED = 50L << 20;

    private static final long MOST_FETCHED_OF_PARTITION = 1L << 20;
    private static final long LEAST_FETCHED_OF_PARTITION = 16L << 10;

    /**
     * What the workers of an engine share.
     *
     * @param config the configuration
     * @param directory the stores of this engine's tasks
     * @param stores opens them, and replaces those that cannot be read
     * @param ends asks for the ends of journals
     * @param holders finds transactions that hold a recovery up
     * @param namesakes knows engines with the same identity
     * @param snapshotWriters write snapshots
     * @param tables how much heap tables take
     * @param nanos a monotonic clock
     * @param pause called again and again where a worker has to wait for an outcome; may rest for a moment
     * @param backups where tasks are backed up, if they are
     * @param admin asks the cluster
     * @param regroup whether the group's standing assignment is not this pipeline's, so that a member that came back has to ask for a new one
     */
    record Shared(
            EngineConfig config,
            StateStores directory,
            TaskStores stores,
            JournalEnds ends,
            TransactionHolders holders,
            Namesakes namesakes,
            Executor snapshotWriters,
            TableBudget tables,
            LongSupplier nanos,
            Runnable pause,
            Optional<BackupPlace> backups,
            Admin admin,
            boolean regroup) {}

    EngineConfig config() {
        return engine.config();
    }

    Topology topology() {
        return cluster.topology();
    }

    /** How many partitions the topics of a task's group had at the start. */
    int partitionsOf(TaskId task) {
        return cluster.partitions(topology().group(task.group()).topics().get(0));
    }

    LongSupplier nanos() {
        return engine.nanos();
    }

    /** Names this worker for ever: its place in the group and its transactions. */
    String id() {
        return idOf(topology().pipeline(), engine.directory().instanceId(), number);
    }

    static String idOf(String pipeline, String instance, int worker) {
        return pipeline + "-" + instance + "-" + worker;
    }

    String nonce() {
        return Namesakes.nonce(
                engine.directory().instanceId(), engine.directory().startNonce());
    }

    /** The end of an engine that another one with the same identity does not leave alone; asks the cluster who that is. */
    FencedException fencedTwice(Throwable cause) {
        return new FencedException(
                "Worker " + id()
                        + " was fenced twice within a minute: another engine runs with a copy of this state directory. "
                        + engine.namesakes().described(id(), nonce()) + " This engine, " + nonce()
                        + ", stops. Give each engine a directory of its own: delete the copy, its state is rebuilt from the journal",
                cause);
    }

    /** The end of an engine that is fenced again and again by somebody who does not show. */
    FencedException fencedTooOften(Throwable cause) {
        return new FencedException(
                "Worker " + id() + " was fenced more than " + Fencings.MOST
                        + " times within a minute, but no other process was seen in its place in group "
                        + topology().pipeline() + ". " + engine.namesakes().described(id(), nonce())
                        + " Look whether another engine runs with a copy of this state directory, and whether something initialises the transactional id "
                        + id() + ", then start again",
                cause);
    }

    /** The end of a worker whose place the broker keeps for somebody else, under the consumer protocol. */
    FencedException heldPlace(Throwable cause) {
        return new FencedException(
                "Worker " + id() + " is refused by group " + topology().pipeline()
                        + ", since another member has its instance id: either another engine runs with a copy of this state directory, or"
                        + " a process that was killed, which could not be removed (READ and DESCRIBE on the group allow it). "
                        + engine.namesakes().described(id(), nonce())
                        + " Delete the copy, or start again once the session has ended (group.consumer.session.timeout.ms of the broker)",
                cause);
    }

    /** The broker does not let the group have members of both protocols, or not this one of them. */
    ConfigException otherProtocol(Throwable cause) {
        return new ConfigException(
                "Worker " + id() + " cannot join group " + topology().pipeline() + " with groupProtocol "
                        + config().groupProtocol() + ": " + cause.getMessage()
                        + " End all engines of the pipeline with leave() and start them with one protocol, or allow the change on the broker with"
                        + " group.consumer.migration.policy=bidirectional",
                cause);
    }

    /** Under the consumer protocol the broker plans, and knows what it has withheld. */
    Optional<UnownedTasks> unownedTasks() {
        return config().groupProtocol() == GroupProtocol.CLASSIC
                ? Optional.of(new UnownedTasks(engine.admin(), cluster, id(), nanos()))
                : Optional.empty();
    }

    TransactionalProducer openProducer() {
        Set<String> journals = new HashSet<>();
        topology().groups().forEach(group -> group.stages().forEach(stage -> journals.add(stage.journal())));
        return TransactionalProducer.open(
                config().clients(), id(), config().client(), journals, committer, config().clock());
    }

    JournalReader openReader(Map<String, Object> settings) {
        return new JournalReader(config().clients(), engine.ends(), settings);
    }

    /** A consumer for the pipeline's group; {@code round} tells how often this member has asked for a rebalance. */
    Consumer<byte[], byte[]> openConsumer(IntSupplier round, Optional<Standbys> standbys) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, (int) Math.min(MOST_FETCHED, bufferBytes()));
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetchedOfPartition());
        settings.putAll(config().client());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, topology().pipeline());
        settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, id());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                config().groupProtocol().name().toLowerCase(Locale.ROOT));
        if (config().groupProtocol() == GroupProtocol.CLASSIC) {
            settings.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, heartbeatMillis());
            ownAssignor(settings, round);
            standbys.ifPresent(holder -> settings.put(CoPartitionedAssignor.STANDBYS_CONFIG, holder));
        } else {
            // The other one that brokers have, uniform, spreads the partitions of each topic by itself: it would split
            // tasks.
            settings.put(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, "range");
        }
        return config().clients().consumer(settings);
    }

    /**
     * A member hears of a rebalance by the answer to a heartbeat, so every take-over waits for one; the client's 3 s would be the longest part of it.
     */
    private int heartbeatMillis() {
        Object session = config().client().get(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
        try {
            return session == null
                    ? HEARTBEAT_MILLIS
                    : Math.max(
                            1,
                            Math.min(
                                    HEARTBEAT_MILLIS,
                                    Integer.parseInt(session.toString().trim()) / 3));
        } catch (NumberFormatException strange) {
            return HEARTBEAT_MILLIS; // the client says what is wrong with it
        }
    }

    private void ownAssignor(Map<String, Object> settings, IntSupplier round) {
        settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CoPartitionedAssignor.class.getName());
        settings.put(
                CoPartitionedAssignor.GROUPS_CONFIG,
                topology().groups().stream().map(TaskGroup::topics).toList());
        settings.put(CoPartitionedAssignor.INSTANCE_CONFIG, engine.directory().instanceId());
        settings.put(CoPartitionedAssignor.LOCAL_CONFIG, (Supplier<List<TopicPartition>>) this::localTasks);
        settings.put(CoPartitionedAssignor.ROUND_CONFIG, round);
    }

    /** The worker's part of what polled records may take. */
    long bufferBytes() {
        return config().bufferBytes() / config().workers();
    }

    /** What the client has fetched and not handed out is bounded for each partition only, so all of them count as if they came to this worker. */
    private int fetchedOfPartition() {
        int partitions = topology().groups().stream()
                .mapToInt(group -> group.topics().stream()
                        .mapToInt(topic -> cluster.partitions(topic))
                        .sum())
                .sum();
        return (int)
                Math.min(MOST_FETCHED_OF_PARTITION, Math.max(LEAST_FETCHED_OF_PARTITION, bufferBytes() / partitions));
    }

    /** The tasks with state on this disk, each named by its partition of the group's first topic. */
    private List<TopicPartition> localTasks() {
        List<TopicPartition> local = new ArrayList<>();
        for (String known : engine.directory().knownTasks()) {
            for (TaskGroup group : topology().groups()) {
                String prefix = group.number() + "-";
                if (known.startsWith(prefix)) {
                    local.add(new TopicPartition(
                            group.topics().get(0), Integer.parseInt(known, prefix.length(), known.length(), 10)));
                }
            }
        }
        return local;
    }

    /**
     * Makes way for a new store where the one of a task was found corrupt; it is closed.
     *
     * @return false when that has happened before
     */
    boolean putAside(TaskId id, CorruptException why) {
        return engine.stores().putAside(id, why);
    }

    /** Opens a task's state and begins its recovery. A store that cannot be read is moved aside: the journal can rebuild it. */
    OwnedTask open(
            TaskId id,
            boolean fromBackup,
            Membership membership,
            JournalReader reader,
            ToIntFunction<String> maxBytesOfTopic,
            Patience patience) {
        WatchedStore store = engine.stores().open(id);
        try {
            return over(store, id, fromBackup, membership, reader, maxBytesOfTopic, patience);
        } catch (RuntimeException failure) {
            store.close();
            throw failure;
        }
    }

    private OwnedTask over(
            WatchedStore store,
            TaskId id,
            boolean fromBackup,
            Membership membership,
            JournalReader reader,
            ToIntFunction<String> maxBytesOfTopic,
            Patience patience) {
        var task = new Task(
                id,
                topology().group(id.group()),
                topology().graph(),
                store,
                new Task.Settings(
                        config().clock(),
                        config().cleanStates(),
                        config().idleAfter(),
                        config().waitingRecords(),
                        maxBytesOfTopic,
                        cluster::maxAheadMillis,
                        cluster::partitions));
        return new OwnedTask(
                cluster,
                task,
                store,
                new Recovery(
                        task,
                        fromBackup,
                        cluster,
                        membership,
                        reader,
                        engine.ends(),
                        new HeldUp(id, topology().pipeline(), journals(id), engine.holders(), nanos()),
                        nanos()),
                new Snapshots(
                        task,
                        engine.snapshotWriters(),
                        new MarkEpochs(engine.ends(), task, patience),
                        config().snapshotInterval(),
                        config().snapshotStates(),
                        nanos().getAsLong()));
    }

    /** Whether a backup should be looked for before a task is opened: it has a journal, and no snapshot here. */
    boolean wantsBackup(TaskId id) {
        if (engine.backups().isEmpty() || journals(id).isEmpty()) {
            return false;
        }
        if (!engine.directory().knownTasks().contains(id.toString())) {
            return true;
        }
        try (WatchedStore store = engine.stores().open(id)) {
            return store.mark().isEmpty();
        }
    }

    private List<TopicPartition> journals(TaskId id) {
        return topology().group(id.group()).stages().stream()
                .map(stage -> new TopicPartition(stage.journal(), id.partition()))
                .toList();
    }
}
