package io.wellspring.engine;

import io.wellspring.api.port.SnapshotMark;
import io.wellspring.journal.ReadAhead;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a recovered task goes on.
 *
 * @param positions the committed position of each of its inputs; where nothing was committed, the log's start
 * @param ahead what is done beyond these positions, for inputs of which something is
 * @param watermarkMillis the watermark at these positions
 * @param journalEnds for each stage, the end of the task's own events in its journal
 * @param journalEpochs for each stage, the epoch of the leader that wrote the event before that end, or -1 where it is not known
 * @param carried marks of stages that the state directory knows and this task does not run: kept, with their rows
 */
record Recovered(
        Map<TopicPartition, Long> positions,
        Map<TopicPartition, ReadAhead> ahead,
        long watermarkMillis,
        Map<String, Long> journalEnds,
        Map<String, Integer> journalEpochs,
        List<SnapshotMark.JournalMark> carried) {}
