package io.wellspring.journal;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** How far a commit of a {@link TransactionalProducer} has come. Immutable. */
public sealed interface CommitOutcome {
    /** Still running; ask again. */
    record Pending() implements CommitOutcome {}

    /**
     * The transaction is committed.
     *
     * @param journalEnds for each partition of a journal that the transaction wrote to, the offset after its last event
     */
    record Committed(Map<TopicPartition, Long> journalEnds) implements CommitOutcome {}

    /**
     * No answer in time: perhaps committed, perhaps not. {@link TransactionalProducer#retryCommit()} goes on with the
     * same commit; nothing else is allowed but closing the producer (invariant I4).
     *
     * @param cause what the client said
     */
    record Unknown(Throwable cause) implements CommitOutcome {}

    /**
     * Certainly not committed.
     *
     * @param cause why
     * @param remedy what next; never {@link Remedy#RETRY}
     */
    record Refused(Throwable cause, Remedy remedy) implements CommitOutcome {}

    /**
     * The request to commit was sent, perhaps repeated, and what came back does not tell whether it was carried out:
     * it may have been committed before the cause arose. Never to be read as an abort (invariant I4): close this
     * producer, initialise another with the same id, then read the stable offsets of the group. If they are the ones
     * of this commit it was committed.
     *
     * @param cause what the client said last
     * @param remedy {@link Remedy#FENCED}, {@link Remedy#REBUILD} or {@link Remedy#STOP}
     */
    record InDoubt(Throwable cause, Remedy remedy) implements CommitOutcome {}
}
