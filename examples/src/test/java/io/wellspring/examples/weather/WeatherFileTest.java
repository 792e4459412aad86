package io.wellspring.examples.weather;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.examples.run.UsageException;
import io.wellspring.examples.weather.WeatherFile.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeatherFileTest {
    @TempDir
    private Path directory;

    @Test
    void linesGoToTheAirportTheyNameAndTheirBytesStayAsTheyAre() throws IOException {
        String text = "time_hour,origin,wind_gust\r\n2013-01-01T06:00:00Z,LGA,NA\r\n\r\n\"broken\nx,SFO,ü\n";
        Path path = write(text.getBytes(ISO_8859_1));

        assertThat(lines(path))
                .extracting(Line::airport)
                .containsExactly(Optional.of(Airport.LGA), Optional.empty(), Optional.empty());
        assertThat(lines(path).get(2).bytes()).isEqualTo("x,SFO,ü".getBytes(ISO_8859_1));
    }

    @Test
    void columnsAreFoundByNameAndAByteOrderMarkIsNoPartOfOne() throws IOException {
        Path path = write("\uFEFForigin,time_hour,wind_gust\n".getBytes(UTF_8));

        Header header = WeatherFile.open(path).header();

        assertThat(header).isEqualTo(new Header(List.of("origin", "time_hour", "wind_gust"), 0, 2, 1));
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> WeatherFile.open(directory.resolve("nothing.csv")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("nothing.csv");
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        Path path = write(new byte[0]);

        assertThatThrownBy(() -> WeatherFile.open(path))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void aFirstLineThatIsNoHeaderIsRefusedWithTheMissingColumn() throws IOException {
        Path path = write("EWR,2013,1\n".getBytes(UTF_8));

        assertThatThrownBy(() -> WeatherFile.open(path))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("origin")
                .hasMessageContaining("EWR");
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(directory.resolve("weather.csv"), content);
    }

    private static List<Line> lines(Path path) {
        try (Stream<Line> lines = WeatherFile.open(path).lines()) {
            return lines.toList();
        }
    }
}
