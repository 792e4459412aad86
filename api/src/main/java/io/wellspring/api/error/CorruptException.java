package io.wellspring.api.error;

/** What is stored does not fit together: going on would guess. The task stops, and what was committed stays as it is. */
public final class CorruptException extends WellspringException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what is wrong, where, and how to mend it
     */
    public CorruptException(String message) {
        super(message, null);
    }

    /**
     * Creates the error with the one that led to it.
     *
     * @param message what is wrong, where, and how to mend it
     * @param cause what led here
     */
    public CorruptException(String message, Throwable cause) {
        super(message, cause);
    }
}
