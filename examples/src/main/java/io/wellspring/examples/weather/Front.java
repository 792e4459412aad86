package io.wellspring.examples.weather;

import io.wellspring.api.codec.Tag;
import java.time.Instant;

/**
 * A storm front on its way over the city: when it reached each airport.
 *
 * @param newark the hour at EWR
 * @param laGuardia the hour at LGA
 * @param kennedy the hour at JFK
 */
record Front(
        @Tag(1) Instant newark,
        @Tag(2) Instant laGuardia,
        @Tag(3) Instant kennedy) {}
