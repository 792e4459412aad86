package io.wellspring.state;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateBackups;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a pipeline keeps its state on this machine, for one process at a time.
 *
 * <pre>
 * ROOT/PIPELINE/lock                who holds the directory
 *               identity            whose it is: pipeline, format, random id of the instance, when created
 *               transactional-ids   every id that an engine ever used here, one a line
 *               native/             RocksDB's native code
 *               tasks/TASK/         a RocksDB database for each task
 *               corrupt-TASK/       the last database of that task that was discarded
 *               replaced-TASK/      the last database of that task that a backup took the place of
 *               backing-up/TASK/    a snapshot that is being copied into a backup; deleted when the directory is opened
 *               restoring/TASK/     a backup that is being copied here; deleted when the directory is opened
 * </pre>
 *
 * <p>Nothing here is the truth: the journal is, and whatever is deleted is replayed from it, but for the transactional ids, which
 * are needed to find a dead process's open transactions at once.
 *
 * <p>Thread-safe; tasks may be opened in parallel.
 */
public final class StateDirectory implements StateStores, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateDirectory.class);
    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,199}");

    private final Path path;
    private final DirectoryLock lock;
    private final Identity identity;
    private final RememberedIds ids;
    private final String startNonce;
    private final RocksShared shared;

    /** Tasks by name that are open, or that somebody is just opening or discarding: then the reference is empty. */
    private final ConcurrentMap<String, AtomicReference<RocksStore>> tasks = new ConcurrentHashMap<>();

    /** Shared by all that use the directory, exclusive for its close. */
    private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();

    private boolean closed;

    private StateDirectory(
            Path path,
            DirectoryLock lock,
            Identity identity,
            RememberedIds ids,
            String startNonce,
            RocksShared shared) {
        this.path = path;
        this.lock = lock;
        this.identity = identity;
        this.ids = ids;
        this.startNonce = startNonce;
        this.shared = shared;
    }

    /**
     * Opens the directory of a pipeline with the default options, and creates it when it is new.
     *
     * @param root below which each pipeline has its directory
     * @param pipeline the pipeline's name: letters, digits, '.', '_' and '-', beginning with a letter or digit
     * @return the directory, held by this process until it is closed
     * @throws ConfigException when it is in use (the message names the process), belongs to another pipeline, was written by another
     *     version, or cannot be written
     */
    public static StateDirectory open(Path root, String pipeline) {
        return open(root, pipeline, StateOptions.defaults());
    }

    /**
     * Opens the directory of a pipeline, and creates it when it is new.
     *
     * @param root below which each pipeline has its directory
     * @param pipeline the pipeline's name: letters, digits, '.', '_' and '-', beginning with a letter or digit
     * @param options what its databases may use
     * @return the directory, held by this process until it is closed
     * @throws ConfigException when it is in use (the message names the process), belongs to another pipeline, was written by another
     *     version, or cannot be written
     */
    public static StateDirectory open(Path root, String pipeline, StateOptions options) {
        return open(root, pipeline, options, Clock.systemUTC());
    }

    /**
     * Does beforehand what takes an {@link #open} its longest part, loading native code, if an earlier process has left it in the directory. It changes
     * nothing there, and may be called while another process holds the directory.
     *
     * @param root as {@link #open} is given it
     * @param pipeline the pipeline's name, as {@link #open} is given it; one that is not legal is left to it
     */
    public static void warmUp(Path root, String pipeline) {
        if (LEGAL.matcher(pipeline).matches()) {
            NativeLibrary.loadKept(root.resolve(pipeline).resolve("native"));
        }
    }

    static StateDirectory open(Path root, String pipeline, StateOptions options, Clock clock) {
        Path path = root.resolve(legal("pipeline", pipeline));
        DirectoryLock lock = null;
        try {
            Files.createDirectories(path);
            lock = DirectoryLock.acquire(path, clock.instant());
            var identity =
                    Identity.readOrCreate(path.resolve("identity"), pipeline, UUID.randomUUID(), clock.instant());
            var ids = RememberedIds.read(path.resolve("transactional-ids"));
            Files.createDirectories(path.resolve("tasks"));
            // Of a process that died meanwhile; its links would keep deleted tables on the disk for ever.
            deleteTree(path.resolve("backing-up"));
            deleteTree(path.resolve("restoring"));
            NativeLibrary.load(path.resolve("native"));
            return new StateDirectory(
                    path,
                    lock,
                    identity,
                    ids,
                    StartNonce.of(DirectoryLock.host(), ProcessHandle.current().pid(), UUID.randomUUID()),
                    RocksShared.acquire(options));
        } catch (IOException e) {
            release(lock);
            throw new ConfigException(
                    "The state directory " + path + " cannot be created, read or written: " + e
                            + "; name a directory that this user may write",
                    e);
        } catch (RuntimeException e) {
            release(lock);
            throw e;
        }
    }

    private static String legal(String what, String name) {
        if (!LEGAL.matcher(name).matches()) {
            throw new ConfigException(
                    "The name of a " + what + " is '" + name + "'; it becomes part of a directory's name: use 1 to 200"
                            + " letters, digits, '.', '_' or '-', beginning with a letter or digit");
        }
        return name;
    }

    /**
     * Where it is.
     *
     * @return the pipeline's own directory, below the root
     */
    public Path path() {
        return path;
    }

    @Override
    public String instanceId() {
        return identity.instanceId();
    }

    @Override
    public String startNonce() {
        return startNonce;
    }

    /**
     * The ids that were ever remembered here.
     *
     * @return an immutable copy, oldest first
     */
    public Set<String> rememberedIds() {
        return ids.all();
    }

    /**
     * Remembers an id. It is on disk when this returns.
     *
     * @param id the id, one line of text; one that is remembered already costs nothing
     * @throws RetryableException when it cannot be written
     */
    public void remember(String id) {
        using(() -> {
            ids.remember(id);
            return id;
        });
    }

    @Override
    public Set<String> knownTasks() {
        return using(() -> {
            try (Stream<Path> found = Files.list(path.resolve("tasks"))) {
                var names = new TreeSet<String>();
                found.filter(Files::isDirectory)
                        .forEach(task -> names.add(task.getFileName().toString()));
                return names;
            } catch (IOException e) {
                throw new RetryableException(
                        "The tasks in " + path + " cannot be listed: " + e + "; see that the disk answers", e);
            }
        });
    }

    /**
     * {@inheritDoc} What is open is closed with the directory.
     *
     * @throws IllegalStateException when the directory is closed
     */
    @Override
    public StateStore task(String taskName) {
        return using(() -> {
            var slot = claim(taskName);
            try {
                slot.set(RocksStore.open(
                        taskName, taskPath(taskName), shared.options(), () -> tasks.remove(taskName, slot)));
                return slot.get();
            } finally {
                if (slot.get() == null) {
                    tasks.remove(taskName, slot);
                }
            }
        });
    }

    /**
     * {@inheritDoc} The last one that was discarded is kept for whoever looks for the cause.
     *
     * @throws IllegalStateException when the directory is closed
     */
    @Override
    public Optional<Path> discard(String taskName) {
        return using(() -> {
            var slot = claim(taskName);
            try {
                return moveAside(taskPath(taskName), path.resolve("corrupt-" + taskName));
            } catch (IOException e) {
                throw new RetryableException(
                        "The state of task '" + taskName + "' in " + taskPath(taskName) + " cannot be moved aside: " + e
                                + "; delete that directory",
                        e);
            } finally {
                tasks.remove(taskName, slot);
            }
        });
    }

    @Override
    public StateBackups backups(Path directory) {
        return new DirectoryBackups(this, directory.resolve(identity.pipeline()), Clock.systemUTC());
    }

    /** Copies an open task's last snapshot into a new directory; false where the task is not open. */
    boolean checkpoint(String taskName, Path to) {
        AtomicReference<RocksStore> slot = tasks.get(legal("task", taskName));
        RocksStore store = slot == null ? null : slot.get();
        if (store == null) {
            return false;
        }
        try {
            store.checkpoint(to);
            return true;
        } catch (IllegalStateException closedMeanwhile) {
            return false;
        }
    }

    /** Makes a database that was put together beside the tasks the task's own; what it had is moved aside. */
    void install(String taskName, Path database) {
        using(() -> {
            var slot = claim(taskName);
            try {
                Path own = taskPath(taskName);
                Optional<Path> before = moveAside(own, path.resolve("replaced-" + taskName));
                Files.move(database, own, StandardCopyOption.ATOMIC_MOVE);
                DurableFile.forceNames(own.getParent());
                return before;
            } catch (IOException e) {
                throw new RetryableException(
                        "The backup of task '" + taskName + "' in " + database + " cannot be moved to "
                                + taskPath(taskName) + ": " + e + "; see that the disk may be written",
                        e);
            } finally {
                tasks.remove(taskName, slot);
            }
        });
    }

    private static Optional<Path> moveAside(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return Optional.empty();
        }
        if (Files.exists(to)) {
            deleteTree(to);
        }
        Files.move(from, to);
        LOG.warn("Discarded the state in {}; it is kept in {} until the next one is", from, to);
        return Optional.of(to);
    }

    static void deleteTree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> old = Files.walk(directory)) {
            deepestFirst = old.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }

    private AtomicReference<RocksStore> claim(String taskName) {
        var slot = new AtomicReference<RocksStore>();
        if (tasks.putIfAbsent(legal("task", taskName), slot) != null) {
            throw new RetryableException("Task '" + taskName + "' in " + path
                    + " is open already; close its store first, or try again when its owner has");
        }
        return slot;
    }

    private Path taskPath(String taskName) {
        return path.resolve("tasks").resolve(taskName);
    }

    private <T> T using(Supplier<T> action) {
        life.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("The state directory " + path + " is closed");
            }
            return action.get();
        } finally {
            life.readLock().unlock();
        }
    }

    /** Closes all open stores and gives the directory up. A second call does nothing. */
    @Override
    public void close() {
        life.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            tasks.values()
                    .forEach(slot ->
                            Objects.requireNonNull(slot.get(), "open store").close());
            shared.close();
            release(lock);
        } finally {
            life.writeLock().unlock();
        }
    }

    private static void release(DirectoryLock lock) {
        if (lock == null) {
            return;
        }
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("The lock of a state directory was not given up cleanly; it ends with this process", e);
        }
    }
}
