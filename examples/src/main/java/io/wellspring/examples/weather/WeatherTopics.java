package io.wellspring.examples.weather;

import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import java.util.List;
import java.util.Locale;

/**
 * The topics of one run, keyed by region.
 *
 * @param prefix what their names begin with, empty on a broker of the run's own
 */
record WeatherTopics(String prefix) {
    static final String REGION = "NYC";

    Topic<String, Observation> observations(Airport airport, Header header) {
        return Topic.of(observationsName(airport), Codecs.utf8(), new RowCodec(header));
    }

    Topic<String, Front> fronts() {
        return Topic.of(prefix + "fronts", Codecs.utf8(), Codecs.records(Front.class));
    }

    String observationsName(Airport airport) {
        return prefix + "weather-" + airport.name().toLowerCase(Locale.ROOT);
    }

    String malformedName() {
        return prefix + "weather-malformed";
    }

    List<String> inputNames() {
        return List.of(observationsName(Airport.EWR), observationsName(Airport.LGA), observationsName(Airport.JFK));
    }

    List<String> names() {
        return List.of(
                observationsName(Airport.EWR),
                observationsName(Airport.LGA),
                observationsName(Airport.JFK),
                malformedName(),
                prefix + "fronts");
    }
}
