package io.wellspring.journal;

/** How far an initialisation or an abort of a {@link TransactionalProducer} has come. Immutable. */
public sealed interface StepOutcome {
    /** Still running; ask again. */
    record Pending() implements StepOutcome {}

    /** Done; the producer is idle. */
    record Done() implements StepOutcome {}

    /**
     * Not done.
     *
     * @param cause why
     * @param remedy {@link Remedy#RETRY}: begin the same step again; any other: this producer is broken
     */
    record Failed(Throwable cause, Remedy remedy) implements StepOutcome {}
}
