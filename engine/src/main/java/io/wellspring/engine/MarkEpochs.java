package io.wellspring.engine;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.journal.JournalEnds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;

/**
 * Completes a snapshot's mark with the leader epochs of its journal positions, by which a recovery sees that a journal lost its tail and has grown
 * again since (I9, KIP-320).
 *
 * <p>The epoch of a record that was <em>read</em> comes with it. Of a record that was <em>written</em> the producer learns none, so the leader is
 * asked, by the thread that writes the snapshot: the answer is never too low ({@link JournalEnds#leaderEpochs}). Without an answer the epoch is
 * not known, and the recovery from this snapshot relies on ends and sequences. What is lost while the owner runs is noticed by the owner, by the
 * offset of its next event.
 */
final class MarkEpochs implements UnaryOperator<SnapshotMark> {
    static final int UNKNOWN = -1;

    private final JournalEnds ends;
    private final int partition;
    private final Set<String> stages;
    private final Patience patience;

    MarkEpochs(JournalEnds ends, Task task, Patience patience) {
        this.ends = ends;
        this.patience = patience;
        this.partition = task.id().partition();
        this.stages = names(task);
    }

    private static Set<String> names(Task task) {
        Set<String> names = new HashSet<>();
        task.stages().forEach(stage -> names.add(stage.name()));
        return names;
    }

    @Override
    public SnapshotMark apply(SnapshotMark mark) {
        Map<TopicPartition, Long> asked = new HashMap<>();
        for (JournalMark journal : mark.journals()) {
            // Marks of stages that do not run any more are carried as they are: their journals may be gone.
            if (journal.leaderEpoch() == UNKNOWN && journal.position() > 0 && stages.contains(journal.stage())) {
                asked.put(new TopicPartition(journal.topic(), partition), journal.position());
            }
        }
        Duration left = patience.left();
        if (asked.isEmpty() || left.toMillis() <= 0) {
            return mark;
        }
        Map<TopicPartition, Integer> epochs = ends.leaderEpochs(asked, left);
        List<JournalMark> journals = new ArrayList<>();
        for (JournalMark journal : mark.journals()) {
            var place = new TopicPartition(journal.topic(), partition);
            journals.add(
                    asked.containsKey(place)
                            ? new JournalMark(
                                    journal.stage(),
                                    journal.topic(),
                                    journal.topicId(),
                                    journal.position(),
                                    epochs.getOrDefault(place, UNKNOWN),
                                    journal.codecs())
                            : journal);
        }
        return new SnapshotMark(
                mark.pipeline(), mark.task(), journals, mark.inputs(), mark.watermarkMillis(), mark.nowMillis());
    }
}
