package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.error.FencedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state directory that was copied to where a second engine runs (windows 28 and 42 of the failure page). */
class NamesakesIT {
    @TempDir
    Path directory;

    @Test
    void oneOfTwoEnginesWithOneIdentityStopsAndNothingIsLostOrDoubled() throws Exception {
        Path copied = directory.resolve("copy");
        try (Lab lab = new Lab(directory.resolve("original")).withTopics(2)) {
            List<String> expected = new ArrayList<>();
            command(lab, expected);
            lab.start(lab.ledger(), lab.config());
            Lab.settled(lab.notices.name(), 1);
            lab.endAll();
            copy(directory.resolve("original"), copied);
            command(lab, expected);
            Engine original = lab.start(lab.ledger(), lab.config());
            Lab.settled(lab.notices.name(), 2); // the copy's snapshot is behind now

            Engine copy = lab.startOnly(lab.ledger(), Lab.config(copied));
            await("one of them stops").atMost(Lab.WAIT).until(() -> {
                if (notices(lab) == expected.size()) {
                    command(lab, expected);
                }
                return original.failure().isPresent() || copy.failure().isPresent();
            });
            boolean originalStopped = original.failure().isPresent();
            RuntimeException end = (originalStopped ? original : copy).failure().orElseThrow();
            assertThat(end)
                    .isInstanceOf(FencedException.class)
                    .hasMessageContaining("was fenced twice within a minute: another engine runs with a copy")
                    .hasMessageContaining("-" + ProcessHandle.current().pid() + "-")
                    .hasMessageContaining("delete the copy");
            command(lab, expected);

            assertThat(Lab.texts(lab.notices, expected.size())).isEqualTo(Map.of("alice", expected));
            assertThat((originalStopped ? copy : original).failure()).isEmpty();
            assertThat(Lab.journal(lab.name, "accounts")).hasSize(expected.size());
        }
    }

    private static void command(Lab lab, List<String> expected) {
        int count = expected.size() + 1;
        expected.add(count + ":" + count);
        lab.add(lab.commands, "alice", 1);
    }

    private static int notices(Lab lab) {
        return Lab.kafka().readCommitted(lab.notices.name(), Lab.WAIT).size();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
