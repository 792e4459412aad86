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
 * @param restorer runs what looks for backups and restores them, one after the other too, and apart: a task that waits for its state does not wait
 *     until all others are backed up
 * @param interval how often a task that changed is backed up
 * @param trimmer deletes of journals what backups hold, if it is to be deleted
 */
record BackupPlace(
        Path directory,
        StateBackups backups,
        Executor executor,
        Executor restorer,
        Duration interval,
        Optional<JournalTrimmer> trimmer) {
    /**
     * The place that a configuration names.
     *
     * @param stores make the backups
     * @param executor see above
     * @param restorer see above
     * @param admin asks the cluster to trim
     */
    static Optional<BackupPlace> of(
            EngineConfig config, StateStores stores, Executor executor, Executor restorer, Admin admin) {
        return config.backups()
                .map(directory -> new BackupPlace(
                        directory,
                        stores.backups(directory),
                        executor,
                        restorer,
                        config.backupInterval(),
                        config.trimJournals()
                                ? Optional.of(new JournalTrimmer(admin, config.bootstrap(), config.startTimeout()))
                                : Optional.empty()));
    }
}
