package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Standbys, and journals that are trimmed behind backups, with engines on a broker. */
class StandbyIT {
    private static final Duration WAIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void theStandbyOfAnEngineThatLeavesGoesOnWithoutAReplay() throws Exception {
        try (Lab lab = new Lab(directory.resolve("one")).withTopics(2)) {
            Engine first = lab.start(lab.ledger(), lab.config().standbys(1));
            Engine second =
                    lab.start(lab.ledger(), Lab.config(directory.resolve("two")).standbys(1));
            for (String key : List.of("alice", "bob", "carol", "dave")) {
                lab.add(lab.commands, key, 1, 2, 3);
            }
            assertThat(Lab.settled(lab.notices.name(), 12)).hasSize(12);
            await().atMost(WAIT).until(() -> follows(first) && follows(second));
            first.leave();
            await().atMost(WAIT)
                    .until(() -> second.status().stream()
                                    .filter(TaskStatus.Running.class::isInstance)
                                    .count()
                            == 2);

            assertThat(second.status())
                    .as("it had its own task as a standby too, while that came from the first")
                    .map(TaskStatus.Running.class::cast)
                    .allSatisfy(running -> {
                        assertThat(running.basis()).isEqualTo(TaskStatus.Basis.STANDBY);
                        assertThat(running.replayed()).isZero();
                    });
            for (String key : List.of("alice", "bob", "carol", "dave")) {
                lab.add(lab.commands, key, 4);
            }
            assertThat(Lab.settled(lab.notices.name(), 16)).hasSize(16);
            for (String key : List.of("alice", "bob", "carol", "dave")) {
                assertThat(second.view(Accounts.STAGE).get(key).get()).contains(new Accounts.Balance(10, 4));
            }
        }
    }

    @Test
    void aJournalIsTrimmedBehindBackupsAndAMachineWithoutStateGoesOn() throws Exception {
        try (Lab lab = new Lab(directory.resolve("one")).withTopics(1)) {
            Engine first = lab.start(lab.ledger(), trimming(lab.config()));
            var journal = new TopicPartition(lab.name + "-accounts-journal", 0);
            int added = 0;
            try (Admin admin =
                    Admin.create(Map.of("bootstrap.servers", Lab.kafka().bootstrapServers()))) {
                while (start(admin, journal) == 0 && added < 300) {
                    lab.add(lab.commands, "alice", 1);
                    added++;
                    assertThat(Lab.settled(lab.notices.name(), added)).hasSize(added);
                }
                assertThat(start(admin, journal)).isPositive();
            }
            first.leave();

            Engine second = lab.start(lab.ledger(), trimming(Lab.config(directory.resolve("two"))));
            assertThat(second.status())
                    .map(status -> ((TaskStatus.Running) status).basis())
                    .containsExactly(TaskStatus.Basis.BACKUP);
            assertThat(second.view(Accounts.STAGE).get("alice").get()).contains(new Accounts.Balance(added, added));
        }
    }

    private EngineConfig trimming(EngineConfig config) {
        return config.backups(directory.resolve("shared"))
                .trimJournals(true)
                .backupInterval(Duration.ofMillis(50))
                .snapshotInterval(Duration.ofMillis(20));
    }

    private static boolean follows(Engine engine) {
        return engine.status().size() == 1
                && engine.standbys().size() == 1
                && engine.standbys().get(0).lag().equals(OptionalLong.of(0))
                && engine.standbys().get(0).position() > 0;
    }

    private static long start(Admin admin, TopicPartition journal) throws Exception {
        return admin.listOffsets(Map.of(journal, OffsetSpec.earliest()))
                .partitionResult(journal)
                .get()
                .offset();
    }
}
