package io.wellspring.journal;

import io.wellspring.api.error.WellspringException;

/**
 * Takes the entries of one journal partition, in order. Called by the thread that polls the reader, inside that poll; it may start and
 * stop replays of the reader.
 */
public interface ReplayVisitor {
    /**
     * Takes the next entry.
     *
     * @param offset its offset in the journal
     * @param leaderEpoch the epoch of the leader that wrote it, or -1 where the cluster does not say
     * @param entry the entry
     * @throws RuntimeException when it cannot be applied: the replay of this journal ends, and {@link #failed} is called with an error
     *     that says where
     */
    void visit(long offset, int leaderEpoch, JournalEntry entry);

    /**
     * The replay of this journal has ended because it cannot go on; the other replays of the reader can.
     *
     * @param why {@link io.wellspring.api.error.CorruptException} when journal and state do not fit or an entry cannot be read or applied,
     *     {@link io.wellspring.api.error.RetryableException} when the cluster is away, {@link io.wellspring.api.error.ConfigException}
     *     when it refuses
     */
    void failed(WellspringException why);
}
