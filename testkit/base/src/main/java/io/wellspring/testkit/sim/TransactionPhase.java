package io.wellspring.testkit.sim;

/**
 * Where a transactional producer is, as the real client's TransactionManager has it.
 *
 * <pre>
 *   UNINITIALIZED -> INITIALIZING -> READY -> IN_TRANSACTION -> COMMITTING -> READY
 *                                                |    |   \--> ABORTING ---> READY
 *                                                |    v            ^
 *                                                +-> ABORTABLE ----+       any -> FATAL
 * </pre>
 */
enum TransactionPhase {
    UNINITIALIZED,
    INITIALIZING,
    READY,
    IN_TRANSACTION,
    COMMITTING,
    ABORTING,
    ABORTABLE,
    FATAL;

    boolean mayBecome(TransactionPhase next) {
        return switch (next) {
            case UNINITIALIZED -> false;
            case INITIALIZING -> this == UNINITIALIZED;
            case READY -> this == INITIALIZING || this == COMMITTING || this == ABORTING;
            case IN_TRANSACTION -> this == READY;
            case COMMITTING -> this == IN_TRANSACTION;
            case ABORTING -> this == IN_TRANSACTION || this == ABORTABLE;
            case ABORTABLE -> this == IN_TRANSACTION || this == COMMITTING || this == ABORTABLE;
            case FATAL -> true;
        };
    }
}
