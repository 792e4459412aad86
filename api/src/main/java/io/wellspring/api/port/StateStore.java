package io.wellspring.api.port;

import java.util.List;
import java.util.Optional;

/**
 * The durable rows of one task: states by stage and key, and the mark that says what they are a snapshot of. An adapter (RocksDB, a
 * simulated disk) passes the contract suite of the testkit. Rows beside a stage's states, as those of its timers, go under a name that no stage
 * can have.
 *
 * <p>One thread writes at a time; any thread may read meanwhile. What is read is always a whole snapshot or a later one, never part of one.
 */
public interface StateStore extends AutoCloseable {
    /**
     * The mark of the last snapshot.
     *
     * @return the mark, empty in a new store
     * @throws io.wellspring.api.error.CorruptException when what is stored cannot be read
     */
    Optional<SnapshotMark> mark();

    /**
     * Reads a row.
     *
     * @param stage the stage
     * @param key the encoded key
     * @return the row's bytes, or null where there is none (a value for hot paths, where an Optional would be garbage)
     * @throws io.wellspring.api.error.CorruptException when what is stored cannot be read
     */
    byte[] get(String stage, byte[] key);

    /**
     * Writes a snapshot: all of the changes and the mark, or nothing.
     *
     * @param changes rows to put or to delete since the last snapshot
     * @param mark what the rows are a snapshot of after the changes
     * @throws io.wellspring.api.error.RetryableException when the disk is full or away; nothing changed then
     */
    void write(List<Row> changes, SnapshotMark mark);

    /**
     * Visits the rows of a stage in the order of their keys' bytes.
     *
     * @param stage the stage
     * @param visitor called with each row
     */
    void forEach(String stage, RowVisitor visitor);

    /** Forgets everything, the mark too: the next recovery replays from the beginning. */
    void clear();

    /** Releases files and memory. A second call does nothing. */
    @Override
    void close();

    /**
     * A change of one row.
     *
     * @param stage the stage
     * @param key the encoded key
     * @param value the row's bytes, or null to delete it
     */
    record Row(String stage, byte[] key, byte[] value) {}

    /** Takes rows, one by one. */
    @FunctionalInterface
    interface RowVisitor {
        /**
         * Takes a row.
         *
         * @param key the encoded key
         * @param value the row's bytes
         */
        void visit(byte[] key, byte[] value);
    }
}
