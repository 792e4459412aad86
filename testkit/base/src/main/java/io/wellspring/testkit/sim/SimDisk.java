package io.wellspring.testkit.sim;

import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateBackups;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStores;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The disk of a simulated machine: the snapshots of tasks, in memory. A process that crashes leaves on it what it has written, whole, and the next
 * process of the machine finds it. Used by one thread, like all of the simulation.
 */
public final class SimDisk implements StateStores {
    private final String machine;
    private final Map<String, SimRows> stores = new TreeMap<>();
    private final Set<String> open = new HashSet<>();
    private final SimBackups backups;
    private int starts;
    private boolean away;
    private boolean full;

    /**
     * An empty disk.
     *
     * @param machine names the machine for ever
     */
    public SimDisk(String machine) {
        this(machine, new SimBackups());
    }

    /**
     * An empty disk of a machine that shares a place for backups with others.
     *
     * @param machine names the machine for ever
     * @param backups the place
     */
    public SimDisk(String machine, SimBackups backups) {
        this.machine = machine;
        this.backups = backups;
    }

    /** Hands the disk to a new process; what the last one had open is closed, and cannot be written by it any more. */
    public void startAnew() {
        starts++;
        open.clear();
    }

    /** Lets every read and write fail from now on, as a disk does that is not there, until {@link #bringBack}. */
    public void takeAway() {
        away = true;
    }

    /** Ends {@link #takeAway}. */
    public void bringBack() {
        away = false;
    }

    /** Lets every write fail from now on, as a disk does that is full, until {@link #makeRoom}. */
    public void fill() {
        full = true;
    }

    /** Ends {@link #fill}. */
    public void makeRoom() {
        full = false;
    }

    /** Loses all that was written, as a machine does that is replaced; who it is stays, as with a name that is handed on. */
    public void wipe() {
        stores.clear();
        open.clear();
    }

    /**
     * What lies on the disk, for whoever looks from outside.
     *
     * @return the stores by task, to be read only
     */
    public Map<String, StateStore> stores() {
        return Map.copyOf(stores);
    }

    @Override
    public String instanceId() {
        return machine;
    }

    @Override
    public String startNonce() {
        return machine + "." + starts;
    }

    @Override
    public Set<String> knownTasks() {
        return Set.copyOf(stores.keySet());
    }

    @Override
    public StateStore task(String taskName) {
        requireThere();
        if (!open.add(taskName)) {
            throw new RetryableException("the store of task " + taskName + " is open already");
        }
        return new Opened(taskName, stores.computeIfAbsent(taskName, name -> new SimRows()), starts);
    }

    @Override
    public Optional<Path> discard(String taskName) {
        stores.remove(taskName);
        return Optional.empty();
    }

    /** {@inheritDoc} One place for all directories. */
    @Override
    public StateBackups backups(Path directory) {
        return new Copies();
    }

    private void requireThere() {
        if (away) {
            throw new RetryableException("disk " + machine + " is away; this is what the test asked for");
        }
    }

    @Override
    public String toString() {
        return "disk " + machine;
    }

    /** Backups of this disk's stores. */
    private final class Copies implements StateBackups {
        @Override
        public Optional<Backup> backUp(String taskName) {
            requireThere();
            SimRows rows = stores.get(taskName);
            return rows == null || !open.contains(taskName) ? Optional.empty() : backups.add(taskName, rows);
        }

        @Override
        public List<Backup> list(String taskName) {
            return backups.list(taskName);
        }

        @Override
        public void verify(String taskName, Backup backup) {
            backups.rows(taskName, backup);
        }

        @Override
        public void restore(String taskName, Backup backup) {
            requireThere();
            if (open.contains(taskName)) {
                throw new RetryableException("the store of task " + taskName + " is open");
            }
            stores.put(taskName, backups.rows(taskName, backup).copy());
        }
    }

    /** A store as one process has it open. */
    private final class Opened implements StateStore {
        private final String task;
        private final SimRows rows;
        private final int openedBy;

        private Opened(String task, SimRows rows, int openedBy) {
            this.task = task;
            this.rows = rows;
            this.openedBy = openedBy;
        }

        @Override
        public Optional<SnapshotMark> mark() {
            requireThere();
            return rows.mark();
        }

        @Override
        public byte[] get(String stage, byte[] key) {
            requireThere();
            return rows.get(stage, key);
        }

        @Override
        public void write(List<Row> changes, SnapshotMark mark) {
            requireOpen();
            if (full) {
                throw new RetryableException("disk " + machine + " is full; this is what the test asked for");
            }
            rows.write(changes, mark);
        }

        @Override
        public void forEach(String stage, RowVisitor visitor) {
            requireThere();
            rows.forEach(stage, visitor);
        }

        @Override
        public void clear() {
            requireOpen();
            rows.clear();
        }

        @Override
        public void close() {
            if (openedBy == starts) {
                open.remove(task);
            }
        }

        private void requireOpen() {
            requireThere();
            if (openedBy != starts || !open.contains(task)) {
                throw new IllegalStateException("the store of task " + task + " is written after it was closed");
            }
        }
    }
}
