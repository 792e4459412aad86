package io.wellspring.journal;

/** What its owner does next when a {@link TransactionalProducer} did not do what was asked. */
public enum Remedy {
    /** The call took too long; the same call on the same producer, nothing else. */
    RETRY,
    /** The transaction can only be aborted; then every touched task goes on from its committed positions. */
    ABORT_AND_REWIND,
    /** This producer is of no more use, though nobody took its id: close it, open another with the same id, rewind. */
    REBUILD,
    /**
     * Another producer has initialised the same id. One rebuild is in order; a second soon after is a second engine.
     */
    FENCED,
    /** Repeating cannot help: rights, settings or the offsets handed in are wrong. Abort, stop and say so. */
    STOP
}
