package io.wellspring.examples.weather;

import java.util.Arrays;
import java.util.Optional;

/** The airports, in the order in which a front from the west passes them; of observations of one hour this is the order too. */
enum Airport {
    EWR,
    LGA,
    JFK;

    static Optional<Airport> of(String origin) {
        return Arrays.stream(values())
                .filter(airport -> airport.name().equals(origin))
                .findFirst();
    }
}
