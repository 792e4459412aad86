package io.wellspring.testkit.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary directory that goes with its content when it is closed. */
record ScratchDirectory(Path path) implements AutoCloseable {
    static ScratchDirectory create() {
        try {
            return new ScratchDirectory(Files.createTempDirectory("wellspring-pipeline-test-"));
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary directory for the engine's state could not be made: " + e, e);
        }
    }

    /** Deletes it; does nothing when it is gone. */
    @Override
    public void close() {
        if (Files.notExists(path)) {
            return;
        }
        try (Stream<Path> content = Files.walk(path)) {
            for (Path each : content.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the engine's state in " + path + " could not be deleted: " + e, e);
        }
    }
}
