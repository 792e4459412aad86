package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.engine.TaskStatus.Failed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit is refused with what, where and the remedy, and what was committed stands. */
class RefusalIT {
    @TempDir
    Path directory;

    @Test
    void aMissingSourceIsNamedAndNothingIsCreated() throws Exception {
        try (Lab lab = new Lab(directory)) {
            Lab.kafka().createTopic(lab.notices.name(), 2);
            Lab.kafka().createTopic(lab.commands.name(), 2);

            assertThatThrownBy(() -> lab.startOnly(lab.ledger(), lab.config()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(lab.orders.name())
                    .hasMessageNotContaining(lab.commands.name())
                    .hasMessageContaining("create them");
            assertThat(topics()).contains(lab.commands.name()).doesNotContain(lab.name + "-accounts-journal");
            assertThat(directory.resolve(lab.name)).doesNotExist();
        }
    }

    @Test
    void sourcesThatMeetNeedTheSamePartitionsAndNothingIsCreatedBefore() throws Exception {
        try (Lab lab = new Lab(directory)) {
            Lab.kafka().createTopic(lab.notices.name(), 2);
            Lab.kafka().createTopic(lab.commands.name(), 2);
            Lab.kafka().createTopic(lab.orders.name(), 3);
            Topic<String, Long> fine = Topic.of(lab.name + "-fine", Codecs.utf8(), Codecs.int64());
            Lab.kafka().createTopic(fine.name(), 2);
            Stage<String, Long, Long, Long> other = Stage.of("other", new Sum(), Codecs.int64(), Codecs.int64());
            Pipeline pipeline = Pipeline.named(lab.name, p -> {
                var unused = p.from(fine).stage(other);
                p.from(lab.commands)
                        .merge(p.from(lab.orders))
                        .stage(Accounts.STAGE)
                        .out(Accounts.NOTICES)
                        .to(lab.notices);
            });

            assertThatThrownBy(() -> lab.startOnly(pipeline, lab.config()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(lab.commands.name() + " (2 partitions)")
                    .hasMessageContaining(lab.orders.name() + " (3)")
                    .hasMessageContaining("rekey");
            assertThat(topics()).noneMatch(topic -> topic.startsWith(lab.name) && topic.endsWith("-journal"));
        }
    }

    @Test
    void aStageWhoseCodecsAreOfAnotherKindIsRefusedBeforeItWritesAnything() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "alice", 5);
            lab.start(lab.ledger(), lab.config());
            Lab.settled(lab.notices.name(), 1);
            lab.endAll();
            lab.add(lab.commands, "bob", 7);
            Stage<String, Long, Long, Long> changed = Stage.of("accounts", new Sum(), Codecs.int64(), Codecs.int64());
            Pipeline pipeline = Pipeline.named(lab.name, p -> {
                var unused = p.from(lab.commands).merge(p.from(lab.orders)).stage(changed);
            });

            Engine engine = lab.startOnly(pipeline, lab.config());

            assertThatThrownBy(() -> engine.awaitRunning(Lab.WAIT))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("keys=utf8, events=records, state=records")
                    .hasMessageContaining("keys=utf8, events=int64, state=int64")
                    .hasMessageContaining("another name");
            assertThat(Lab.journal(lab.name, "accounts")).hasSize(1);
        }
    }

    @Test
    void aStateDirectoryInUseIsRefusedAndItsUserIsNotDisturbed() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            Pipeline pipeline = lab.ledger();
            lab.start(pipeline, lab.config());

            assertThatThrownBy(() -> lab.startOnly(pipeline, lab.config()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining(directory.resolve(lab.name).toString())
                    .hasMessageContaining("directory of its own");
            lab.add(lab.commands, "a", 1, 2);
            assertThat(Lab.texts(lab.notices, 2)).isEqualTo(Map.of("a", List.of("1:1", "2:3")));
        }
    }

    @Test
    void theStateDirectoryOfAnotherPipelineIsRefused() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2);
                Lab other = new Lab(directory).withTopics(2)) {
            lab.start(lab.ledger(), lab.config()).leave();
            Files.move(directory.resolve(lab.name), directory.resolve(other.name));

            assertThatThrownBy(() -> other.startOnly(other.ledger(), other.config()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("'" + lab.name + "'")
                    .hasMessageContaining("'" + other.name + "'")
                    .hasMessageContaining(directory.resolve(other.name).toString());
        }
    }

    @Test
    void aJournalThatWasDeletedAndMadeAgainIsNotTakenForTheOldOne() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "a", 1, 2);
            ran(lab, 2);
            String journal = lab.name + "-accounts-journal";
            Lab.kafka().deleteTopic(journal);

            Engine engine = lab.startOnly(lab.ledger(), lab.config());
            assertThat(BadRecordIT.stopped(engine, "0-0"))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(journal)
                    .hasMessageContaining("deleted and made again")
                    .hasMessageContaining("Task 0-0");
            engine.leave();

            // The same without the snapshot: the offsets say how far the journal reached.
            Engine elsewhere = lab.startOnly(lab.ledger(), Lab.config(directory.resolve("elsewhere")));
            assertThat(BadRecordIT.stopped(elsewhere, "0-0"))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(journal + "-0")
                    .hasMessageContaining("lost its tail");
            assertThat(Lab.settled(lab.notices.name(), 2)).hasSize(2);
        }
    }

    @Test
    void aJournalWithOtherPartitionsThanTheSourcesIsRefused() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "a", 1);
            ran(lab, 1);
            String journal = lab.name + "-accounts-journal";
            try (Admin admin = admin()) {
                admin.createPartitions(Map.of(journal, NewPartitions.increaseTo(3)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            await().atMost(Lab.WAIT).until(() -> Lab.kafka().endOffsets(journal).size() == 3);

            assertThatThrownBy(() -> lab.startOnly(lab.ledger(), lab.config()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(journal)
                    .hasMessageContaining("3 partitions")
                    .hasMessageContaining("sources have 1");
        }
    }

    @Test
    @Timeout(20)
    void aClusterThatDoesNotAnswerIsNamedWithinTheStartTimeout() {
        try (Lab lab = new Lab(directory)) {
            EngineConfig config = Lab.config("127.0.0.1:1", directory).startTimeout(Duration.ofSeconds(2));
            assertThatThrownBy(() -> lab.startOnly(lab.ledger(), config))
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("127.0.0.1:1");
            assertThat(directory.resolve(lab.name)).doesNotExist();
        }
    }

    @Test
    void partitionsAddedWhileItRunsStopThePipelineBeforeTheirRecords() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1);
                Admin admin = admin()) {
            EngineConfig config = EngineConfig.forClient(
                            Map.of("bootstrap.servers", Lab.kafka().bootstrapServers(), "metadata.max.age.ms", 200))
                    .stateDir(directory);
            Engine engine = lab.start(lab.ledger(), config);
            lab.add(lab.commands, "a", 1);
            Lab.settled(lab.notices.name(), 1);

            admin.createPartitions(Map.of(
                            lab.commands.name(),
                            NewPartitions.increaseTo(2),
                            lab.orders.name(),
                            NewPartitions.increaseTo(2)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            await().atMost(Lab.WAIT).until(() -> engine.failure().isPresent());
            assertThat(engine.failure().orElseThrow())
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("partition 1")
                    .hasMessageContaining("which had 1 partitions")
                    .hasMessageContaining("another name");
        }
    }

    @Test
    void offsetsThatWereMovedBackAreNotProcessedAgain() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "a", 1, 2, 3);
            ran(lab, 3);
            var commands = new TopicPartition(lab.commands.name(), 0);
            try (Admin admin = admin()) {
                admin.alterConsumerGroupOffsets(lab.name, Map.of(commands, new OffsetAndMetadata(1)))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            requireRefusal(lab, directory, "moved back by hand", commands + " up to 3", "offset is 1");
            requireRefusal(lab, directory.resolve("new"), "moved back by hand", commands + "@2", "offset is 1");
            assertThat(Lab.settled(lab.notices.name(), 3)).hasSize(3);
        }
    }

    @Test
    void offsetsThatWereDeletedAreNotTakenForABeginning() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "a", 1, 2, 3);
            ran(lab, 3);
            var commands = new TopicPartition(lab.commands.name(), 0);
            try (Admin admin = admin()) {
                admin.deleteConsumerGroupOffsets(lab.name, Set.of(commands))
                        .all()
                        .get(30, TimeUnit.SECONDS);
            }
            requireRefusal(lab, directory, "expired or were deleted", commands.toString());
            requireRefusal(lab, directory.resolve("new"), "expired or were deleted", commands.toString());
            try (Admin admin = admin()) {
                admin.deleteConsumerGroups(List.of(lab.name)).all().get(30, TimeUnit.SECONDS);
            }
            requireRefusal(lab, directory, "expired or were deleted", commands.toString());
            requireRefusal(lab, directory.resolve("new"), "expired or were deleted", "no committed offset");
            assertThat(Lab.settled(lab.notices.name(), 3)).hasSize(3);
        }
    }

    @Test
    void anEvolveThatThrowsDuringReplayStopsItsTaskWithThePlaceAndTheRemedy() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            String bad = BadRecordIT.inPartition(0);
            String good = BadRecordIT.inPartition(1);
            lab.add(lab.commands, bad, 1, 13);
            lab.add(lab.commands, good, 7);
            lab.start(sums(lab, new Sum()), lab.config());
            Lab.settled(lab.notices.name(), 3);
            lab.endAll();

            Sum broken = new Sum() {
                @Override
                public Long evolve(Long sum, Long value) {
                    if (value == 13) {
                        throw new IllegalStateException("thirteen");
                    }
                    return super.evolve(sum, value);
                }
            };
            Engine engine = lab.startOnly(sums(lab, broken), Lab.config(directory.resolve("new")));
            assertThat(BadRecordIT.stopped(engine, "0-0"))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(lab.name + "-sum-journal-0@1")
                    .hasMessageContaining("key \"" + bad + "\"")
                    .hasMessageContaining("thirteen")
                    .hasMessageContaining("upcaster");
            lab.add(lab.commands, good, 1);
            assertThat(Lab.texts(lab.notices, 4).get(good)).containsExactly("7", "8");
            engine.close();

            lab.start(sums(lab, new Sum()), Lab.config(directory.resolve("new")));
            lab.add(lab.commands, bad, 1);
            assertThat(Lab.texts(lab.notices, 5).get(bad)).containsExactly("1", "14", "15");
        }
    }

    @Test
    void anEventThatTheCodeDoesNotKnowStopsItsTaskWithThePlaceAndTheRemedy() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "a", 5, -9);
            ran(lab, 2);
            Stage<String, Long, Older.Event, Long> older =
                    Stage.of("accounts", new Older(), Codecs.records(Older.Event.class), Codecs.int64());
            Pipeline pipeline = Pipeline.named(lab.name, p -> {
                var unused = p.from(lab.commands).merge(p.from(lab.orders)).stage(older);
            });

            Engine engine = lab.startOnly(pipeline, Lab.config(directory.resolve("new")));
            assertThat(BadRecordIT.stopped(engine, "0-0"))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining(lab.name + "-accounts-journal-0@1")
                    .hasMessageContaining("key \"a\"")
                    .hasMessageContaining("upcaster");
        }
    }

    @Test
    void aJournalThatARenamedStageLeftBehindIsNamedAtStartAndStopsNothing() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            String left = lab.name + "-old-journal";
            Lab.kafka().createTopic(left, 1);
            PrintStream before = System.err;
            var log = new ByteArrayOutputStream();
            System.setErr(new PrintStream(log, true, UTF_8));
            try {
                lab.start(lab.ledger(), lab.config());
            } finally {
                System.setErr(before);
            }
            assertThat(log.toString(UTF_8).lines().filter(line -> line.contains(left)))
                    .singleElement()
                    .asString()
                    .contains(
                            "WARN", "belong to no stage of pipeline " + lab.name, "old name back", "delete the topic");
        }
    }

    @Test
    void aSecondCloseIsHarmlessAndAnEndedEngineSaysSo() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "a", 5);
            Engine engine = ran(lab, 1);
            engine.close();
            engine.leave();
            assertThat(engine.view(Accounts.STAGE).get("a"))
                    .failsWithin(Lab.WAIT)
                    .withThrowableThat()
                    .withMessageContaining("does not run in this engine");
            assertThat(engine.status()).noneMatch(Failed.class::isInstance);
        }
    }

    private static class Sum implements EventSourced<String, Long, Long, Long> {
        static final Out<String> SAID = Out.named("said", String.class);

        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long value, Context<String> context) {
            return persist(value).emit(SAID, after -> Long.toString(after));
        }

        @Override
        public Long evolve(Long sum, Long value) {
            return sum + value;
        }
    }

    /** The accounts before they could refuse. */
    private static final class Older implements EventSourced<String, Long, Older.Event, Long> {
        sealed interface Event {
            @Tag(1)
            record Added(@Tag(1) long cents) implements Event {}
        }

        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Event, Long> decide(Long sum, Long value, Context<String> context) {
            return persist(new Event.Added(value));
        }

        @Override
        public Long evolve(Long sum, Event event) {
            return sum + ((Event.Added) event).cents();
        }
    }

    private static Pipeline sums(Lab lab, Sum sum) {
        return Pipeline.named(
                lab.name,
                p -> p.from(lab.commands)
                        .stage(Stage.of("sum", sum, Codecs.int64(), Codecs.int64()))
                        .out(Sum.SAID)
                        .to(lab.notices));
    }

    /** Runs the ledger until it has said so much, and ends it for good, snapshot written. */
    private static Engine ran(Lab lab, int notices) throws InterruptedException {
        Engine engine = lab.start(lab.ledger(), lab.config());
        Lab.settled(lab.notices.name(), notices);
        engine.leave();
        return engine;
    }

    private static void requireRefusal(Lab lab, Path state, String... parts) {
        Engine engine = lab.startOnly(lab.ledger(), Lab.config(state));
        assertThat(BadRecordIT.stopped(engine, "0-0"))
                .isInstanceOf(CorruptException.class)
                .hasMessageContainingAll(parts)
                .hasMessageContaining("Restore the offsets");
        engine.leave();
    }

    private static Set<String> topics() throws Exception {
        try (Admin admin = admin()) {
            return admin.listTopics().names().get(30, TimeUnit.SECONDS);
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", Lab.kafka().bootstrapServers()));
    }
}
