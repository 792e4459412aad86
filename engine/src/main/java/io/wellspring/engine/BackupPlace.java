package io.wellspring.engine;

import io.wellspring.api.port.StateBackups;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Where an engine backs its tasks up.
 *
 * @param directory what messages call it
 * @param backups the backups there
 * @param executor runs what copies, one after the other, so that a disk or a network is not asked for all tasks at once
 * @param interval how often a task that changed is backed up
 */
record BackupPlace(Path directory, StateBackups backups, Executor executor, Duration interval) {}
