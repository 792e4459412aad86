package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.View;
import io.wellspring.api.codec.Codecs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.BiFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the steps of a pipeline do on a broker. */
class StepsIT {
    private static final View<String, Long> CENTS = View.sameTask("cents", String.class, Long.class);

    @TempDir
    Path directory;

    @Test
    void aStageSeesAnotherStagesStateWithinTheTransaction() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(4)) {
            Stage<String, Object, String, String> limits = Notes.stage(
                            "limits",
                            (value, context) ->
                                    "sees " + context.view(CENTS, context.key()).orElse(-1L))
                    .reading(CENTS);
            Pipeline pipeline = Pipeline.named(lab.name, p -> {
                var accounts = p.from(lab.commands).stage(Accounts.STAGE);
                accounts.publish(CENTS, Accounts.Balance::cents);
                accounts.events().stage(limits).out(Notes.SAID).to(lab.notices);
            });
            lab.add(lab.commands, "a", 5, 6, -100);
            lab.add(lab.commands, "b", 7);
            lab.start(pipeline, lab.config());

            assertThat(Lab.texts(lab.notices, 4))
                    .isEqualTo(Map.of("a", List.of("sees 5", "sees 11", "sees 11"), "b", List.of("sees 7")));
        }
    }

    @Test
    void aViewThatWasNotDeclaredAndAKeyOfAnotherPartitionAreRefused() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            String dead = lab.name + "-dead";
            Lab.kafka().createTopic(dead, 1);
            String foreign = BadRecordIT.inPartition(1);
            Stage<String, Object, String, String> undeclared = Notes.stage(
                            "undeclared",
                            (value, context) ->
                                    context.view(CENTS, context.key()).toString())
                    .onError(Policy.deadLetter(dead));
            Stage<String, Object, String, String> elsewhere = Notes.stage(
                            "elsewhere",
                            (value, context) -> context.view(CENTS, foreign).toString())
                    .reading(CENTS)
                    .onError(Policy.deadLetter(dead));
            Pipeline pipeline = Pipeline.named(lab.name, p -> {
                var accounts = p.from(lab.commands).stage(Accounts.STAGE);
                accounts.publish(CENTS, Accounts.Balance::cents);
                accounts.events().stage(undeclared).out(Notes.SAID).to(lab.notices);
                accounts.events().stage(elsewhere).out(Notes.SAID).to(lab.notices);
            });
            lab.add(lab.commands, BadRecordIT.inPartition(0), 5);
            lab.start(pipeline, lab.config());

            assertThat(Lab.settled(dead, 2))
                    .extracting(letter -> new String(
                            letter.headers().lastHeader("wellspring.reason").value(), UTF_8))
                    .satisfiesExactlyInAnyOrder(
                            why -> assertThat(why).contains("undeclared", "without having declared it", "reading"),
                            why -> assertThat(why)
                                    .contains("elsewhere", "key \"" + foreign + "\"", "partition 1", "Rekey"));
        }
    }

    @Test
    void aRekeyedStreamGoesThroughItsRepartitionTopicToTheTaskOfItsNewKey() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(4)) {
            Pipeline pipeline = Pipeline.named(
                    lab.name,
                    p -> p.from(lab.commands)
                            .rekey("by-parity", Codecs.utf8(), Codecs.int64(), cents -> cents % 2 == 0 ? "even" : "odd")
                            .stage(Accounts.STAGE)
                            .out(Accounts.NOTICES)
                            .to(lab.notices));
            for (int i = 1; i <= 40; i++) {
                lab.add(lab.commands, "k" + i, i);
            }
            Engine engine = lab.start(pipeline, lab.config().workers(2));

            Map<String, List<String>> notices = Lab.texts(lab.notices, 40);
            assertThat(notices).containsOnlyKeys("even", "odd");
            assertThat(notices.get("even")).hasSize(20).endsWith("20:420");
            assertThat(notices.get("odd")).hasSize(20).endsWith("20:400");
            await("an answer, once the workers have shared their tasks")
                    .atMost(Lab.WAIT)
                    .ignoreExceptions()
                    .until(() -> engine.view(Accounts.STAGE)
                            .get("odd")
                            .join()
                            .equals(Optional.of(new Accounts.Balance(400, 20))));
            assertThat(Lab.settled(lab.name + "-by-parity-repartition", 40)).hasSize(40);
        }
    }

    @Test
    void twoSourcesAreMergedByEventTimeAndTiesByTheirDeclaration() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            Pipeline pipeline = Pipeline.named(lab.name, p -> {
                var orders = p.from(lab.orders).map(value -> "order " + value);
                var commands = p.from(lab.commands).map(value -> "command " + value);
                orders.merge(commands)
                        .stage(Notes.stage(
                                "notes",
                                (value, context) ->
                                        value + " at " + context.eventTimeMillis() + " " + context.watermarkMillis()))
                        .out(Notes.SAID)
                        .to(lab.notices);
            });
            Lab.kafka()
                    .produce(List.of(
                            Lab.command(lab.commands, "a", 1, 10),
                            Lab.command(lab.commands, "a", 2, 20),
                            Lab.command(lab.commands, "a", 3, 40),
                            Lab.command(lab.orders, "a", 4, 20),
                            Lab.command(lab.orders, "a", 5, 30),
                            Lab.command(lab.orders, "a", 6, 40)));
            lab.start(pipeline, lab.config());

            assertThat(Lab.texts(lab.notices, 6).get("a"))
                    .extracting(text -> text.substring(0, text.lastIndexOf(' ')))
                    .containsExactly(
                            "command 1 at 10",
                            "order 4 at 20",
                            "command 2 at 20",
                            "order 5 at 30",
                            "order 6 at 40",
                            "command 3 at 40");
        }
    }

    @Test
    void stepsWithoutStateFilterMapMultiplyAndSplit() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(2)) {
            Topic<String, String> large = Topic.of(lab.name + "-large", Codecs.utf8(), Codecs.utf8());
            Lab.kafka().createTopic(large.name(), 1);
            List<Long> peeked = new ArrayList<>();
            Pipeline pipeline = Pipeline.named(lab.name, p -> {
                var split = p.from(lab.commands)
                        .filter(value -> value > 0)
                        .flatMap(value -> List.of(value, value * 10))
                        .merge(p.from(lab.orders))
                        .split(value -> value >= 100);
                split.matching()
                        .peek(value -> peeked.add(value))
                        .map(value -> "large " + value)
                        .to(large);
                split.rest().mapWithKey((key, value) -> key + " " + value).to(lab.notices);
            });
            lab.add(lab.commands, "a", 1, -5, 20);
            Lab.kafka().produce(List.of(Lab.command(lab.orders, "a", -7, 2_000)));
            Engine engine = lab.start(pipeline, lab.config());

            assertThat(Lab.texts(lab.notices, 4)).isEqualTo(Map.of("a", List.of("a 1", "a 10", "a 20", "a -7")));
            assertThat(Lab.texts(large, 1)).isEqualTo(Map.of("a", List.of("large 200")));
            engine.close();
            assertThat(peeked).containsExactly(200L);
        }
    }

    @Test
    void aForgottenKeyBeginsAnewBeforeAndAfterSnapshotsAndInReplay() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            Stage<String, Long, Long, Long> stage =
                    Stage.of("closable", new Closable(), Codecs.int64(), Codecs.int64());
            Pipeline pipeline = Pipeline.named(
                    lab.name,
                    p -> p.from(lab.commands).stage(stage).out(Closable.SAID).to(lab.notices));
            lab.add(lab.commands, "a", 5, 6, 0, 1, 0);
            lab.start(pipeline, lab.config()).awaitRunning(Lab.WAIT);
            Lab.settled(lab.notices.name(), 5);
            lab.endAll(); // a snapshot that does not know the key any more

            Engine second = lab.start(pipeline, lab.config());
            lab.add(lab.commands, "a", 7, 0, 8);
            assertThat(Lab.texts(lab.notices, 8).get("a")).containsExactly("5", "11", "0", "1", "0", "7", "0", "8");
            assertThat(second.view(stage).get("a").join()).contains(8L);
            second.leave();

            Engine replayed = lab.start(pipeline, Lab.config(directory.resolve("new")));
            assertThat(replayed.view(stage).get("a").join()).contains(8L);
        }
    }

    @Test
    void whatWasAbortedUpstreamIsNeverRead() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            Map<String, Object> settings = Map.of(
                    "bootstrap.servers", Lab.kafka().bootstrapServers(), "transactional.id", lab.name + "-upstream");
            try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                List<Future<?>> sent = new ArrayList<>();
                sent.add(producer.send(Lab.command(lab.commands, "a", 1, 1)));
                for (Future<?> each : sent) {
                    each.get();
                }
                producer.abortTransaction();
                producer.beginTransaction();
                sent.add(producer.send(Lab.command(lab.commands, "a", 2, 2)));
                producer.commitTransaction();
                lab.start(lab.ledger(), lab.config());
                Lab.settled(lab.notices.name(), 1);

                producer.beginTransaction();
                sent.add(producer.send(Lab.command(lab.commands, "a", 3, 3)));
                producer.flush();
                lab.add(lab.orders, "a", 4);
                producer.abortTransaction();
                assertThat(sent).hasSize(3);
            }
            assertThat(Lab.texts(lab.notices, 2)).isEqualTo(Map.of("a", List.of("1:2", "2:6")));
        }
    }

    /** Persists and says what a function makes of a value and the context. */
    private record Notes(BiFunction<Object, Context<String>, String> text)
            implements EventSourced<String, Object, String, String> {
        static final Out<String> SAID = Out.named("said", String.class);

        static Stage<String, Object, String, String> stage(
                String name, BiFunction<Object, Context<String>, String> text) {
            return Stage.of(name, new Notes(text), Codecs.utf8(), Codecs.utf8());
        }

        @Override
        public String initial(String key) {
            return "";
        }

        @Override
        public Effect<String, String> decide(String last, Object value, Context<String> context) {
            return persist(text.apply(value, context)).emit(SAID, after -> after);
        }

        @Override
        public String evolve(String last, String event) {
            return event;
        }
    }

    /** A sum that 0 forgets. */
    private static final class Closable implements EventSourced<String, Long, Long, Long> {
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
            return value == 0 ? null : sum + value;
        }
    }
}
