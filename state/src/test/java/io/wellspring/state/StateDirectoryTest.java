package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path root;

    @Test
    void keepsItsIdentityButNotItsNonceOverRestarts() {
        String instanceId;
        String startNonce;
        try (var directory = open("payments")) {
            instanceId = directory.instanceId();
            startNonce = directory.startNonce();
        }
        try (var directory = open("payments")) {
            assertThat(directory.instanceId()).isEqualTo(instanceId);
            assertThat(directory.startNonce()).isNotEqualTo(startNonce);
        }
        try (var directory = open("orders")) {
            assertThat(directory.instanceId()).isNotEqualTo(instanceId);
        }
    }

    @Test
    void refusesToBeOpenedTwiceInOneProcessAlsoThroughAnotherName() throws IOException {
        try (var directory = open("payments")) {
            assertThat(directory.path()).isEqualTo(root.resolve("payments"));
            assertThatThrownBy(() -> open("payments"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("since 2026-11-22T12:00:00Z");
            Path link = Files.createSymbolicLink(root.resolve("link"), root);
            assertThatThrownBy(() -> StateDirectory.open(link, "payments")).isInstanceOf(ConfigException.class);
        }
        open("payments").close();
    }

    @Test
    void staysLockedForOtherProcessesAfterThisOneWasRefused() throws IOException {
        try (var directory = open("payments")) {
            assertThatThrownBy(() -> open("payments")).isInstanceOf(ConfigException.class);
            try (var other = OtherProcess.run(SnapshotsUntilKilled.class, root)) {
                assertThat(other.awaitLine("Exception in thread"))
                        .contains(ConfigException.class.getName())
                        .contains("in use by process " + ProcessHandle.current().pid());
            }
            assertThat(directory.knownTasks()).isEmpty();
        }
    }

    @Test
    void refusesTheDirectoryOfAnotherPipelineAndNamesBoth() throws IOException {
        open("payments").close();
        Files.move(root.resolve("payments"), root.resolve("orders"));
        assertThatThrownBy(() -> open("orders"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("belongs to pipeline 'payments'")
                .hasMessageContaining("not to 'orders'")
                .hasMessageContaining("a directory of its own");
        // What is refused is not held.
        Files.move(root.resolve("orders"), root.resolve("payments"));
        open("payments").close();
    }

    @Test
    void refusesAnotherFormatAndNamesBoth() throws IOException {
        changeIdentity("format=1", "format=9");
        assertThatThrownBy(() -> open("payments"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("has format 9")
                .hasMessageContaining("format 1");
    }

    @Test
    void refusesADamagedIdentity() throws IOException {
        changeIdentity("instance=", "nothing=");
        assertThatThrownBy(() -> open("payments"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("damaged")
                .hasMessageContaining("'instance'");
    }

    private void changeIdentity(String from, String to) throws IOException {
        open("payments").close();
        Path identity = root.resolve("payments").resolve("identity");
        String text = Files.readString(identity);
        assertThat(text).contains(from);
        Files.writeString(identity, text.replace(from, to));
    }

    @Test
    void refusesARootThatIsAFile() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        assertThatThrownBy(() -> StateDirectory.open(file, "payments")).satisfies(StateDirectoryTest::namesTheWayOut);
    }

    @Test
    void refusesARootThatNobodyMayWrite() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "skipped: there is no /proc here");
        assertThatThrownBy(() -> StateDirectory.open(Path.of("/proc"), "payments"))
                .satisfies(StateDirectoryTest::namesTheWayOut);
    }

    @Test
    void refusesARootThatThisUserMayNotWrite() throws IOException {
        Path readOnly = Files.createDirectory(root.resolve("read-only"));
        assumeTrue(
                readOnly.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "skipped: no POSIX permissions here");
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeFalse(Files.isWritable(readOnly), "skipped: this user may write everywhere");
        assertThatThrownBy(() -> StateDirectory.open(readOnly, "payments"))
                .satisfies(StateDirectoryTest::namesTheWayOut);
    }

    private static void namesTheWayOut(Throwable thrown) {
        assertThat(thrown)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("payments cannot be created, read or written")
                .hasMessageContaining("name a directory that this user may write");
    }

    @Test
    void refusesNamesThatLeaveTheDirectory() {
        for (String name : List.of("..", "a/b", "", "-x", "a\\b", "a b")) {
            assertThatThrownBy(() -> open(name))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("pipeline");
        }
        try (var directory = open("payments")) {
            assertThatThrownBy(() -> directory.task("../x"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("task");
            assertThatThrownBy(() -> directory.discard("../x")).isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void remembersIdsInOrderOverRestarts() {
        try (var directory = open("payments")) {
            assertThat(directory.rememberedIds()).isEmpty();
            directory.remember("payments-a-1");
            directory.remember("payments-a-0");
            directory.remember("payments-a-1");
            assertThat(directory.rememberedIds()).containsExactly("payments-a-1", "payments-a-0");
        }
        try (var directory = open("payments")) {
            assertThat(directory.rememberedIds()).containsExactly("payments-a-1", "payments-a-0");
            assertThatThrownBy(() -> directory.remember("two\nlines")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void opensATaskOnlyOnceAtATime() {
        try (var directory = open("payments")) {
            var store = directory.task("payments-3");
            assertThatThrownBy(() -> directory.task("payments-3"))
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("open already");
            assertThatThrownBy(() -> directory.discard("payments-3")).isInstanceOf(RetryableException.class);
            store.close();
            directory.task("payments-3");
            assertThat(directory.knownTasks()).containsExactly("payments-3");
        }
    }

    @Test
    void opensManyTasksInParallel() {
        try (var directory = open("payments")) {
            List<StateStore> stores = IntStream.range(0, 40)
                    .parallel()
                    .mapToObj(number -> directory.task("payments-" + number))
                    .toList();
            stores.parallelStream().forEach(store -> store.write(List.of(), Marks.at(1)));
            assertThat(directory.knownTasks()).hasSize(40);
        }
    }

    @Test
    void keepsOnlyTheLastStateThatWasDiscarded() throws IOException {
        try (var directory = open("payments")) {
            assertThat(directory.discard("payments-3")).isEmpty();
            for (int generation = 1; generation <= 2; generation++) {
                try (var store = directory.task("payments-3")) {
                    assertThat(store.mark()).isEmpty();
                    store.write(List.of(), Marks.at(generation));
                }
                assertThat(directory.discard("payments-3")).isPresent();
            }
            Path kept = directory.path().resolve("corrupt-payments-3");
            Files.move(kept, directory.path().resolve("tasks").resolve("kept"));
            try (var store = directory.task("kept")) {
                assertThat(store.mark()).contains(Marks.at(2));
            }
        }
    }

    /** They hold links to tables, and their task may never come back to this machine. */
    @Test
    void deletesWhatAProcessThatDiedWasCopying() throws IOException {
        Path left = root.resolve("payments/backing-up/0-1/000007.sst");
        Path half = root.resolve("payments/restoring/0-2/000008.sst");
        for (Path file : List.of(left, half)) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "a table");
        }
        try (var state = open("payments")) {
            assertThat(state.knownTasks()).isEmpty();
            assertThat(left).doesNotExist();
            assertThat(half).doesNotExist();
        }
    }

    @Test
    void closesWhatIsOpenAndRefusesEverythingAfterwards() {
        var directory = open("payments");
        var store = directory.task("payments-3");
        directory.close();
        directory.close();
        store.close();
        assertThatThrownBy(store::mark)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> directory.task("payments-4")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> directory.remember("id")).isInstanceOf(IllegalStateException.class);
        open("payments").close();
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertThatThrownBy(() -> new StateOptions(1 << 20, 1 << 20, 32, 2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("blockCacheBytes=1048576");
        assertThatThrownBy(() -> new StateOptions(8 << 20, 1024, 32, 2)).hasMessageContaining("writeBufferBytes=1024");
        assertThatThrownBy(() -> new StateOptions(8 << 20, 1 << 20, 3, 2)).hasMessageContaining("openFilesPerTask=3");
        assertThatThrownBy(() -> new StateOptions(8 << 20, 1 << 20, 32, 0)).hasMessageContaining("backgroundThreads=0");
    }

    private StateDirectory open(String pipeline) {
        return StateDirectory.open(root, pipeline, StateOptions.defaults(), NOON);
    }
}
