package io.wellspring.examples.weather;

import io.wellspring.api.codec.Tag;
import java.time.Instant;
import java.util.Optional;

/**
 * What a row says about one airport at one hour.
 *
 * @param origin the airport
 * @param time the hour
 * @param gustMph the strongest gust; empty where none was measured
 */
record Observation(
        @Tag(1) String origin, @Tag(2) Instant time, @Tag(3) Optional<Double> gustMph) {
    boolean gustsAtLeast(double mph) {
        return gustMph.filter(measured -> measured >= mph).isPresent();
    }
}
