package io.wellspring.engine;

import io.wellspring.api.port.StateBackups;
import io.wellspring.api.port.StateStores;
import io.wellspring.journal.JournalTrimmer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.admin.Admin;

/**
 * Where an engine backs its tasks up.
 *
 * @param directory what messages call it
 * @param backups the backups there
 * @param executor runs what copies, one after the other, so that a disk or a network is not asked for all tasks at once
 * @param interval how often a task that changed is backed up
 * @param trimmer deletes of journals what backups hold, if it is to be deleted
 */
record BackupPlace(
        Path directory, StateBackups backups, Executor executor, Duration interval, Optional<JournalTrimmer> trimmer) {
    /**
     * The place that a configuration names.
     *
     * @param stores make the backups
     * @param executor see above
     * @param admin asks the cluster to trim
     */
    static Optional<BackupPlace> of(EngineConfig config, StateStores stores, Executor executor, Admin admin) {
        return config.backups()
                .map(directory -> new BackupPlace(
                        directory,
                        stores.backups(directory),
                        executor,
                        config.backupInterval(),
                        config.trimJournals()
                                ? Optional.of(new JournalTrimmer(admin, config.bootstrap(), config.startTimeout()))
                                : Optional.empty()));
    }
}
