package io.wellspring.api.port;

import java.util.List;
import java.util.Optional;

/**
 * Copies of tasks' snapshots in a place that outlives the machine, so that another machine can begin there. Written by a task's owner, read by
 * whoever owns it next; a copy that is not whole is noticed. Calls may take as long as copying takes, and are for threads that may wait.
 * Thread-safe.
 */
public interface StateBackups {
    /**
     * Copies the last snapshot of a task that is open here, and checks the copy. The task goes on meanwhile.
     *
     * @param taskName the task's name
     * @return the backup; empty where the task is not open or has no snapshot yet
     * @throws io.wellspring.api.error.RetryableException when the place is away or full; older backups are as they were
     */
    Optional<Backup> backUp(String taskName);

    /**
     * The backups of a task, of any owner. Whether they are whole shows when they are verified or restored.
     *
     * @param taskName the task's name
     * @return those whose description can be read, the highest position first, and of one position the latest first
     * @throws io.wellspring.api.error.RetryableException when the place is away
     */
    List<Backup> list(String taskName);

    /**
     * Reads a backup through, and compares it with what was written.
     *
     * @param taskName the task's name
     * @param backup one that was listed
     * @throws io.wellspring.api.error.CorruptException when something of it is missing or not as it was written
     * @throws io.wellspring.api.error.RetryableException when the place is away
     */
    void verify(String taskName, Backup backup);

    /**
     * Makes a backup the task's state on this machine: all of it, or nothing is changed. What was there is moved aside.
     *
     * @param taskName a task that is not open here
     * @param backup one that was listed
     * @throws io.wellspring.api.error.CorruptException when something of it is missing or not as it was written
     * @throws io.wellspring.api.error.RetryableException when a disk is away or full, or the task is open
     */
    void restore(String taskName, Backup backup);

    /**
     * A backup.
     *
     * @param name what messages call it
     * @param mark what it is a snapshot of
     * @param bytes its size
     */
    record Backup(String name, SnapshotMark mark, long bytes) {}
}
