package io.wellspring.journal;

/**
 * Where a {@link TransactionalProducer} is in its life.
 *
 * <pre>
 *   FRESH &lt;=&gt; INITIALISING -&gt; IDLE -&gt; OPEN -&gt; COMMITTING -&gt; IDLE
 *                              |       |        |  ^  |
 *                              |       |        v  |  +-&gt; DOOMED (refused: abort)
 *                              |       |      UNKNOWN
 *                              |       +-&gt; DOOMED &lt;=&gt; ABORTING -&gt; IDLE
 *                              +-&gt; COMMITTING (offsets only)
 *   any of INITIALISING, COMMITTING, ABORTING -&gt; BROKEN;  any -&gt; CLOSED
 * </pre>
 */
public enum ProducerState {
    /** Made, or its initialisation got no answer: initialise. */
    FRESH,
    /** Initialising its id; a dead predecessor's open transaction is being aborted. */
    INITIALISING,
    /** No transaction is open. */
    IDLE,
    /** A transaction is open. */
    OPEN,
    /** A commit is running. */
    COMMITTING,
    /** A commit got no answer: retry it. */
    UNKNOWN,
    /** The open transaction can only be aborted. */
    DOOMED,
    /** An abort is running. */
    ABORTING,
    /** Of no more use: close it, open another with the same id. */
    BROKEN,
    /** Closed. */
    CLOSED;

    boolean mayBecome(ProducerState next) {
        if (next == CLOSED) {
            return this != CLOSED;
        }
        return switch (this) {
            case FRESH -> next == INITIALISING;
            case INITIALISING -> next == IDLE || next == FRESH || next == BROKEN;
            case IDLE -> next == OPEN || next == COMMITTING;
            case OPEN -> next == COMMITTING || next == DOOMED || next == ABORTING;
            case COMMITTING -> next == IDLE || next == UNKNOWN || next == DOOMED || next == BROKEN;
            case UNKNOWN -> next == COMMITTING;
            case DOOMED -> next == COMMITTING || next == ABORTING;
            case ABORTING -> next == IDLE || next == DOOMED || next == BROKEN;
            case BROKEN, CLOSED -> false;
        };
    }
}
