package io.wellspring.api.port;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The stores of an instance's tasks, and who the instance is. Thread-safe; tasks may be opened in parallel. */
public interface StateStores {
    /**
     * Who this instance is: random, and the same for as long as its stores exist, also in a copy of them.
     *
     * @return the id
     */
    String instanceId();

    /**
     * Which start of this instance this is: new each time, and telling a person where to look. It tells a copy from its original.
     *
     * @return the nonce: 1 to 55 letters, digits, '.', '_' or '-'
     */
    String startNonce();

    /**
     * The tasks that have state here, open or not.
     *
     * @return their names, sorted
     * @throws io.wellspring.api.error.RetryableException when they cannot be listed now
     */
    Set<String> knownTasks();

    /**
     * Opens the store of a task, and creates it when it is new. The caller closes it.
     *
     * @param taskName the task's name: letters, digits, '.', '_' and '-', beginning with a letter or digit
     * @return the store
     * @throws io.wellspring.api.error.CorruptException when it cannot be read; {@link #discard} makes way for a new one
     * @throws io.wellspring.api.error.RetryableException when the disk is full or away, or when the task is open already
     */
    StateStore task(String taskName);

    /**
     * Moves what is stored for a task aside, so that {@link #task} begins with an empty store.
     *
     * @param taskName the task's name
     * @return where it lies now, empty when there was nothing
     * @throws io.wellspring.api.error.RetryableException when it cannot be moved, or when the task is open
     */
    Optional<Path> discard(String taskName);

    /**
     * Backups of these stores' tasks.
     *
     * @param directory where they are kept; other instances may use the same
     * @return the backups
     */
    StateBackups backups(Path directory);
}
