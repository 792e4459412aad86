package io.wellspring.examples.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Terminal terminal = Terminal.plain(new PrintStream(printed, true, UTF_8));

    @Test
    void progressIsAFewLinesHoweverOftenItIsTold() {
        try (Progress progress = terminal.progress("load", 0, 100_000, "records")) {
            for (int i = 1; i <= 100_000; i++) {
                progress.at(i);
            }
        }

        assertThat(printed.toString(UTF_8).lines())
                .hasSize(4)
                .last()
                .asString()
                .contains("100%  100,000 of 100,000 records");
    }

    @Test
    void aPhaseThatIsTakenUpDoesNotRepeatWhatWasShown() {
        try (Progress progress = terminal.progress("process", 60, 100, "records")) {
            progress.at(70);
            progress.at(80);
        }

        assertThat(printed.toString(UTF_8).lines())
                .hasSize(1)
                .first()
                .asString()
                .contains("80%");
    }

    @Test
    void anEmptyPhaseSaysNothing() {
        try (Progress progress = terminal.progress("load", 0, 0, "rows")) {
            progress.at(0);
        }

        assertThat(printed.toString(UTF_8)).isEmpty();
    }
}
