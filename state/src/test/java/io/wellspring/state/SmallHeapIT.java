package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallHeapIT {
    @TempDir
    private Path root;

    @Test
    void aMillionKeysAreFoldedInAHeapOf64Megabytes() throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ManyKeysInASmallHeap.class.getName(),
                root.toString());
        try (var other = OtherProcess.run(List.of(), command)) {
            String estimate = other.awaitLine("estimate ");
            assertThat(Integer.parseInt(estimate.substring("estimate ".length())))
                    .as("the estimate in percent of the heap")
                    .isBetween(70, 200);
            assertThat(other.awaitLine("done "))
                    .isEqualTo("done " + ManyKeysInASmallHeap.KEYS + " " + ManyKeysInASmallHeap.KEYS);
        }
    }
}
