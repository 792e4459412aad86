package io.wellspring.examples.weather;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks the checker that {@link WeatherIT} compares the program with. */
class FrontSearchTest {
    private final List<String> lines = new ArrayList<>(List.of("origin,wind_gust,time_hour"));

    @Test
    void aFrontMayPassWithinOneHour() {
        row("JFK", "40", 6);
        row("LGA", "40", 6);
        row("EWR", "40", 6);

        assertThat(fronts()).containsExactly(front(6, 6, 6));
    }

    @Test
    void theWindowIsStrict() {
        row("EWR", "40", 6);
        row("LGA", "40", 7);
        row("JFK", "40", 9);
        assertThat(fronts()).isEmpty();

        row("EWR", "40", 12);
        row("LGA", "40", 12);
        row("JFK", "40", 14);
        assertThat(fronts()).containsExactly(front(12, 12, 14));
    }

    @Test
    void theEarliestStartIsReportedAndNothingOfAFrontIsUsedAgain() {
        row("EWR", "40", 6);
        row("EWR", "40", 7);
        row("LGA", "40", 7);
        row("JFK", "40", 8);
        row("JFK", "40", 9);

        assertThat(fronts()).containsExactly(front(6, 7, 8));
    }

    @Test
    void weakAndMissingGustsAndAnotherOrderAreNoFront() {
        row("EWR", "34.9", 6);
        row("EWR", "NA", 6);
        row("LGA", "40", 6);
        row("JFK", "40", 6);
        row("EWR", "40", 7);

        assertThat(fronts()).isEmpty();
    }

    private void row(String origin, String gust, int hour) {
        lines.add(origin + "," + gust + "," + at(hour));
    }

    private List<Front> fronts() {
        return FrontSearch.in(lines, 35, Duration.ofHours(3));
    }

    private static Front front(int newark, int laGuardia, int kennedy) {
        return new Front(at(newark), at(laGuardia), at(kennedy));
    }

    private static Instant at(int hour) {
        return Instant.parse("2013-01-01T00:00:00Z").plus(Duration.ofHours(hour));
    }
}
