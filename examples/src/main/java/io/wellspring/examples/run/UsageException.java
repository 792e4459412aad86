package io.wellspring.examples.run;

/** What was asked for on the command line cannot be done; the program ends with status 2 and this message. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what is wrong, where, and what to give instead
     */
    public UsageException(String message) {
        super(message);
    }
}
