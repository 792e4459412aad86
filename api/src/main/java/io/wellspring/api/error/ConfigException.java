package io.wellspring.api.error;

/** What was asked for cannot run: a mistake in a pipeline, in a configuration or in the cluster's topics. Nothing was started. */
public final class ConfigException extends WellspringException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what is wrong, where, and how to mend it
     */
    public ConfigException(String message) {
        super(message, null);
    }

    /**
     * Creates the error with the one that led to it.
     *
     * @param message what is wrong, where, and how to mend it
     * @param cause what led here
     */
    public ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
