package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.codec.Codecs;
import io.wellspring.engine.TaskStatus.Basis;
import io.wellspring.engine.TaskStatus.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real JVMs, killed with SIGKILL while they work. */
class CrashIT {
    private static final long SEED = 20_260;

    @TempDir
    Path directory;

    @TempDir
    Path copies;

    @Test
    void everyResultIsThereOnceAfterAProcessWasKilledAgainAndAgain() throws Exception {
        int total = 20_000;
        try (Lab lab = new Lab(directory).withTopics(4)) {
            List<ProducerRecord<byte[], byte[]>> input = input(lab, total);
            Lab.kafka().produce(input);
            int kills = 3;
            for (int kill = 1; kill <= kills; kill++) {
                long before = notices(lab);
                try (LedgerProcess process = LedgerProcess.start(lab, Duration.ofMillis(150), 50_000)) {
                    await("progress before kill " + kill)
                            .atMost(Lab.WAIT)
                            .pollInterval(Duration.ofMillis(10))
                            .until(() -> !process.isAlive() || notices(lab) >= before + 2_000);
                    assertThat(process.isAlive()).as(log()).isTrue();
                    process.kill();
                }
                SnapshotFold.copied(directory.resolve(lab.name), copies.resolve(kill + "/" + lab.name));
                assertThat(notices(lab)).as("work left at kill %s", kill).isLessThan(total);
            }

            Engine engine = lab.start(lab.ledger(), lab.config());
            Map<String, List<String>> expected = expected(input);
            assertThat(Lab.texts(lab.notices, total)).isEqualTo(expected);
            for (var account : expected.entrySet()) {
                String last = account.getValue().get(account.getValue().size() - 1);
                assertThat(engine.view(Accounts.STAGE).get(account.getKey()).join())
                        .hasValueSatisfying(balance -> assertThat(balance.changes() + ":" + balance.cents())
                                .isEqualTo(last));
            }
            engine.close();

            List<ConsumerRecord<byte[], byte[]>> journal = Lab.journal(lab.name, "accounts");
            assertThat(journal).hasSize(total);
            int snapshots = 0;
            for (int kill = 1; kill <= kills; kill++) {
                snapshots += SnapshotFold.requireFold(copies.resolve(Integer.toString(kill)), lab.name, journal);
            }
            assertThat(snapshots).as("snapshots that the killed processes left").isPositive();
            assertThat(SnapshotFold.requireFold(directory, lab.name, journal)).isEqualTo(4);
        }
    }

    @Test
    void recoveryReplaysTheTailBehindTheSnapshotOnly() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(4)) {
            Lab.kafka().produce(input(lab, 500));
            Engine first = lab.start(lab.ledger(), lab.config());
            Lab.settled(lab.notices.name(), 500);
            first.close();
            Map<Integer, Long> positions = SnapshotFold.positions(directory, lab.name);
            assertThat(positions).hasSize(4);

            Lab.kafka().produce(input(lab, 300));
            try (LedgerProcess process = LedgerProcess.start(lab, Duration.ofDays(1), 0)) {
                Lab.settled(lab.notices.name(), 800);
                process.kill();
            }
            assertThat(SnapshotFold.positions(directory, lab.name))
                    .as("the killed process wrote no snapshot")
                    .isEqualTo(positions);

            Engine second = lab.start(lab.ledger(), lab.config());
            List<ConsumerRecord<byte[], byte[]>> journal = Lab.journal(lab.name, "accounts");
            assertThat(journal).hasSize(800);
            assertThat(second.status()).hasSize(4).allSatisfy(status -> {
                Running running = (Running) status;
                int partition = Integer.parseInt(running.task().substring(2));
                assertThat(running.basis()).isEqualTo(Basis.SNAPSHOT);
                assertThat(running.replayed())
                        .isEqualTo(journal.stream()
                                .filter(each ->
                                        each.partition() == partition && each.offset() >= positions.get(partition))
                                .count());
            });
            assertThat(replayed(second)).isEqualTo(300);
            second.leave();

            delete(directory.resolve(lab.name));
            Engine third = lab.start(lab.ledger(), lab.config());
            assertThat(third.status())
                    .hasSize(4)
                    .allSatisfy(status -> assertThat(((Running) status).basis()).isEqualTo(Basis.BEGINNING));
            assertThat(replayed(third)).isEqualTo(800);
            assertThat(Lab.settled(lab.notices.name(), 800)).hasSize(800);
        }
    }

    private static long replayed(Engine engine) {
        return engine.status().stream()
                .mapToLong(status -> ((Running) status).replayed())
                .sum();
    }

    private static long notices(Lab lab) {
        return Lab.kafka().endOffsets(lab.notices.name()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private String log() throws IOException {
        Path log = directory.resolve("child.log");
        return Files.exists(log) ? Files.readString(log, UTF_8) : "no log";
    }

    /** On two topics, each record later than the one before, so that there is one order only; some are refused by the accounts. */
    private static List<ProducerRecord<byte[], byte[]>> input(Lab lab, int count) {
        Random random = new Random(SEED);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(Lab.command(
                    random.nextBoolean() ? lab.commands : lab.orders,
                    "k" + random.nextInt(97),
                    random.nextInt(1_000) - 300,
                    1_000_000 + i));
        }
        return records;
    }

    /** What each key is told, computed without the engine. */
    private static Map<String, List<String>> expected(List<ProducerRecord<byte[], byte[]>> input) {
        Map<String, List<String>> notices = new TreeMap<>();
        Map<String, Long> cents = new TreeMap<>();
        for (ProducerRecord<byte[], byte[]> each : input) {
            String key = new String(each.key(), UTF_8);
            long now = cents.getOrDefault(key, 0L);
            long change = Codecs.int64().decode(each.value());
            now += now + change < 0 ? 0 : change;
            cents.put(key, now);
            List<String> of = notices.computeIfAbsent(key, none -> new ArrayList<>());
            of.add((of.size() + 1) + ":" + now);
        }
        return notices;
    }

    private static void delete(Path tree) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(tree)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }
}
