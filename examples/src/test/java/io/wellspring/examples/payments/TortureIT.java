package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Less than a minute of faults; the command itself prints the seed and, where something is wrong, every fault. */
class TortureIT {
    @TempDir
    private Path directory;

    @Test
    void everyResultIsThereExactlyOnceWhateverIsKilledOrStalled() throws IOException {
        assumeThat(Signals.available()).as("a shell that sends SIGSTOP").isTrue();
        Path report = directory.resolve("report.md");

        int status = new CommandLine(new TortureCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    throw failure;
                })
                .execute(
                        "--minutes",
                        "0.75",
                        "--engines",
                        "2",
                        "--seed",
                        "882",
                        "--records-per-second",
                        "300",
                        "--accounts",
                        "200",
                        "--report",
                        report.toString());

        assertThat(status).isZero();
        assertThat(Files.readString(report))
                .contains("every result exactly once", "--seed 882 ")
                .containsPattern("\\| [1-9]\\d* \\| \\d+ \\| engine killed");
    }
}
