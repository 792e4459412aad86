package io.wellspring.examples.weather;

import io.wellspring.api.KeyedStream;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.codec.Codecs;
import io.wellspring.cep.Cep;
import io.wellspring.cep.Pattern;
import io.wellspring.cep.Step;
import java.time.Duration;

/** Fronts: a strong gust at Newark, then at La Guardia, then at Kennedy, each with whatever between, within some hours. */
final class WeatherPipeline {
    private WeatherPipeline() {}

    static Pipeline over(WeatherTopics topics, Header header, double gustMph, Duration window) {
        return Pipeline.named(name(topics), p -> {
            // Of observations of one hour, the topic declared first comes first.
            var newark = observations(p, topics, Airport.EWR, header);
            var laGuardia = observations(p, topics, Airport.LGA, header);
            var kennedy = observations(p, topics, Airport.JFK, header);
            Cep.over(newark)
                    .and(laGuardia)
                    .and(kennedy)
                    .match("fronts", fronts(gustMph, window))
                    .to(topics.fronts());
        });
    }

    static String name(WeatherTopics topics) {
        return topics.prefix() + "weather";
    }

    private static Pattern<Front> fronts(double gustMph, Duration window) {
        Step<Observation> newark = gust("newark", Airport.EWR, gustMph);
        Step<Observation> laGuardia = gust("laguardia", Airport.LGA, gustMph);
        Step<Observation> kennedy = gust("kennedy", Airport.JFK, gustMph);
        return Pattern.begin(newark)
                .followedBy(laGuardia)
                .followedBy(kennedy)
                .within(window)
                .skipPastLastEvent()
                .select(match -> new Front(
                        match.one(newark).time(),
                        match.one(laGuardia).time(),
                        match.one(kennedy).time()));
    }

    private static Step<Observation> gust(String name, Airport airport, double gustMph) {
        return Step.of(name, Observation.class)
                .where(observed -> observed.origin().equals(airport.name()) && observed.gustsAtLeast(gustMph));
    }

    private static KeyedStream<String, Observation> observations(
            Pipeline.Builder p, WeatherTopics topics, Airport airport, Header header) {
        return p.from(
                        topics.observations(airport, header),
                        options ->
                                options.eventTime(Observation::time).onError(Policy.deadLetter(topics.malformedName())))
                .withCodec(Codecs.records(Observation.class));
    }
}
