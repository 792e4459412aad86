package io.wellspring.cep;

import java.time.Instant;
import java.util.Objects;

/**
 * A partial match that a window closed before it was complete.
 *
 * @param partial what was matched until then
 * @param deadline the first instant at which it was too late
 */
public record Timeout(Match partial, Instant deadline) {
    /**
     * Checks that nothing is null.
     *
     * @param partial what was matched until then
     * @param deadline the first instant at which it was too late
     */
    public Timeout {
        Objects.requireNonNull(partial, "partial");
        Objects.requireNonNull(deadline, "deadline");
    }
}
