package io.wellspring.examples.run;

/** A run that cannot go on; the program ends with status 1 and this message. */
public final class RunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what happened, where, and what to look at
     */
    public RunException(String message) {
        super(message);
    }

    /**
     * Creates the error with the one that led to it.
     *
     * @param message what happened, where, and what to look at
     * @param cause what led here
     */
    public RunException(String message, Throwable cause) {
        super(message, cause);
    }
}
