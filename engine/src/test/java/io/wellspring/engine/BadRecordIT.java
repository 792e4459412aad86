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
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codecs;
import io.wellspring.engine.TaskStatus.Failed;
import io.wellspring.engine.TaskStatus.Running;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One record is bad; policies say what becomes of it, and nothing else is lost. */
class BadRecordIT {
    private static final long YEAR_2100_MILLIS = 4_102_444_800_000L;

    @TempDir
    Path directory;

    @Test
    void aRecordThatCannotBeDecodedStopsItsTaskOnlyUnlessAPolicySaysOtherwise() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            lab.add(lab.commands, inPartition(0), 10, 20);
            Lab.kafka().produce(List.of(garbage(lab, inPartition(0))));
            lab.add(lab.commands, inPartition(0), 30);
            lab.add(lab.commands, inPartition(1), 1, 2, 3);
            Engine engine = lab.startOnly(pipeline(lab, Policy.fail(), Accounts.STAGE), lab.config());

            assertThat(Lab.texts(lab.notices, 5))
                    .isEqualTo(Map.of(
                            inPartition(0), List.of("1:10", "2:30"), inPartition(1), List.of("1:1", "2:3", "3:6")));
            String message = stopped(engine, "0-0").getMessage();
            assertThat(message)
                    .contains("Task 0-0", lab.commands.name() + "-0@2", "source " + lab.commands.name())
                    .contains("Policy.deadLetter", "Policy.skip");
            assertThat(engine.failure())
                    .hasValueSatisfying(failure -> assertThat(failure).hasMessage(message));
            lab.add(lab.commands, inPartition(1), 4);
            assertThat(Lab.texts(lab.notices, 6).get(inPartition(1))).endsWith("4:10");
            engine.close();

            // Mended, it goes on at that very record.
            Engine mended = lab.start(pipeline(lab, Policy.skip(), Accounts.STAGE), lab.config());
            assertThat(Lab.texts(lab.notices, 7).get(inPartition(0))).containsExactly("1:10", "2:30", "3:60");
            await().atMost(Lab.WAIT).until(() -> mended.counts().skipped() == 1);
        }
    }

    @Test
    void aDeadLetterKeepsBytesHeadersPositionAndReasonAndIsSentOnce() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            String dead = lab.name + "-dead";
            Lab.kafka().createTopic(dead, 1);
            lab.add(lab.commands, inPartition(0), 10);
            ProducerRecord<byte[], byte[]> bad = garbage(lab, inPartition(0));
            bad.headers().add("trace", "t-1".getBytes(UTF_8));
            Lab.kafka().produce(List.of(bad));
            lab.add(lab.commands, inPartition(0), 20, Accounts.POISON, 30);
            Engine engine = lab.start(pipeline(lab, Policy.deadLetter(dead), Accounts.STAGE), lab.config());

            assertThat(Lab.texts(lab.notices, 3)).isEqualTo(Map.of(inPartition(0), List.of("1:10", "2:30", "3:60")));
            engine.close();
            Engine again = lab.start(pipeline(lab, Policy.deadLetter(dead), Accounts.STAGE), lab.config());
            lab.add(lab.commands, inPartition(0), 40);
            Lab.settled(lab.notices.name(), 4);

            List<ConsumerRecord<byte[], byte[]>> letters = Lab.settled(dead, 2);
            assertThat(letters).hasSize(2);
            ConsumerRecord<byte[], byte[]> undecodable = letters.get(0);
            assertThat(undecodable.key()).isEqualTo(bad.key());
            assertThat(undecodable.value()).isEqualTo(bad.value());
            assertThat(undecodable.timestamp()).isEqualTo(1_000);
            assertThat(headers(undecodable))
                    .containsEntry("trace", "t-1")
                    .containsEntry("wellspring.topic", lab.commands.name())
                    .containsEntry("wellspring.partition", "0")
                    .containsEntry("wellspring.offset", "1")
                    .containsEntry("wellspring.where", "source " + lab.commands.name())
                    .hasEntrySatisfying(
                            "wellspring.reason", why -> assertThat(why).contains("int64"));
            assertThat(Codecs.int64().decode(letters.get(1).value())).isEqualTo(Accounts.POISON);
            assertThat(headers(letters.get(1)))
                    .containsEntry("wellspring.offset", "3")
                    .hasEntrySatisfying(
                            "wellspring.reason", why -> assertThat(why).contains("poison"));
            await().atMost(Lab.WAIT).until(() -> again.counts().records() == 1);
            assertThat(again.counts().deadLettered()).as("sent again").isZero();
        }
    }

    @Test
    void theStagesPolicyGoesBeforeTheSources() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            String ofStage = lab.name + "-stage-dead";
            String ofSource = lab.name + "-source-dead";
            Lab.kafka().createTopic(ofStage, 1);
            Lab.kafka().createTopic(ofSource, 1);
            lab.add(lab.commands, inPartition(0), 10, Accounts.POISON);
            Lab.kafka().produce(List.of(garbage(lab, inPartition(0))));
            lab.add(lab.commands, inPartition(0), 20);
            lab.start(
                    pipeline(lab, Policy.deadLetter(ofSource), Accounts.STAGE.onError(Policy.deadLetter(ofStage))),
                    lab.config());

            assertThat(Lab.texts(lab.notices, 2)).isEqualTo(Map.of(inPartition(0), List.of("1:10", "2:30")));
            assertThat(Lab.settled(ofStage, 1))
                    .singleElement()
                    .satisfies(
                            letter -> assertThat(headers(letter)).containsEntry("wellspring.where", "stage accounts"));
            assertThat(Lab.settled(ofSource, 1))
                    .singleElement()
                    .satisfies(letter -> assertThat(headers(letter))
                            .containsEntry("wellspring.where", "source " + lab.commands.name()));
        }
    }

    @Test
    void aHandlerThatThrowsStopsItsTaskBeforeTheRecordAndTheOthersGoOn() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            lab.add(lab.commands, inPartition(0), 10, Accounts.POISON, 20);
            lab.add(lab.commands, inPartition(1), 5);
            Engine engine = lab.startOnly(pipeline(lab, Policy.fail(), Accounts.STAGE), lab.config());

            RuntimeException stopped = stopped(engine, "0-0");
            assertThat(stopped)
                    .hasMessageContaining(lab.commands.name() + "-0@1")
                    .hasMessageContaining("poison");
            assertThat(Lab.texts(lab.notices, 2))
                    .isEqualTo(Map.of(inPartition(0), List.of("1:10"), inPartition(1), List.of("1:5")));
            assertThat(engine.view(Accounts.STAGE).get(inPartition(1)).join()).isPresent();
            assertThat(engine.view(Accounts.STAGE).get(inPartition(0)))
                    .failsWithin(Lab.WAIT)
                    .withThrowableThat()
                    .withMessageContaining("does not run in this engine");
        }
    }

    @Test
    void aThreadThatWaitsForTheEndIsToldOfATaskThatStoppedAndMayCloseTheEngine() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            Engine engine = lab.start(pipeline(lab, Policy.fail(), Accounts.STAGE), lab.config());
            var told = new CompletableFuture<RuntimeException>();
            var waiting = new Thread(() -> {
                try (engine) {
                    engine.awaitEnd();
                    told.completeExceptionally(new AssertionError("it ended without an error"));
                } catch (InterruptedException | RuntimeException ended) {
                    told.complete(ended instanceof RuntimeException why ? why : new IllegalStateException(ended));
                }
            });
            waiting.start();
            lab.add(lab.commands, "k", 10, Accounts.POISON);

            assertThat(told.get(Lab.WAIT.toMillis(), TimeUnit.MILLISECONDS))
                    .hasMessageContaining("decide of stage accounts failed for key \"k\"")
                    .hasMessageContaining(lab.commands.name() + "-0@1");
            waiting.join(Lab.WAIT.toMillis());
            assertThat(waiting.isAlive()).isFalse();
            assertThat(engine.status()).as("closed by the thread that waited").isEmpty();
            assertThatThrownBy(engine::awaitEnd).as("whoever asks later").isSameAs(told.get());
        }
    }

    @Test
    void anEventThatEvolveRefusesIsNeverPersisted() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            lab.add(lab.commands, inPartition(0), 10, Fragile.UNAPPLIED, 20);
            Engine engine = lab.start(fragile(lab, new Fragile(), Policy.skip()), lab.config());

            assertThat(Lab.texts(lab.notices, 2)).isEqualTo(Map.of(inPartition(0), List.of("10", "30")));
            await().atMost(Lab.WAIT).until(() -> engine.counts().skipped() == 1);
            assertThat(Lab.journal(lab.name, "fragile")).hasSize(2);
        }
    }

    @Test
    void whatIsLargerThanTheBrokerTakesIsRefusedBeforeItIsSent() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            lab.add(lab.commands, inPartition(0), 10, Fragile.LARGE, 20);
            lab.add(lab.commands, inPartition(1), 7);
            String dead = lab.name + "-dead";
            Lab.kafka().createTopic(dead, 1);
            lab.start(fragile(lab, new Fragile(), Policy.deadLetter(dead)), lab.config());

            assertThat(Lab.texts(lab.notices, 3))
                    .isEqualTo(Map.of(inPartition(0), List.of("10", "30"), inPartition(1), List.of("7")));
            assertThat(Lab.settled(dead, 1))
                    .singleElement()
                    .satisfies(letter -> assertThat(headers(letter))
                            .containsEntry("wellspring.offset", "1")
                            .hasEntrySatisfying(
                                    "wellspring.reason",
                                    why -> assertThat(why).contains(lab.notices.name(), "max.message.bytes")));
        }
    }

    @Test
    void aRecordWithoutAKeyIsNothingForAStage() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            Lab.kafka()
                    .produce(List.of(new ProducerRecord<>(
                            lab.commands.name(), null, Codecs.int64().encode(5L))));
            Engine engine = lab.startOnly(pipeline(lab, Policy.fail(), Accounts.STAGE), lab.config());

            assertThat(stopped(engine, "0-0"))
                    .hasMessageContaining("without a key")
                    .hasMessageContaining("stage accounts")
                    .hasMessageContaining(lab.commands.name() + "-0@0")
                    .hasMessageContaining("rekey");
        }
    }

    @Test
    void anEventTimeFarAheadOfTheBrokersClockIsTheRecordsFaultAndStopsNothingElse() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            lab.add(lab.commands, inPartition(0), 10, YEAR_2100_MILLIS, 20);
            lab.add(lab.commands, inPartition(1), 7);
            Pipeline pipeline = Pipeline.named(
                    lab.name,
                    p -> p.from(
                                    lab.commands,
                                    options -> options.eventTime(Instant::ofEpochMilli)
                                            .onError(Policy.skip()))
                            .stage(Accounts.STAGE)
                            .out(Accounts.NOTICES)
                            .to(lab.notices));
            Engine engine = lab.start(pipeline, lab.config());

            assertThat(Lab.texts(lab.notices, 3))
                    .isEqualTo(Map.of(inPartition(0), List.of("1:10", "2:30"), inPartition(1), List.of("1:7")));
            await().atMost(Lab.WAIT).until(() -> engine.counts().skipped() == 1);
        }
    }

    /** Sums; throws at some values in evolve, and says something too large for others. */
    private static final class Fragile implements EventSourced<String, Long, Long, Long> {
        static final Out<String> SAID = Out.named("said", String.class);
        static final long UNAPPLIED = 13;
        static final long LARGE = 14;

        Stage<String, Long, Long, Long> stage() {
            return Stage.of("fragile", this, Codecs.int64(), Codecs.int64());
        }

        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long value, Context<String> context) {
            return persist(value).emit(SAID, after -> value == LARGE ? "x".repeat(3_000_000) : Long.toString(after));
        }

        @Override
        public Long evolve(Long sum, Long value) {
            if (value == UNAPPLIED) {
                throw new IllegalStateException("thirteen");
            }
            return sum + value;
        }
    }

    private static Pipeline fragile(Lab lab, Fragile fragile, Policy policy) {
        return Pipeline.named(
                lab.name,
                p -> p.from(lab.commands, options -> options.onError(policy))
                        .stage(fragile.stage())
                        .out(Fragile.SAID)
                        .to(lab.notices));
    }

    private static Pipeline pipeline(
            Lab lab, Policy policy, Stage<String, Long, Accounts.Event, Accounts.Balance> stage) {
        return Pipeline.named(
                lab.name,
                p -> p.from(lab.commands, options -> options.onError(policy))
                        .stage(stage)
                        .out(Accounts.NOTICES)
                        .to(lab.notices));
    }

    /** A key of each partition of topics with one or two of them. */
    static String inPartition(int partition) {
        for (int i = 0; ; i++) {
            if (KeyPartitions.of(("k" + i).getBytes(UTF_8), 2) == partition) {
                return "k" + i;
            }
        }
    }

    /** Why a task has failed, awaited; all others run. */
    static RuntimeException stopped(Engine engine, String task) {
        await("failure of task " + task)
                .atMost(Lab.WAIT)
                .until(() -> engine.status().stream()
                        .anyMatch(status ->
                                status instanceof Failed && status.task().equals(task)));
        // Where it failed in recovery the others may still be in theirs.
        await("the other tasks")
                .atMost(Lab.WAIT)
                .untilAsserted(() -> assertThat(engine.status().stream()
                                .filter(status -> !status.task().equals(task)))
                        .allSatisfy(status -> assertThat(status).isInstanceOf(Running.class)));
        return engine.status().stream()
                .filter(Failed.class::isInstance)
                .map(status -> ((Failed) status).error())
                .findFirst()
                .orElseThrow();
    }

    private static ProducerRecord<byte[], byte[]> garbage(Lab lab, String key) {
        return new ProducerRecord<>(lab.commands.name(), null, 1_000L, key.getBytes(UTF_8), new byte[] {1, 2, 3});
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> letter) {
        return StreamSupport.stream(letter.headers().spliterator(), false)
                .collect(Collectors.toMap(Header::key, header -> new String(header.value(), UTF_8)));
    }
}
