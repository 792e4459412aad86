package io.wellspring.testkit.sim;

/** What clients ask a cluster for, as far as faults tell requests apart. */
public enum Request {
    /** A record is written. */
    PRODUCE,
    /** A transactional id is initialised. */
    INIT_TRANSACTIONS,
    /** A group's offsets are added to a transaction. */
    TRANSACTION_OFFSETS,
    /** A transaction is committed or aborted. */
    END_TRANSACTION,
    /** Records are read. */
    FETCH,
    /** A group's committed offsets are read by a consumer. */
    OFFSET_FETCH,
    /** A group's offsets are committed outside of a transaction. */
    OFFSET_COMMIT,
    /** The ends of logs, or the partitions of topics, are asked for by a consumer. */
    METADATA,
    /** Anything an admin client asks for. */
    ADMIN
}
