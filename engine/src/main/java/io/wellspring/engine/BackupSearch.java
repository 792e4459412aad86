package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.api.port.StateBackups.Backup;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.LogRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the highest backup of a task in the place of its local state, if one can be gone on from: it is of the journals there are, by their topic ids,
 * lies within them, and is whole. What is passed over is logged with the reason. Runs on a thread that may wait.
 */
final class BackupSearch implements Callable<BackupSearch.Found> {
    private static final Logger LOG = LoggerFactory.getLogger(BackupSearch.class);

    private final TaskId id;
    private final Optional<Map<String, Long>> onlyIfCut;
    private final BackupPlace place;
    private final Cluster cluster;
    private final JournalEnds ends;
    private final List<String> passedOver = new ArrayList<>();

    /**
     * A search that has not begun.
     *
     * @param onlyIfCut by stage, the positions of the local state, which stays where the journals reach back to them; without it any backup is
     *     better
     */
    BackupSearch(
            TaskId id, Optional<Map<String, Long>> onlyIfCut, BackupPlace place, Cluster cluster, JournalEnds ends) {
        this.id = id;
        this.onlyIfCut = onlyIfCut;
        this.place = place;
        this.cluster = cluster;
        this.ends = ends;
    }

    /**
     * How a search ended.
     *
     * @param restored the backup that is the local state now
     * @param needed whether there was a reason to look for one
     * @param passedOver the backups that there are and that cannot be gone on from, with the reasons
     */
    record Found(Optional<Backup> restored, boolean needed, List<String> passedOver) {}

    @Override
    public Found call() {
        Map<String, TopicPartition> journals = new HashMap<>();
        cluster.topology()
                .group(id.group())
                .stages()
                .forEach(stage -> journals.put(stage.name(), new TopicPartition(stage.journal(), id.partition())));
        Map<TopicPartition, LogRange> ranges = ends.await(journals.values());
        if (onlyIfCut.isPresent() && !cut(onlyIfCut.get(), journals, ranges)) {
            return new Found(Optional.empty(), false, List.of());
        }
        for (Backup backup : place.backups().list(id.toString())) {
            Optional<String> misfit = misfit(backup.mark(), journals, ranges);
            if (misfit.isEmpty()) {
                try {
                    place.backups().restore(id.toString(), backup);
                    return new Found(Optional.of(backup), true, List.copyOf(passedOver));
                } catch (CorruptException broken) {
                    misfit = Optional.of(broken.getMessage());
                }
            }
            passedOver.add(backup.name() + ": " + misfit.get());
            LOG.warn("task {}: backup {} is passed over: {}", id, backup.name(), misfit.get());
        }
        return new Found(Optional.empty(), true, List.copyOf(passedOver));
    }

    private static boolean cut(
            Map<String, Long> local, Map<String, TopicPartition> journals, Map<TopicPartition, LogRange> ranges) {
        return journals.entrySet().stream()
                .anyMatch(stage ->
                        local.get(stage.getKey()) < ranges.get(stage.getValue()).start());
    }

    private static long position(SnapshotMark mark, String stage) {
        return mark.journal(stage).map(JournalMark::position).orElse(0L);
    }

    private Optional<String> misfit(
            SnapshotMark mark, Map<String, TopicPartition> journals, Map<TopicPartition, LogRange> ranges) {
        if (!mark.pipeline().equals(cluster.topology().pipeline())
                || !mark.task().equals(id.toString())) {
            return Optional.of("it is of task " + mark.task() + " of pipeline " + mark.pipeline());
        }
        for (Map.Entry<String, TopicPartition> stage : journals.entrySet()) {
            TopicPartition journal = stage.getValue();
            LogRange range = ranges.get(journal);
            long position = position(mark, stage.getKey());
            String topicId = cluster.topics().get(journal.topic()).topicId();
            if (mark.journal(stage.getKey())
                    .filter(known -> !known.topicId().equals(topicId))
                    .isPresent()) {
                return Optional.of("it is of another topic " + journal.topic() + " than the one with id " + topicId);
            }
            if (position < range.start() || position > range.end()) {
                return Optional.of("it goes on in " + journal + " at " + position + ", and the log holds "
                        + range.start() + " to " + range.end());
            }
        }
        return Optional.empty();
    }
}
