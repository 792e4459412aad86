package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups in a directory, written and read by engines on a broker. */
class BackupIT {
    private static final Duration WAIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void aMachineWithoutStateGoesOnFromTheBackupAlsoWhereTheJournalIsCutBehindIt() throws Exception {
        try (Lab lab = new Lab(directory.resolve("one")).withTopics(1)) {
            Engine first = lab.start(lab.ledger(), backedUp(lab.config()));
            lab.add(lab.commands, "alice", 1, 2, 3);
            lab.add(lab.orders, "bob", 4);
            assertThat(Lab.settled(lab.notices.name(), 4)).hasSize(4);
            long start = awaitBackup(lab.name, 4);
            first.leave();
            cut(new TopicPartition(lab.name + "-accounts-journal", 0), start);

            Engine second = lab.start(lab.ledger(), backedUp(Lab.config(directory.resolve("two"))));
            assertThat(second.status())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            TaskStatus.Running.class,
                            running -> assertThat(running.basis()).isEqualTo(TaskStatus.Basis.BACKUP));
            assertThat(second.view(Accounts.STAGE).get("alice").get().orElseThrow())
                    .isEqualTo(new Accounts.Balance(6, 3));
            lab.add(lab.commands, "alice", 10);
            Map<String, Long> notices = Lab.settled(lab.notices.name(), 5).stream()
                    .collect(Collectors.groupingBy(record -> new String(record.key(), UTF_8), Collectors.counting()));
            assertThat(notices).isEqualTo(Map.of("alice", 4L, "bob", 1L));
        }
    }

    private EngineConfig backedUp(EngineConfig config) {
        return config.backups(directory.resolve("shared"))
                .backupInterval(Duration.ofMillis(100))
                .snapshotInterval(Duration.ofMillis(50));
    }

    /** Waits for a backup of so many journal entries, and gives its position. */
    private long awaitBackup(String pipeline, long atLeast) {
        Path manifests =
                directory.resolve("shared").resolve(pipeline).resolve("0-0").resolve("manifests");
        return await().atMost(WAIT).until(() -> newest(manifests), position -> position >= atLeast);
    }

    private static long newest(Path manifests) throws IOException {
        if (!Files.isDirectory(manifests)) {
            return 0;
        }
        try (Stream<Path> found = Files.list(manifests)) {
            return found.map(file -> file.getFileName().toString())
                    .mapToLong(name -> Long.parseLong(name, 0, name.indexOf('-'), 10))
                    .max()
                    .orElse(0);
        }
    }

    private static void cut(TopicPartition journal, long start) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Lab.kafka().bootstrapServers()))) {
            admin.deleteRecords(Map.of(journal, RecordsToDelete.beforeOffset(start)))
                    .all()
                    .get();
        }
    }
}
