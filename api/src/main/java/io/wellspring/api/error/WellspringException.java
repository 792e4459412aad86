package io.wellspring.api.error;

/**
 * The root of every error that Wellspring reports. The type says what happens next: {@link ConfigException} refuses to
 * start, {@link RetryableException} is repeated, {@link FencedException} ends quietly because another owner took over,
 * {@link CorruptException} stops and waits for a person, {@link CodecException} concerns one value and is handled by the
 * policy of the source or stage that met it.
 *
 * <p>Messages say what is wrong, where, and how to mend it.
 */
public abstract sealed class WellspringException extends RuntimeException
        permits ConfigException, RetryableException, FencedException, CorruptException, CodecException {
    private static final long serialVersionUID = 1L;

    WellspringException(String message, Throwable cause) {
        super(message, cause);
    }
}
