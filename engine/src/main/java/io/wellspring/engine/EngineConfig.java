package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.journal.KafkaClients;
import io.wellspring.state.StateOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How an engine runs a pipeline. Immutable: each method returns a changed copy, and refuses a value outside its range at once.
 *
 * <pre>{@code
 * EngineConfig.forBootstrap("localhost:9092").stateDir(Path.of("/var/lib/payments")).workers(2)
 * }</pre>
 */
public final class EngineConfig {
    private static final List<String> CLASSIC_ONLY =
            List.of("session.timeout.ms", "heartbeat.interval.ms", "partition.assignment.strategy");

    private final Map<String, Object> client;
    private Path stateDir;
    private int workers = 1;
    private Duration commitInterval = Duration.ofMillis(100);
    private Duration commitGap = Duration.ofMillis(10);
    private Duration snapshotInterval = Duration.ofSeconds(10);
    private int snapshotStates = 100_000;
    private int snapshotEvents = 100_000;
    private Duration startTimeout = Duration.ofSeconds(30);
    private int bufferRecords = 4_000;
    private long bufferBytes = Math.max(1L << 20, Runtime.getRuntime().maxMemory() / 16);
    private int cleanStates = 100_000_000;
    private long tableBytes = Runtime.getRuntime().maxMemory() / 4;
    private StateOptions stateOptions = StateOptions.defaults();
    private Duration idleAfter = Duration.ofMinutes(1);
    private int waitingRecords = 100_000;
    private short replicationFactor = -1;
    private Path backups;
    private Duration backupInterval = Duration.ofMinutes(5);
    private boolean trimJournals;
    private int standbys;
    private GroupProtocol groupProtocol = GroupProtocol.CLASSIC;
    private Clock clock = Clock.systemUTC();
    private KafkaClients clients;

    private EngineConfig(Map<String, Object> client) {
        this.client = client;
    }

    private EngineConfig(EngineConfig from, Map<String, Object> client) {
        this.client = client;
        this.stateDir = from.stateDir;
        this.workers = from.workers;
        this.commitInterval = from.commitInterval;
        this.commitGap = from.commitGap;
        this.snapshotInterval = from.snapshotInterval;
        this.snapshotStates = from.snapshotStates;
        this.snapshotEvents = from.snapshotEvents;
        this.startTimeout = from.startTimeout;
        this.bufferRecords = from.bufferRecords;
        this.cleanStates = from.cleanStates;
        this.bufferBytes = from.bufferBytes;
        this.tableBytes = from.tableBytes;
        this.stateOptions = from.stateOptions;
        this.idleAfter = from.idleAfter;
        this.waitingRecords = from.waitingRecords;
        this.replicationFactor = from.replicationFactor;
        this.backups = from.backups;
        this.backupInterval = from.backupInterval;
        this.trimJournals = from.trimJournals;
        this.standbys = from.standbys;
        this.groupProtocol = from.groupProtocol;
        this.clock = from.clock;
        this.clients = from.clients;
    }

    /**
     * The defaults for a cluster.
     *
     * @param bootstrap {@code host:port}, one or several separated by commas
     * @return a configuration that still needs {@link #stateDir}
     */
    public static EngineConfig forBootstrap(String bootstrap) {
        return forClient(Map.of("bootstrap.servers", bootstrap));
    }

    /**
     * The defaults for a cluster that needs more than an address, such as security settings.
     *
     * @param properties Kafka client properties, given to every producer, consumer and admin client; {@code bootstrap.servers} is one of them
     * @return a configuration that still needs {@link #stateDir}
     */
    public static EngineConfig forClient(Map<String, ?> properties) {
        if (!(properties.get("bootstrap.servers") instanceof String address) || address.isBlank()) {
            throw new ConfigException(
                    "bootstrap.servers is missing [EngineConfig]; give host:port, one or several separated by commas");
        }
        return new EngineConfig(Map.copyOf(properties));
    }

    /**
     * Where snapshots are kept, in a directory for each pipeline. One engine of a pipeline at a time uses it; the journal can always rebuild it.
     *
     * @param directory made when it is missing
     * @return the changed copy
     */
    public EngineConfig stateDir(Path directory) {
        var copy = copy();
        copy.stateDir = Objects.requireNonNull(directory, "directory");
        return copy;
    }

    /**
     * How many threads run tasks, each with a consumer and a producer of its own.
     *
     * @param count 1 to 256; 1 unless set
     * @return the changed copy
     */
    public EngineConfig workers(int count) {
        var copy = copy();
        copy.workers = (int) inRange("workers", count, 1, 256);
        return copy;
    }

    /**
     * The longest that processed records wait for their commit while more input comes.
     *
     * @param interval 1 ms to 10 s; 100 ms unless set
     * @return the changed copy
     */
    public EngineConfig commitInterval(Duration interval) {
        var copy = copy();
        inRange("commitInterval (ms)", interval.toMillis(), 1, 10_000);
        copy.commitInterval = interval;
        return copy;
    }

    /**
     * The shortest time from one commit to the next. When the input is drained the commit comes at once, but no sooner than this; a commit that
     * takes long stretches the gap.
     *
     * @param gap 0 to 10 s; 10 ms unless set
     * @return the changed copy
     */
    public EngineConfig commitGap(Duration gap) {
        var copy = copy();
        inRange("commitGap (ms)", gap.toMillis(), 0, 10_000);
        copy.commitGap = gap;
        return copy;
    }

    /**
     * How often a task that changed writes a snapshot, if not more often by {@link #snapshotStates} or {@link #snapshotEvents}.
     *
     * @param interval 10 ms to 1 day; 10 s unless set
     * @return the changed copy
     */
    public EngineConfig snapshotInterval(Duration interval) {
        var copy = copy();
        inRange("snapshotInterval (ms)", interval.toMillis(), 10, 86_400_000L);
        copy.snapshotInterval = interval;
        return copy;
    }

    /**
     * After how many changed states a task writes a snapshot without waiting for the interval; bounds memory.
     *
     * @param states 1 to 100,000,000; 100,000 unless set
     * @return the changed copy
     */
    public EngineConfig snapshotStates(int states) {
        var copy = copy();
        copy.snapshotStates = (int) inRange("snapshotStates", states, 1, 100_000_000);
        return copy;
    }

    /**
     * How many journal entries of one worker's tasks may lie behind their last snapshots; beyond it the task with the most of them writes one. Bounds
     * what a recovery replays however fast events come: a worker replays 100,000 to 200,000 of them a second. What a snapshot costs depends on the keys
     * that changed, each once, so with few busy keys it is cheap; with ever other keys each event is written about once.
     *
     * @param events 1 to 1,000,000,000; 100,000 unless set
     * @return the changed copy
     */
    public EngineConfig snapshotEvents(int events) {
        var copy = copy();
        copy.snapshotEvents = (int) inRange("snapshotEvents", events, 1, 1_000_000_000);
        return copy;
    }

    /**
     * How long a start waits for the cluster before it gives up with an error.
     *
     * @param timeout 100 ms to 10 min; 30 s unless set
     * @return the changed copy
     */
    public EngineConfig startTimeout(Duration timeout) {
        var copy = copy();
        inRange("startTimeout (ms)", timeout.toMillis(), 100, 600_000);
        copy.startTimeout = timeout;
        return copy;
    }

    /**
     * How many polled records of one partition wait in memory before the partition is paused. What one poll brings may go over it.
     *
     * @param records 1 to 1,000,000; 4,000 unless set
     * @return the changed copy
     */
    public EngineConfig bufferRecords(int records) {
        var copy = copy();
        copy.bufferRecords = (int) inRange("bufferRecords", records, 1, 1_000_000);
        return copy;
    }

    /**
     * How many states that the last snapshot holds are kept as objects, for each stage and task, if {@link #tableBytes} has room for them.
     *
     * @param states 0 to 100,000,000, which holds unless set: the bytes alone are the bound
     * @return the changed copy
     */
    public EngineConfig cleanStates(int states) {
        var copy = copy();
        copy.cleanStates = (int) inRange("cleanStates", states, 0, 100_000_000);
        return copy;
    }

    /**
     * How much heap the states of all tasks may take that are kept as objects, by estimate: those that no snapshot holds yet, and the cache of others. A full
     * budget first drops the cache; from half of it on tasks write snapshots, the largest first; and when the disk does not follow, processing rests. All
     * engines of a process are counted together, each against its own bound. Timers and parked keys are not counted, nor are RocksDB's
     * caches, which are outside of the heap ({@link #blockCacheBytes}).
     *
     * @param bytes 1 or more; a quarter of the largest heap unless set
     * @return the changed copy
     */
    public EngineConfig tableBytes(long bytes) {
        var copy = copy();
        copy.tableBytes = inRange("tableBytes", bytes, 1, Long.MAX_VALUE);
        return copy;
    }

    /**
     * How much heap polled records that wait to be processed may take, in all workers together: each partition has the same part of it, is paused when that
     * is full and goes on when it is half empty. What one poll brings may go over it. What the clients fetch ahead is bounded by it too, but for 16
     * KiB a partition and unless their own settings say otherwise.
     *
     * <p>Records that wait for their turn where sources are read in order count in it, with what was decoded of them, and leave less to the partitions of
     * their worker. Half of it may be taken by the task that needs it first, the other half is for all tasks equally; where a task has no room for more,
     * its earliest records go on early, as with {@link #waitingRecords}. A partition that is empty is read on whatever is left.
     *
     * @param bytes 1 MiB or more; a sixteenth of the largest heap unless set
     * @return the changed copy
     */
    public EngineConfig bufferBytes(long bytes) {
        var copy = copy();
        copy.bufferBytes = inRange("bufferBytes", bytes, 1L << 20, Long.MAX_VALUE);
        return copy;
    }

    /**
     * What all RocksDB databases of the process use together, outside of the Java heap, to keep what they have read, and what is written but not flushed.
     * Engines of a process with the same settings share one cache.
     *
     * @param bytes at least twice {@link #writeBufferBytes}; 128 MiB unless set
     * @return the changed copy
     */
    public EngineConfig blockCacheBytes(long bytes) {
        return with(new StateOptions(
                bytes,
                stateOptions.writeBufferBytes(),
                stateOptions.openFilesPerTask(),
                stateOptions.backgroundThreads()));
    }

    /**
     * The part of {@link #blockCacheBytes} from which on databases flush what is written.
     *
     * @param bytes at least 1 MiB, at most half the block cache; 48 MiB unless set
     * @return the changed copy
     */
    public EngineConfig writeBufferBytes(long bytes) {
        return with(new StateOptions(
                stateOptions.blockCacheBytes(),
                bytes,
                stateOptions.openFilesPerTask(),
                stateOptions.backgroundThreads()));
    }

    /**
     * How many table files the database of one task keeps open; besides it has about 6 other files. A start warns where the system's limit may be too low.
     *
     * @param files at least 20; 64 unless set, about 500 MB of state
     * @return the changed copy
     */
    public EngineConfig openFilesPerTask(int files) {
        return with(new StateOptions(
                stateOptions.blockCacheBytes(),
                stateOptions.writeBufferBytes(),
                files,
                stateOptions.backgroundThreads()));
    }

    private EngineConfig with(StateOptions options) {
        var copy = copy();
        copy.stateOptions = options;
        return copy;
    }

    /**
     * How long an input of a task has nothing to read until it does not hold back the watermark any more. What it brings later may be late.
     *
     * @param bound 10 ms to 1 day of processing time; 1 min unless set
     * @return the changed copy
     */
    public EngineConfig idleAfter(Duration bound) {
        var copy = copy();
        inRange("idleAfter (ms)", bound.toMillis(), 10, 86_400_000L);
        copy.idleAfter = bound;
        return copy;
    }

    /**
     * How many records of a task wait in memory for their turn where its sources are read in order; {@link #bufferBytes} bounds what they take. When
     * there is no room for more, the earliest go on before their time, the log says so, and what comes with earlier times is late.
     *
     * @param records 1 to 100,000,000; 100,000 unless set
     * @return the changed copy
     * @see io.wellspring.api.SourceOptions#inOrder
     */
    public EngineConfig waitingRecords(int records) {
        var copy = copy();
        copy.waitingRecords = (int) inRange("waitingRecords", records, 1, 100_000_000);
        return copy;
    }

    /**
     * The replication factor of the topics that the engine makes: journals and repartition topics.
     *
     * @param factor 1 to 32,767, or -1 for the broker's default, which holds unless set
     * @return the changed copy
     */
    public EngineConfig replicationFactor(int factor) {
        var copy = copy();
        if (factor != -1) {
            inRange("replicationFactor", factor, 1, Short.MAX_VALUE);
        }
        copy.replicationFactor = (short) factor;
        return copy;
    }

    /**
     * Where snapshots are backed up, so that another machine can go on from there: a directory that outlives this machine, such as one of a shared
     * file system, and that all engines of the pipeline use. A task without state on its machine, or whose journal was cut past it, takes the newest
     * backup that fits, then the tail of the journal. While the directory is away such a task waits; the others go on, and are not backed up.
     *
     * @param directory not below {@link #stateDir}; there are no backups unless set
     * @return the changed copy
     */
    public EngineConfig backups(Path directory) {
        var copy = copy();
        copy.backups = Objects.requireNonNull(directory, "directory");
        return copy;
    }

    /**
     * How often a task whose snapshot has changed is backed up. Only files that no backup has yet are copied.
     *
     * @param interval 10 ms to 7 days; 5 min unless set
     * @return the changed copy
     */
    public EngineConfig backupInterval(Duration interval) {
        var copy = copy();
        inRange("backupInterval (ms)", interval.toMillis(), 10, 604_800_000L);
        copy.backupInterval = interval;
        return copy;
    }

    /**
     * Whether journals are deleted up to where backups hold what they say: before the last but one, when the last has been read through. A task whose
     * state is older than that, or gone, needs a backup from then on; so does a standby. Whoever else reads a journal finds its beginning
     * gone. It cannot be undone. Needs {@link #backups} and the right to delete records of the journals; each backup is read once more.
     *
     * @param trim false unless set: journals hold all events for ever
     * @return the changed copy
     */
    public EngineConfig trimJournals(boolean trim) {
        var copy = copy();
        copy.trimJournals = trim;
        return copy;
    }

    /**
     * How many other instances keep a copy of each task's state that follows its journal, so that one of them goes on within moments when the owner
     * is gone. With fewer instances there are fewer copies. A copy takes disk, memory and reading as the task itself does, and sends nothing. Not under {@link
     * GroupProtocol#CONSUMER}.
     *
     * @param copies 0 to 16; 0 unless set
     * @return the changed copy
     * @see Engine#standbys
     */
    public EngineConfig standbys(int copies) {
        var copy = copy();
        copy.standbys = (int) inRange("standbys", copies, 0, 16);
        return copy;
    }

    /**
     * How the engines of the pipeline share out its partitions.
     *
     * @param protocol {@link GroupProtocol#CLASSIC} unless set
     * @return the changed copy
     * @throws ConfigException when a client property does not go with it
     */
    public EngineConfig groupProtocol(GroupProtocol protocol) {
        var copy = copy();
        copy.groupProtocol = Objects.requireNonNull(protocol, "protocol");
        if (protocol == GroupProtocol.CONSUMER) {
            for (String property : CLASSIC_ONLY) {
                if (client.containsKey(property)) {
                    throw new ConfigException(
                            "the client property " + property
                                    + " is of the classic group protocol, and groupProtocol is CONSUMER [EngineConfig]: leave it out; the broker's"
                                    + " group.consumer.session.timeout.ms, group.consumer.heartbeat.interval.ms and assignor hold then");
                }
            }
        }
        return copy;
    }

    /**
     * The clock that processing time is read from.
     *
     * @param source the system's clock unless set
     * @return the changed copy
     */
    public EngineConfig clock(Clock source) {
        var copy = copy();
        copy.clock = Objects.requireNonNull(source, "source");
        return copy;
    }

    /** Hands in where the clients come from, for simulations. */
    EngineConfig clients(KafkaClients source) {
        var copy = copy();
        copy.clients = Objects.requireNonNull(source, "source");
        return copy;
    }

    EngineConfig checked() {
        if (stateDir == null) {
            throw new ConfigException(
                    "stateDir is missing [EngineConfig]; give a directory for snapshots, one for each engine, that"
                            + " survives a restart");
        }
        if (trimJournals && backups == null) {
            throw new ConfigException(
                    "trimJournals=true without backups [EngineConfig]: what is deleted of a journal could not be rebuilt from"
                            + " anywhere; give backups(directory) too");
        }
        if (standbys > 0 && groupProtocol == GroupProtocol.CONSUMER) {
            throw new ConfigException("standbys=" + standbys
                    + " with groupProtocol=CONSUMER [EngineConfig]: under that protocol the broker assigns, which knows of no"
                    + " standbys; use GroupProtocol.CLASSIC, or backups(...) instead");
        }
        if (backups != null
                && backups.toAbsolutePath()
                        .normalize()
                        .startsWith(stateDir.toAbsolutePath().normalize())) {
            throw new ConfigException("backups=" + backups + " lies below stateDir=" + stateDir
                    + " [EngineConfig], and would be lost with it; give a directory that outlives this machine");
        }
        return this;
    }

    String bootstrap() {
        return (String) client.get("bootstrap.servers");
    }

    Path stateDir() {
        return stateDir;
    }

    boolean trimJournals() {
        return trimJournals;
    }

    int standbys() {
        return standbys;
    }

    int workers() {
        return workers;
    }

    Duration commitInterval() {
        return commitInterval;
    }

    Duration commitGap() {
        return commitGap;
    }

    Duration snapshotInterval() {
        return snapshotInterval;
    }

    int snapshotStates() {
        return snapshotStates;
    }

    int snapshotEvents() {
        return snapshotEvents;
    }

    Duration startTimeout() {
        return startTimeout;
    }

    int bufferRecords() {
        return bufferRecords;
    }

    long bufferBytes() {
        return bufferBytes;
    }

    long tableBytes() {
        return tableBytes;
    }

    StateOptions stateOptions() {
        return stateOptions;
    }

    int cleanStates() {
        return cleanStates;
    }

    Duration idleAfter() {
        return idleAfter;
    }

    int waitingRecords() {
        return waitingRecords;
    }

    short replicationFactor() {
        return replicationFactor;
    }

    Optional<Path> backups() {
        return Optional.ofNullable(backups);
    }

    Duration backupInterval() {
        return backupInterval;
    }

    GroupProtocol groupProtocol() {
        return groupProtocol;
    }

    Clock clock() {
        return clock;
    }

    KafkaClients clients() {
        return clients == null ? KafkaClients.connecting(client) : clients;
    }

    /** The client properties that the user set; they win over the engine's defaults. */
    Map<String, Object> client() {
        return client;
    }

    private EngineConfig copy() {
        return new EngineConfig(this, client);
    }

    private static long inRange(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ConfigException(name + "=" + value + " is outside " + least + ".." + most + " [EngineConfig]");
        }
        return value;
    }
}
