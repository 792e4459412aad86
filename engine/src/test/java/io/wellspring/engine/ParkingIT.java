package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys are parked, survive whatever becomes of the engine, and go on when they are released or dropped. */
class ParkingIT {
    @TempDir
    Path directory;

    private final Mendable behaviour = new Mendable();

    @Test
    void aParkedKeyStaysParkedThroughRestartAndReplayAndIsReleasedInOrder() throws Exception {
        try (Lab lab = lab(2)) {
            Stage<String, Long, Accounts.Event, Accounts.Balance> stage = stage(lab);
            lab.add(lab.commands, "a", 10, Accounts.POISON, 20);
            lab.add(lab.commands, "b", 1, 2);
            Engine first = lab.start(pipeline(lab, stage), lab.config());
            assertThat(Lab.texts(lab.notices, 3)).isEqualTo(Map.of("a", List.of("1:10"), "b", List.of("1:1", "2:3")));
            awaitParked(first, stage, "a", 2);
            first.close();

            Engine restarted = lab.start(pipeline(lab, stage), lab.config());
            lab.add(lab.commands, "a", 30);
            awaitParked(restarted, stage, "a", 3);
            restarted.leave();

            delete(directory.resolve(lab.name));
            Engine replayed = lab.start(pipeline(lab, stage), lab.config());
            lab.add(lab.commands, "a", 40);
            lab.add(lab.commands, "b", 3);
            assertThat(Lab.texts(lab.notices, 4))
                    .isEqualTo(Map.of("a", List.of("1:10"), "b", List.of("1:1", "2:3", "3:6")));
            awaitParked(replayed, stage, "a", 4);
            assertThat(replayed.view(stage).get("a").join()).contains(new Accounts.Balance(10, 1));
            ParkedKey<String> parked = replayed.parked(stage).list().join().get(0);
            assertThat(parked.reason()).contains("poison");

            assertThat(replayed.parked(stage).release("a").join())
                    .as("it fails again")
                    .hasValueSatisfying(again -> assertThat(again.records()).isEqualTo(4));
            behaviour.mended = true;
            assertThat(replayed.parked(stage).release("a").join()).isEmpty();
            assertThat(replayed.parked(stage).list().join()).isEmpty();
            lab.add(lab.commands, "a", 50);
            assertThat(Lab.texts(lab.notices, 9).get("a"))
                    .containsExactly("1:10", "2:666676", "3:666696", "4:666726", "5:666766", "6:666816");
            assertThat(Lab.settled(parkedTopic(lab), 4)).hasSize(4);
            replayed.close();

            Engine last = lab.start(pipeline(lab, stage), lab.config());
            assertThat(last.parked(stage).list().join()).isEmpty();
            assertThat(last.view(stage).get("a").join()).contains(new Accounts.Balance(666_816, 6));
        }
    }

    @Test
    void aDroppedKeyGoesOnWithoutItsParkedRecords() throws Exception {
        try (Lab lab = lab(2)) {
            Stage<String, Long, Accounts.Event, Accounts.Balance> stage = stage(lab);
            lab.add(lab.commands, "a", 10, Accounts.POISON, 20);
            Engine engine = lab.start(pipeline(lab, stage), lab.config());
            awaitParked(engine, stage, "a", 2);
            assertThat(engine.parked(stage).drop("a").join()).isEqualTo(2);
            assertThat(engine.parked(stage).drop("a").join()).isZero();
            lab.add(lab.commands, "a", 30);
            assertThat(Lab.texts(lab.notices, 2)).isEqualTo(Map.of("a", List.of("1:10", "2:40")));
            engine.leave();

            delete(directory.resolve(lab.name));
            Engine replayed = lab.start(pipeline(lab, stage), lab.config());
            assertThat(replayed.parked(stage).list().join()).isEmpty();
            assertThat(replayed.parked(stage).release("a").join()).isEmpty();
            assertThat(replayed.view(stage).get("a").join()).contains(new Accounts.Balance(40, 2));
        }
    }

    @Test
    void aKeyIsReleasedInOrderWhileItsRecordsKeepComing() throws Exception {
        int before = 3_000;
        int during = 3_000;
        try (Lab lab = lab(2)) {
            Stage<String, Long, Accounts.Event, Accounts.Balance> stage = stage(lab);
            List<ProducerRecord<byte[], byte[]>> input = new ArrayList<>();
            input.add(Lab.command(lab.commands, "hot", Accounts.POISON, 1_000));
            add(lab, input, before);
            Lab.kafka().produce(input);
            Engine engine = lab.start(pipeline(lab, stage), lab.config());
            await().atMost(Lab.WAIT)
                    .until(() ->
                            engine.parked(stage).list().join().stream().anyMatch(key -> key.records() >= before / 2));
            behaviour.mended = true;
            var released = engine.parked(stage).release("hot");
            List<ProducerRecord<byte[], byte[]>> more = new ArrayList<>();
            add(lab, more, during);
            for (int from = 0; from < during; from += 50) {
                Lab.kafka().produce(more.subList(from, from + 50));
            }
            assertThat(released.join()).isEmpty();

            input.addAll(more);
            assertThat(Lab.texts(lab.notices, input.size())).isEqualTo(expected(input));
            assertThat(engine.parked(stage).list().join()).isEmpty();
        }
    }

    @Test
    void everyResultIsThereOnceAndInOrderAfterProcessesWereKilledWhileTheyParkedAndReleased() throws Exception {
        int total = 6_000;
        try (Lab lab = lab(2)) {
            List<ProducerRecord<byte[], byte[]>> input = new ArrayList<>();
            for (int i = 0; i < total; i++) {
                long cents = i < 8 ? Accounts.POISON : i % 1_000;
                input.add(Lab.command(lab.commands, "k" + i % 12, cents, 1_000 + i));
            }
            Lab.kafka().produce(input);
            try (ParkingProcess process = ParkingProcess.start(lab, false)) {
                awaitProgress(process, parkedTopic(lab), 1_000);
                process.kill();
            }
            for (int kill = 0; kill < 2; kill++) {
                long before = written(lab.notices.name());
                try (ParkingProcess process = ParkingProcess.start(lab, true)) {
                    awaitProgress(process, lab.notices.name(), before + 1_500);
                    process.kill();
                }
                assertThat(written(lab.notices.name())).as("work left").isLessThan(total);
            }

            behaviour.mended = true;
            Stage<String, Long, Accounts.Event, Accounts.Balance> stage = stage(lab);
            Engine engine = lab.start(pipeline(lab, stage), lab.config());
            await().atMost(Lab.WAIT).until(() -> {
                for (ParkedKey<String> key : engine.parked(stage).list().join()) {
                    assertThat(engine.parked(stage).release(key.key()).join()).isEmpty();
                }
                return written(lab.notices.name()) >= total
                        && engine.parked(stage).list().join().isEmpty();
            });
            assertThat(Lab.texts(lab.notices, total)).isEqualTo(expected(input));
        }
    }

    private void awaitProgress(ParkingProcess process, String topic, long records) throws IOException {
        await().atMost(Lab.WAIT)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !process.isAlive() || written(topic) >= records);
        assertThat(process.isAlive())
                .as(Files.readString(directory.resolve("child.log"), UTF_8))
                .isTrue();
    }

    /** Records and markers. */
    private static long written(String topic) {
        return Lab.kafka().endOffsets(topic).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Test
    void aReleaseThatMissesRecordsSaysSoAndTheKeyCanStillBeDropped() throws Exception {
        try (Lab lab = lab(1);
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", Lab.kafka().bootstrapServers()))) {
            Stage<String, Long, Accounts.Event, Accounts.Balance> stage = stage(lab);
            lab.add(lab.commands, "a", Accounts.POISON, 20);
            Engine engine = lab.start(pipeline(lab, stage), lab.config());
            awaitParked(engine, stage, "a", 2);
            admin.deleteRecords(Map.of(new TopicPartition(parkedTopic(lab), 0), RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get();
            behaviour.mended = true;
            assertThatThrownBy(() -> engine.parked(stage).release("a").join())
                    .hasCauseInstanceOf(CorruptException.class)
                    .hasMessageContainingAll("Parked record 1 of 2", parkedTopic(lab), "drop");
            awaitParked(engine, stage, "a", 2);
            assertThat(engine.parked(stage).drop("a").join()).isEqualTo(2);
            lab.add(lab.commands, "a", 30);
            assertThat(Lab.texts(lab.notices, 1)).isEqualTo(Map.of("a", List.of("1:30")));
        }
    }

    @Test
    void aParkedTopicThatDoesNotFitAndAStageThatParksNothingAreRefused() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            Lab.kafka().createTopic(parkedTopic(lab), 3);
            assertThatThrownBy(() -> lab.startOnly(pipeline(lab, stage(lab)), lab.config()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContainingAll(parkedTopic(lab), "3 partitions", "have 2");
            Engine engine = lab.start(lab.ledger(), lab.config());
            assertThatThrownBy(() -> engine.parked(Accounts.STAGE))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("does not park keys");
        }
    }

    private Lab lab(int partitions) {
        Lab lab = new Lab(directory).withTopics(partitions);
        Lab.kafka().createTopic(parkedTopic(lab), partitions);
        return lab;
    }

    private static String parkedTopic(Lab lab) {
        return lab.name + "-parked";
    }

    private Stage<String, Long, Accounts.Event, Accounts.Balance> stage(Lab lab) {
        return stage(lab.name, behaviour);
    }

    static Stage<String, Long, Accounts.Event, Accounts.Balance> stage(String name, Mendable behaviour) {
        return Stage.of(
                        "accounts",
                        behaviour,
                        Codecs.records(Accounts.Event.class),
                        Codecs.records(Accounts.Balance.class))
                .onError(Policy.parkKey(name + "-parked"));
    }

    private static Pipeline pipeline(Lab lab, Stage<String, Long, Accounts.Event, Accounts.Balance> stage) {
        return pipeline(lab.name, lab.commands, lab.notices, stage);
    }

    static Pipeline pipeline(
            String name,
            Topic<String, Long> commands,
            Topic<String, String> notices,
            Stage<String, Long, Accounts.Event, Accounts.Balance> stage) {
        return Pipeline.named(
                name, p -> p.from(commands).stage(stage).out(Accounts.NOTICES).to(notices));
    }

    private static void awaitParked(
            Engine engine, Stage<String, Long, Accounts.Event, Accounts.Balance> stage, String key, long records) {
        await().atMost(Lab.WAIT)
                .untilAsserted(() -> assertThat(engine.parked(stage).list().join())
                        .extracting(ParkedKey::key, ParkedKey::records)
                        .containsExactly(tuple(key, records)));
    }

    /** Each second one of the hot key, the others of keys of both partitions. */
    private static void add(Lab lab, List<ProducerRecord<byte[], byte[]>> input, int count) {
        for (int i = 0; i < count; i++) {
            input.add(Lab.command(lab.commands, i % 2 == 0 ? "hot" : "k" + i % 14, i % 1_000, 1_000));
        }
    }

    private static Map<String, List<String>> expected(List<ProducerRecord<byte[], byte[]>> input) {
        Map<String, List<String>> notices = new TreeMap<>();
        Map<String, Long> cents = new TreeMap<>();
        for (ProducerRecord<byte[], byte[]> each : input) {
            String key = new String(each.key(), UTF_8);
            long now = cents.merge(key, Codecs.int64().decode(each.value()), Long::sum);
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

    /** The accounts, which take the poison too once they are mended. */
    static final class Mendable implements EventSourced<String, Long, Accounts.Event, Accounts.Balance> {
        private final Accounts accounts = new Accounts();
        volatile boolean mended;
        volatile long nanosPerRecord;

        @Override
        public Accounts.Balance initial(String key) {
            return accounts.initial(key);
        }

        @Override
        public Effect<Accounts.Event, Accounts.Balance> decide(
                Accounts.Balance balance, Long cents, Context<String> context) {
            if (nanosPerRecord > 0) {
                LockSupport.parkNanos(nanosPerRecord);
            }
            return mended && cents == Accounts.POISON
                    ? persist(new Accounts.Event.Added(cents))
                            .emit(Accounts.NOTICES, after -> after.changes() + ":" + after.cents())
                    : accounts.decide(balance, cents, context);
        }

        @Override
        public Accounts.Balance evolve(Accounts.Balance balance, Accounts.Event event) {
            return accounts.evolve(balance, event);
        }
    }
}
