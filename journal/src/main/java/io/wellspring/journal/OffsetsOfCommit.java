package io.wellspring.journal;

import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The input positions that a commit moves, asked for when every record of the transaction has its offset, so that the
 * metadata can name the end of the task's own journal events (invariant I10).
 */
@FunctionalInterface
public interface OffsetsOfCommit {
    /**
     * Gives the current position of every touched partition, also of those where only a timer fired. Called once per
     * commit on the executor's thread, so it must only read what the worker leaves alone until the commit is decided.
     *
     * @param journalEnds for each partition of a journal that this transaction wrote to, the offset after its last
     *     event; partitions written by earlier transactions only are missing
     * @return the positions with the text of {@link OffsetMetadata}; never empty, because a transaction without
     *     offsets is not fenced (invariant I1)
     */
    Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, Long> journalEnds);
}
