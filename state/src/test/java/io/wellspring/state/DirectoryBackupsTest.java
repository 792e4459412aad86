package io.wellspring.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateBackups.Backup;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBackupsTest {
    private static final String TASK = "payments-3";

    @TempDir
    Path root;

    private StateDirectory directory;
    private StateStore store;
    private Instant now = Instant.now();

    @BeforeEach
    void openStore() {
        directory = StateDirectory.open(root.resolve("state"), "payments");
        store = directory.task(TASK);
    }

    @AfterEach
    void closeStore() {
        store.close();
        directory.close();
    }

    @Test
    void copiesOnlyTheTableFilesThatAreNew() throws IOException {
        backUp(1);
        Set<String> first = names("files");
        Path table = largest();
        Object inode = Files.getAttribute(table, "unix:ino");
        backUp(2);
        assertThat(names("files")).containsAll(first).hasSizeGreaterThan(first.size());
        assertThat(Files.getAttribute(table, "unix:ino"))
                .as("not written again")
                .isEqualTo(inode);
        assertThat(directory.path().resolve("backing-up").resolve(TASK))
                .as("links to the database's files are not kept")
                .doesNotExist();
    }

    @Test
    void noticesEachKindOfDamage() throws Exception {
        Backup backup = backUp(1);
        var backups = backups();
        backups.verify(TASK, backup);
        Path table = largest();
        byte[] whole = Files.readAllBytes(table);
        byte[] flipped = whole.clone();
        flipped[whole.length / 2] ^= 4;

        refused(backup, "other content", () -> Files.write(table, flipped));
        refused(backup, "bytes and should have", () -> Files.write(table, Arrays.copyOf(whole, whole.length - 1)));
        refused(backup, "missing", () -> Files.deleteIfExists(table));

        Files.write(table, whole);
        backups.verify(TASK, backup);
    }

    private void refused(Backup backup, String why, Callable<?> damage) throws Exception {
        damage.call();
        assertThatThrownBy(() -> backups().verify(TASK, backup))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(backup.name())
                .hasMessageContaining(why);
        store.close();
        damage.call();
        assertThatThrownBy(() -> backups().restore(TASK, backup))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(why);
        store = directory.task(TASK);
        assertThat(store.mark()).as("the state that was there stays").isPresent();
        assertThat(directory.path().resolve("restoring").resolve(TASK)).doesNotExist();
    }

    @Test
    void passesOverAManifestThatWasNotWrittenToItsEnd() throws IOException {
        Backup first = backUp(1);
        Backup second = backUp(2);
        rewrite(second, text -> text.substring(0, text.length() / 2));
        assertThat(backups().list(TASK)).containsExactly(first);
    }

    @Test
    void passesOverAManifestThatWasChanged() throws IOException {
        Backup backup = backUp(1);
        rewrite(backup, text -> text.replaceFirst("file ([0-9a-f]{63}).", "file $1x"));
        assertThat(backups().list(TASK)).isEmpty();
    }

    @Test
    void neverWritesOverAManifest() throws IOException {
        Backup first = backUp(1);
        String before = Files.readString(place().resolve("manifests").resolve(first.name()));
        Backup again = backups().backUp(TASK).orElseThrow();
        assertThat(again.name()).isGreaterThan(first.name());
        assertThat(place().resolve("manifests").resolve(first.name())).hasContent(before);
        assertThat(backups().list(TASK)).containsExactly(again, first);
    }

    @Test
    void deletesNothingWithinTheGracePeriod() throws IOException {
        for (int position = 1; position <= 6; position++) {
            backUp(position);
        }
        assertThat(backups().list(TASK))
                .hasSize(6)
                .allSatisfy(backup -> backups().verify(TASK, backup));
    }

    @Test
    void keepsTheNewestFewAndTheFilesTheyName() throws IOException {
        for (int position = 1; position <= 6; position++) {
            backUp(position);
        }
        now = now.plus(Duration.ofHours(2));
        int files = names("files").size();
        backUp(7);
        assertThat(backups().list(TASK))
                .extracting(backup -> backup.mark().journals().get(0).position())
                .containsExactly(7L, 6L, 5L);
        assertThat(backups().list(TASK)).allSatisfy(backup -> backups().verify(TASK, backup));
        assertThat(names("files")).hasSizeLessThan(files);
    }

    @Test
    void keepsTheLatestAlsoWhereHigherPositionsAreThere() throws IOException {
        for (int position : new int[] {101, 102, 103, 1, 2, 3}) {
            backUp(position);
        }
        now = now.plus(Duration.ofHours(2));
        backUp(4);
        assertThat(backups().list(TASK))
                .extracting(backup -> backup.mark().journals().get(0).position())
                .containsExactly(103L, 102L, 101L, 4L, 3L, 2L);
    }

    @Test
    void deletesNoFilesWhileAManifestCannotBeRead() throws IOException {
        backUp(1);
        Files.writeString(
                place().resolve("manifests").resolve("00000000000000000000-0000000009"), "wellspring-backup 2\n");
        for (int position = 2; position <= 6; position++) {
            backUp(position);
        }
        now = now.plus(Duration.ofHours(2));
        Set<String> files = names("files");
        backUp(7);
        assertThat(names("files")).containsAll(files);
    }

    /** A writer that dies in the middle of a manifest would keep all files for ever otherwise. */
    @Test
    void deletesManifestsThatWereNotWrittenToTheirEndOnceTheyAreOld() throws IOException {
        Backup first = backUp(1);
        Path manifests = place().resolve("manifests");
        String whole = Files.readString(manifests.resolve(first.name()));
        Files.writeString(manifests.resolve("00000000000000000000-0000000007"), "");
        Files.writeString(manifests.resolve("00000000000000000000-0000000008"), whole.substring(0, 10));
        Files.writeString(manifests.resolve("00000000000000000000-0000000009"), whole.substring(0, whole.length() - 1));
        for (int position = 2; position <= 6; position++) {
            backUp(position);
        }
        assertThat(names("manifests")).as("they may be under way").hasSize(9);
        now = now.plus(Duration.ofHours(2));
        int files = names("files").size();
        backUp(7);
        assertThat(names("manifests")).hasSize(3);
        assertThat(names("files")).hasSizeLessThan(files);
    }

    /** Whoever changed it may put it back, and the files that it names are there. */
    @Test
    void keepsAManifestThatIsWrittenToItsEndAndChanged() throws IOException {
        Backup first = backUp(1);
        rewrite(first, text -> text.replaceFirst("end .", "end " + (text.contains("end 0") ? "1" : "0")));
        for (int position = 2; position <= 7; position++) {
            backUp(position);
        }
        now = now.plus(Duration.ofHours(2));
        backUp(8);
        assertThat(names("manifests")).contains(first.name());
    }

    @Test
    void restoresATaskWhileAnotherOneIsBeingBackedUp() throws Exception {
        Backup backup = backUp(1);
        var other = directory.task("payments-4");
        other.write(List.of(row("bob", 1)), Marks.at(1));
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var held = new DirectoryBackups(directory, root.resolve("shared").resolve("payments"), new Clock() {
            @Override
            public Instant instant() {
                begun.countDown();
                try {
                    assertThat(goOn.await(1, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return now;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        });
        var threads = Executors.newFixedThreadPool(2);
        try {
            var backingUp = threads.submit(() -> held.backUp("payments-4"));
            begun.await();
            store.close();
            threads.submit(() -> held.restore(TASK, backup)).get(30, TimeUnit.SECONDS);
            assertThat(backingUp.isDone()).isFalse();
            goOn.countDown();
            assertThat(backingUp.get(30, TimeUnit.SECONDS)).isPresent();
        } finally {
            goOn.countDown();
            threads.shutdownNow();
            other.close();
        }
    }

    @Test
    void writesARottenFileAnewOnceItWasFound() throws IOException {
        Backup first = backUp(1);
        Path rotten = largest();
        byte[] content = Files.readAllBytes(rotten);
        content[content.length / 2] ^= 1;
        Files.write(rotten, content);
        assertThatThrownBy(() -> backups().verify(TASK, first)).isInstanceOf(CorruptException.class);
        Backup second = backups().backUp(TASK).orElseThrow();
        backups().verify(TASK, second);
        backups().verify(TASK, first);
    }

    @Test
    void saysWhereTheDirectoryCannotBeWritten() throws IOException {
        Files.writeString(root.resolve("shared"), "a file in its place");
        store.write(List.of(row("alice", 1)), Marks.at(1));
        assertThatThrownBy(() -> backups().backUp(TASK))
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining(root.resolve("shared").toString());
        assertThatThrownBy(() -> backups().list(TASK)).isInstanceOf(RetryableException.class);
    }

    private Backup backUp(int position) {
        store.write(List.of(row("alice", position), row("key " + position, position)), Marks.at(position));
        return backups().backUp(TASK).orElseThrow();
    }

    private static Row row(String key, int value) {
        return new Row("ledger", key.getBytes(UTF_8), Integer.toString(value).getBytes(UTF_8));
    }

    private DirectoryBackups backups() {
        return new DirectoryBackups(
                directory, root.resolve("shared").resolve("payments"), Clock.fixed(now, ZoneOffset.UTC));
    }

    private Path place() {
        return root.resolve("shared").resolve("payments").resolve(TASK);
    }

    private Set<String> names(String below) throws IOException {
        try (Stream<Path> files = Files.list(place().resolve(below))) {
            var names = new TreeSet<String>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    private Path largest() throws IOException {
        Path largest = null;
        for (String name : names("files")) {
            Path file = place().resolve("files").resolve(name);
            if (largest == null || Files.size(file) > Files.size(largest)) {
                largest = file;
            }
        }
        return largest;
    }

    private void rewrite(Backup backup, UnaryOperator<String> change) throws IOException {
        Path manifest = place().resolve("manifests").resolve(backup.name());
        Files.writeString(manifest, change.apply(Files.readString(manifest)));
    }
}
