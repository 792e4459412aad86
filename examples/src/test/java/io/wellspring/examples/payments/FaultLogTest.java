package io.wellspring.examples.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultLogTest {
    @TempDir
    private Path directory;

    @Test
    void everyLineIsAtOnceInTheFile() throws IOException {
        Path file = directory.resolve("faults.log");
        try (FaultLog log = new FaultLog(file)) {
            log.made(new Fault(1_000, Fault.Kind.KILL, 1, 2_500));
            log.passedOver(new Fault(2_000, Fault.Kind.RESTART, 0, 100), "it is AWAY");

            assertThat(Files.readAllLines(file)).isEqualTo(log.lines()).hasSize(2);
            assertThat(log.lines().get(0))
                    .endsWith("engine 1: engine killed (SIGKILL) and started again, away for 2.5 s");
            assertThat(log.made(Fault.Kind.KILL)).isOne();
            assertThat(log.made()).isOne();
            assertThat(log.passedOver(Fault.Kind.RESTART)).isOne();
        }
    }

    @Test
    void endsThatDifferInNumbersOnlyAreOneReason() {
        try (FaultLog log = new FaultLog(directory.resolve("faults.log"))) {
            log.endedByItself("engine 0", 1, "Worker payments-3f2a9c01-0 was fenced after 12 s");
            log.endedByItself("engine 1", 1, "Worker payments-77aa01bc-1 was fenced after 9 s");

            assertThat(log.endsByThemselves()).containsOnlyKeys("Worker payments-#-# was fenced after # s");
            assertThat(log.endsByThemselves().values()).containsExactly(2);
        }
    }
}
