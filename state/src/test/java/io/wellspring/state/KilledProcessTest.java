package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledProcessTest {
    @TempDir
    Path root;

    @Test
    void refusesADirectoryOfALivingProcessAndTakesItOverWhenThatIsKilled() throws IOException {
        try (var other = OtherProcess.run(SnapshotsUntilKilled.class, root)) {
            other.awaitLine("written");
            assertThatThrownBy(() -> StateDirectory.open(root, "payments"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("in use by process " + other.pid() + " on host ")
                    .hasMessageContaining(" since 20")
                    .hasMessageContaining("give this one a directory of its own");
            other.kill();
            StateDirectory.open(root, "payments").close();
        }
    }

    @Test
    void findsWholeSnapshotsAfterKillsInTheMiddleOfWriting() throws IOException {
        int before = 0;
        for (int kill = 0; kill < 3; kill++) {
            int written;
            try (var other = OtherProcess.run(SnapshotsUntilKilled.class, root)) {
                other.awaitLine("written 1");
                written = numberIn(other.awaitLine("written " + (20 + 10 * kill)));
                other.kill();
            }
            before = assertOneWholeSnapshotFrom(written);
        }
        assertThat(before).isPositive();
    }

    @Test
    void leavesOneCopyOfTheNativeCodeForTheNextProcess() throws IOException {
        runUntilKilled();
        Path copy = copyOfNativeCode();
        Object file = Files.readAttributes(copy, BasicFileAttributes.class).fileKey();
        FileTime written = Files.getLastModifiedTime(copy);

        runUntilKilled();

        assertThat(copyOfNativeCode()).isEqualTo(copy);
        assertThat(Files.readAttributes(copy, BasicFileAttributes.class).fileKey())
                .isEqualTo(file);
        assertThat(Files.getLastModifiedTime(copy)).as("not unpacked anew").isEqualTo(written);
    }

    @Test
    void replacesACopyOfTheNativeCodeThatIsNotWhole() throws IOException {
        runUntilKilled();
        Path copy = copyOfNativeCode();
        long whole = Files.size(copy);
        Path stranger = Files.createDirectories(copy.getParent().resolveSibling("another-version"));
        Files.write(stranger.resolve("library"), new byte[7]);
        try (FileChannel cut = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            cut.truncate(whole / 2);
        }

        runUntilKilled();

        assertThat(copyOfNativeCode()).isEqualTo(copy).hasSize(whole);
    }

    private void runUntilKilled() throws IOException {
        try (var other = OtherProcess.run(SnapshotsUntilKilled.class, root)) {
            other.awaitLine("written 1");
        }
    }

    /** The only one. */
    private Path copyOfNativeCode() throws IOException {
        try (Stream<Path> below = Files.walk(root.resolve("payments").resolve("native"))) {
            List<Path> files = below.filter(Files::isRegularFile).toList();
            assertThat(files).hasSize(1);
            return files.get(0);
        }
    }

    private int assertOneWholeSnapshotFrom(int atLeast) {
        try (var directory = StateDirectory.open(root, "payments");
                var store = directory.task(SnapshotsUntilKilled.TASK)) {
            long marked =
                    store.mark().orElseThrow().journal("ledger").orElseThrow().position();
            Set<Integer> keys = new HashSet<>();
            Set<Integer> numbers = new HashSet<>();
            store.forEach("ledger", (key, value) -> {
                keys.add(ByteBuffer.wrap(key).getInt());
                numbers.add(ByteBuffer.wrap(value).getInt());
            });
            assertThat(keys).hasSize(SnapshotsUntilKilled.ROWS);
            assertThat(numbers).containsExactly((int) marked);
            assertThat(marked).as("what was written before the kill is there").isGreaterThanOrEqualTo(atLeast);
            return (int) marked;
        }
    }

    private static int numberIn(String line) {
        return Integer.parseInt(line.substring("written ".length()));
    }
}
