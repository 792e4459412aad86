package io.wellspring.engine;

/** Carries the reason out of the fused chain when a policy says that the task stops at this record. */
class TaskStopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TaskStopped(String message, Throwable cause) {
        super(message, cause);
    }
}
