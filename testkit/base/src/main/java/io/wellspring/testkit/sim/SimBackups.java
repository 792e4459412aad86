package io.wellspring.testkit.sim;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateBackups.Backup;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** A place for backups that several simulated machines share, in memory. Used by one thread, like all of the simulation. */
public final class SimBackups {
    private static final int KEPT = 3;

    private final Map<String, TreeMap<String, SimRows>> backups = new HashMap<>();
    private int generation;
    private boolean away;

    /** An empty place. */
    public SimBackups() {}

    /** Lets all that is asked of the place fail from now on, until {@link #bringBack}. */
    public void takeAway() {
        away = true;
    }

    /** Ends {@link #takeAway}. */
    public void bringBack() {
        away = false;
    }

    /** Makes what is there unreadable. */
    public void damage() {
        backups.values().forEach(of -> of.replaceAll((name, rows) -> new SimRows()));
    }

    /**
     * Makes the highest backup of each task unreadable, where the next one is enough to go on from.
     *
     * @param enough whether a backup is
     */
    public void damageHighest(Predicate<Backup> enough) {
        backups.forEach((task, of) -> {
            List<Backup> whole = listed(task);
            if (whole.size() > 1 && enough.test(whole.get(1))) {
                of.put(whole.get(0).name(), new SimRows());
            }
        });
    }

    /**
     * What is backed up, for whoever looks from outside.
     *
     * @param task the task's name
     * @return the names of its backups, the lowest position first
     */
    public List<String> of(String task) {
        return List.copyOf(backups.getOrDefault(task, new TreeMap<>()).keySet());
    }

    Optional<Backup> add(String task, SimRows rows) {
        requireThere();
        return rows.mark().map(mark -> {
            String name = String.format("%020d-%010d", position(mark), ++generation);
            TreeMap<String, SimRows> ofTask = backups.computeIfAbsent(task, none -> new TreeMap<>());
            ofTask.put(name, rows.copy());
            while (ofTask.size() > KEPT) {
                ofTask.pollFirstEntry();
            }
            return new Backup(name, mark, 0);
        });
    }

    List<Backup> list(String task) {
        requireThere();
        return listed(task);
    }

    private List<Backup> listed(String task) {
        return backups.getOrDefault(task, new TreeMap<>()).entrySet().stream()
                .filter(kept -> kept.getValue().mark().isPresent())
                .map(kept -> new Backup(kept.getKey(), kept.getValue().mark().orElseThrow(), 0))
                .sorted(Comparator.comparing(Backup::name).reversed())
                .toList();
    }

    SimRows rows(String task, Backup backup) {
        requireThere();
        SimRows rows = backups.getOrDefault(task, new TreeMap<>()).get(backup.name());
        if (rows == null || rows.mark().isEmpty()) {
            throw new CorruptException("backup " + backup.name() + " of task " + task + " is gone or damaged");
        }
        return rows;
    }

    private static long position(SnapshotMark mark) {
        return mark.journals().stream().mapToLong(JournalMark::position).sum();
    }

    private void requireThere() {
        if (away) {
            throw new RetryableException("the place of backups is away; this is what the test asked for");
        }
    }
}
