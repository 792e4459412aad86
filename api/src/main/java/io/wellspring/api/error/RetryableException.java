package io.wellspring.api.error;

/** Something outside is away for now (a broker, a disk); the same call may succeed later, and nothing is lost meanwhile. */
public final class RetryableException extends WellspringException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what is wrong, where, and how to mend it
     */
    public RetryableException(String message) {
        super(message, null);
    }

    /**
     * Creates the error with the one that led to it.
     *
     * @param message what is wrong, where, and how to mend it
     * @param cause what led here
     */
    public RetryableException(String message, Throwable cause) {
        super(message, cause);
    }
}
