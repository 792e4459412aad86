package io.wellspring.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes on the command line: all are found before a broker is started. */
class ExamplesTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private PrintStream before;

    @TempDir
    private Path directory;

    @BeforeEach
    void listen() {
        before = System.err;
        System.setErr(new PrintStream(printed, true, UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(before);
    }

    @Test
    void aMissingFileIsAMistakeOfTheCaller() {
        Path missing = directory.resolve("none.csv");

        assertThat(Examples.execute("weather", "--input", missing.toString())).isEqualTo(2);
        assertThat(printed.toString(UTF_8))
                .startsWith("weather: There is no file")
                .contains("none.csv");
    }

    @Test
    void aFileWithoutAHeaderIsAMistakeOfTheCaller() throws IOException {
        Path file = Files.writeString(directory.resolve("x.csv"), "1,2,3\n");

        assertThat(Examples.execute("weather", "--input", file.toString())).isEqualTo(2);
        assertThat(printed.toString(UTF_8)).contains("names no column origin");
    }

    @Test
    void numbersOutOfRangeAreRefusedWithTheRange() {
        assertThat(Examples.execute("payments", "--kills", "21")).isEqualTo(2);
        assertThat(printed.toString(UTF_8)).contains("--kills=21 is outside 0..20");
    }

    @Test
    void aProgramMustBeChosen() {
        assertThat(Examples.execute()).isEqualTo(2);
        assertThat(printed.toString(UTF_8))
                .contains("Choose a program")
                .contains("payments")
                .doesNotContain("payments-pipeline");
    }
}
