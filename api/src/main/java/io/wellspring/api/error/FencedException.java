package io.wellspring.api.error;

/** Another owner has taken over; this one has dropped its work, none of which was committed. */
public final class FencedException extends WellspringException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what is wrong, where, and how to mend it
     */
    public FencedException(String message) {
        super(message, null);
    }

    /**
     * Creates the error with the one that led to it.
     *
     * @param message what is wrong, where, and how to mend it
     * @param cause what led here
     */
    public FencedException(String message, Throwable cause) {
        super(message, cause);
    }
}
