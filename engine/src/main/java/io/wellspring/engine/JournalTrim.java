package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.WellspringException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateBackups.Backup;
import io.wellspring.journal.JournalTrimmer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes of a task's journals what its last two backups do not need: all before the older one, once the newer one has been read through and the
 * older one is still there. So each of the two can be gone on from, should the other be lost. Runs on the backups' thread.
 *
 * @param older the backup before the newest, made by the same owner
 * @param covered what the task's own snapshot held before the newest backup was made
 */
record JournalTrim(String task, Map<String, TopicPartition> journals, Backup older, SnapshotMark covered) {
    private static final Logger LOG = LoggerFactory.getLogger(JournalTrim.class);

    static Map<String, TopicPartition> journals(Task task) {
        Map<String, TopicPartition> journals = new HashMap<>();
        for (StageRuntime stage : task.stages()) {
            journals.put(
                    stage.name(), new TopicPartition(stage.journal(), task.id().partition()));
        }
        return journals;
    }

    /**
     * Deletes, if the newest backup is whole; what is in the way otherwise is logged and tried again behind the next one.
     *
     * @throws CorruptException when the newest backup is not whole
     */
    void behind(Backup newest, BackupPlace place, JournalTrimmer trimmer) {
        try {
            place.backups().verify(task, newest);
            List<Backup> present = place.backups().list(task);
            Map<TopicPartition, Long> positions = new HashMap<>();
            journals.forEach((stage, journal) ->
                    positions.put(journal, Math.min(position(older.mark(), stage), position(covered, stage))));
            positions.values().removeIf(position -> position == 0);
            if (!present.contains(older) || positions.isEmpty()) {
                return;
            }
            trimmer.trim(positions);
            LOG.debug(
                    "task {}: its journals begin at {} now, as backups {} and {} hold what was before",
                    task,
                    positions,
                    older,
                    newest);
        } catch (CorruptException broken) {
            throw broken;
        } catch (WellspringException later) {
            LOG.warn("task {}: its journals are not trimmed: {}", task, later.getMessage());
        }
    }

    private static long position(SnapshotMark mark, String stage) {
        return mark.journal(stage).map(JournalMark::position).orElse(0L);
    }
}
