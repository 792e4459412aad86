package io.wellspring.api.error;

/** A value cannot be encoded or decoded. The policy of the source or stage decides what becomes of its record. */
public final class CodecException extends WellspringException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what is wrong, where, and how to mend it
     */
    public CodecException(String message) {
        super(message, null);
    }

    /**
     * Creates the error with the one that led to it.
     *
     * @param message what is wrong, where, and how to mend it
     * @param cause what led here
     */
    public CodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
