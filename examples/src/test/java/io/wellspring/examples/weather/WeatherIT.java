package io.wellspring.examples.weather;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wellspring.examples.run.Cluster;
import io.wellspring.examples.run.Terminal;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeatherIT {
    private static KafkaBroker broker;
    private static Cluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.ownJvm();
        cluster = Cluster.connect(broker.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        cluster.close();
        broker.close();
    }

    @ParameterizedTest
    @CsvSource({"35, 3", "25, 6"})
    void findsTheFrontsThatPlainLoopsFindInAYearOfRealWeather(double gustMph, int hours) throws IOException {
        Path csv = Path.of(System.getProperty("wellspring.data", "missing"), "nyc-weather-2013.csv");
        assumeTrue(Files.exists(csv), "real weather is missing: " + csv + "; set -Dwellspring.data");

        WeatherRun.Result result = run("year-" + hours + "-", csv, gustMph, hours);

        assertThat(result.fronts())
                .isNotEmpty()
                .containsExactlyElementsOf(FrontSearch.in(csv, gustMph, Duration.ofHours(hours)));
        assertThat(result.malformed()).isZero();
    }

    @Test
    void malformedRowsAreCountedAndTheOthersStillMatch() throws IOException {
        Path csv = Files.writeString(directory.resolve("weather.csv"), """
                origin,wind_gust,time_hour
                EWR,gale,2013-01-01T06:00:00Z
                EWR,40,2013-01-01T06:00:00Z
                SFO,40,2013-01-01T06:00:00Z
                EWR,40,2013-01-01T07:00:00Z
                LGA,40,2013-01-01T07:00:00Z
                LGA,40
                EWR,40,some time
                EWR,NA,2013-01-01T08:00:00Z
                JFK,40,2013-01-01T08:00:00Z
                "
                """, UTF_8);

        WeatherRun.Result result = run("malformed-", csv, 35, 3);

        assertThat(result.fronts())
                .extracting(front -> front.newark() + " " + front.laGuardia() + " " + front.kennedy())
                .containsExactly("2013-01-01T06:00:00Z 2013-01-01T07:00:00Z 2013-01-01T08:00:00Z");
        assertThat(result.malformed()).isEqualTo(5);
    }

    private WeatherRun.Result run(String prefix, Path csv, double gustMph, int hours) {
        Terminal silent = Terminal.plain(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
        return new WeatherRun(
                        cluster,
                        broker.bootstrapServers(),
                        directory.resolve(prefix + "state"),
                        new WeatherTopics(prefix),
                        silent)
                .over(WeatherFile.open(csv), gustMph, Duration.ofHours(hours));
    }
}
