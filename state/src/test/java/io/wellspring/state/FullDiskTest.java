package io.wellspring.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FullDiskTest {
    /** A file system in memory that only the process below sees, and that goes away with it. */
    private static final List<String> ON_A_SMALL_DISK = List.of(
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o size=32m tmpfs \"$0\" || { echo unmountable; exit 1; }; exec \"$@\"");

    @TempDir
    Path root;

    @Test
    void refusesASnapshotOnAFullDiskAndGoesOnByItselfOnceThereIsRoom() throws IOException {
        assumeTrue(mayMount(), "skipped: a file system of its own cannot be mounted here (unshare, user namespaces)");
        try (var other = OtherProcess.run(ON_A_SMALL_DISK, SnapshotsOnASmallDisk.class, root)) {
            assertThat(other.awaitLine("refused"))
                    .contains("task 'payments-3'")
                    .contains("the disk is full; make room there");
            other.awaitLine("readable");
            other.awaitLine("resumed");
        }
    }

    private boolean mayMount() throws IOException {
        try (var probe = OtherProcess.run(ON_A_SMALL_DISK, List.of(root.toString(), "echo", "mountable"))) {
            return probe.awaitAnyLine().equals("mountable");
        }
    }
}
