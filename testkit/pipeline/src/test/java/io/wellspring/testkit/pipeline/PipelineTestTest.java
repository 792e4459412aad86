package io.wellspring.testkit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.testkit.pipeline.Ledger.Account;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineTestTest {
    private static final Instant SECOND_7 = Instant.ofEpochSecond(7);
    private static final Instant IN_THE_FUTURE = Instant.ofEpochSecond(9_000_000_000L);

    @Test
    void readsWhatIsNewAndKeepsStateOverARestart() {
        try (PipelineTest test = PipelineTest.of(ledger(Policy.fail()))) {
            test.pipe(Ledger.COMMANDS, "alice", 100L, SECOND_7);
            test.pipe(Ledger.COMMANDS, "bob", 5L, SECOND_7);
            assertThat(test.read(Ledger.NOTICES_TOPIC))
                    .containsExactly(new Message<>("alice", "100 at 7"), new Message<>("bob", "5 at 7"));
            assertThat(test.read(Ledger.NOTICES_TOPIC)).isEmpty();

            test.restart();

            assertThat(test.state(Ledger.STAGE, "alice")).contains(new Account(100));
            assertThat(test.state(Ledger.STAGE, "carol")).isEmpty();
            test.pipe(Ledger.COMMANDS, "alice", -30L, IN_THE_FUTURE);
            assertThat(test.read(Ledger.NOTICES_TOPIC)).containsExactly(new Message<>("alice", "70 at 9000000000"));
        }
    }

    @Test
    void surfacesTheRecordThatStopsThePipeline() {
        try (PipelineTest test = PipelineTest.of(ledger(Policy.fail()))) {
            test.pipe(Ledger.COMMANDS, "alice", 10L);
            test.pipe(Ledger.COMMANDS, "alice", -100L);

            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> test.read(Ledger.NOTICES_TOPIC))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Pipeline ledger-test has stopped")
                        .hasMessageContaining("overdraft of alice");
                test.restart();
            }
        }
    }

    @Test
    void readsDeadLettersOfSeveralPartitionsAndWhatCannotBeDecoded() {
        try (PipelineTest test = PipelineTest.of(ledger(Policy.deadLetter("refused")), 3)) {
            test.pipe(Ledger.COMMANDS, "alice", -1L, SECOND_7);
            test.pipe(Ledger.COMMANDS, "bob", 8L, SECOND_7);
            assertThat(test.read(Ledger.REFUSED)).containsExactly(new Message<>("alice", -1L));

            test.pipe(Topic.of("commands", Codecs.utf8(), Codecs.utf8()), "bob", "no number", SECOND_7);
            assertThat(test.read(Topic.of("refused", Codecs.utf8(), Codecs.utf8())))
                    .containsExactly(new Message<>("bob", "no number"));
            assertThat(test.read(Ledger.NOTICES_TOPIC)).containsExactly(new Message<>("bob", "8 at 7"));
        }
    }

    @Test
    void waitsForWhatGoesThroughRepartitionTopics() {
        Pipeline total = Pipeline.named(
                "total",
                p -> p.from(Ledger.COMMANDS)
                        .rekey("all", Codecs.utf8(), Codecs.int64(), cents -> "all")
                        .stage(Ledger.STAGE)
                        .out(Ledger.NOTICES)
                        .to(Ledger.NOTICES_TOPIC));
        try (PipelineTest test = PipelineTest.of(total, 2)) {
            for (long i = 1; i <= 20; i++) {
                test.pipe(Ledger.COMMANDS, "key" + i, i, SECOND_7);
                assertThat(test.state(Ledger.STAGE, "all")).contains(new Account(i * (i + 1) / 2));
            }
            assertThat(test.read(Ledger.NOTICES_TOPIC)).hasSize(20);
        }
    }

    @Test
    void namesTheTopicsThatATestMayUse() {
        try (PipelineTest test = PipelineTest.of(ledger(Policy.fail()))) {
            assertThatThrownBy(() -> test.pipe(Ledger.NOTICES_TOPIC, "alice", "5"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not read topic notices; its sources are " + List.of("commands"));
            assertThatThrownBy(() -> test.read(Ledger.REFUSED))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a test can read " + List.of("commands", "notices"));
        }
    }

    @Test
    void closesTwice() {
        PipelineTest test = PipelineTest.of(ledger(Policy.fail()));
        test.close();
        test.close();
        assertThatThrownBy(() -> test.pipe(Ledger.COMMANDS, "alice", 1L)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void keepsWhatIsCommittedOverACrashAtEachStep() {
        for (int steps = 0; steps < 60; steps++) {
            try (PipelineTest test = PipelineTest.of(ledger(Policy.fail()))) {
                test.pipe(Ledger.COMMANDS, "alice", 100L, SECOND_7);
                test.pipe(Ledger.COMMANDS, "alice", 20L, SECOND_7);
                test.crash(steps);
                test.pipe(Ledger.COMMANDS, "alice", 3L, SECOND_7);

                assertThat(test.read(Ledger.NOTICES_TOPIC))
                        .as("after %d steps", steps)
                        .containsExactly(
                                new Message<>("alice", "100 at 7"),
                                new Message<>("alice", "120 at 7"),
                                new Message<>("alice", "123 at 7"));
                test.crash();
                assertThat(test.state(Ledger.STAGE, "alice")).contains(new Account(123));
            }
        }
    }

    @Test
    void readsLateRecordsWhereTheyAreSent() {
        Topic<String, Long> late = Topic.of("late", Codecs.utf8(), Codecs.int64());
        Pipeline pipeline = Pipeline.named(
                "late-test",
                p -> p.from(Ledger.COMMANDS, options -> options.onLate(Policy.deadLetter("late")))
                        .stage(Ledger.STAGE)
                        .out(Ledger.NOTICES)
                        .to(Ledger.NOTICES_TOPIC));
        try (PipelineTest test = PipelineTest.of(pipeline)) {
            test.pipe(Ledger.COMMANDS, "alice", 1L, SECOND_7);
            test.pipe(Ledger.COMMANDS, "alice", 2L, SECOND_7.minusSeconds(1));

            assertThat(test.read(late)).containsExactly(new Message<>("alice", 2L));
            assertThat(test.read(Ledger.NOTICES_TOPIC)).containsExactly(new Message<>("alice", "1 at 7"));
        }
    }

    @Test
    void tellsWhichKeysAreParkedAndWhyAlsoAfterACrash() {
        Stage<String, Long, Ledger.Added, Account> parking = Ledger.STAGE.onError(Policy.parkKey("parked"));
        Pipeline pipeline = Pipeline.named(
                "parking-test",
                p -> p.from(Ledger.COMMANDS).stage(parking).out(Ledger.NOTICES).to(Ledger.NOTICES_TOPIC));
        try (PipelineTest test = PipelineTest.of(pipeline, 3)) {
            assertThat(test.parked(parking)).isEmpty();
            test.pipe(Ledger.COMMANDS, "alice", -1L, SECOND_7);
            test.pipe(Ledger.COMMANDS, "alice", 5L, SECOND_7);
            test.pipe(Ledger.COMMANDS, "bob", 5L, SECOND_7);
            for (int look = 0; look < 2; look++) {
                assertThat(test.parked(parking)).singleElement().satisfies(parked -> {
                    assertThat(parked.key()).isEqualTo("alice");
                    assertThat(parked.records()).isEqualTo(2);
                    assertThat(parked.reason()).contains("overdraft of alice");
                });
                test.crash();
            }
            assertThat(test.read(Ledger.NOTICES_TOPIC)).containsExactly(new Message<>("bob", "5 at 7"));
        }
    }

    @Test
    void letsTimersFireAsTimePasses() {
        Pipeline reminders = Pipeline.named(
                "reminders",
                p -> p.from(Ledger.COMMANDS)
                        .stage(Reminder.STAGE)
                        .out(Reminder.RANG)
                        .to(Ledger.NOTICES_TOPIC));
        try (PipelineTest test = PipelineTest.of(reminders)) {
            test.pipe(Ledger.COMMANDS, "alice", 3L);
            test.advance(Duration.ofDays(2));
            assertThat(test.read(Ledger.NOTICES_TOPIC)).isEmpty();
            test.crash();
            test.advance(Duration.ofDays(2));
            assertThat(test.read(Ledger.NOTICES_TOPIC)).containsExactly(new Message<>("alice", "3 days are over"));
            assertThat(test.now()).isEqualTo("2026-01-05T00:00:00Z");
        }
    }

    /** Calls back after as many days as a command says. */
    private static final class Reminder implements EventSourced<String, Long, Long, Long> {
        static final Out<String> RANG = Out.named("rang", String.class);
        static final Stage<String, Long, Long, Long> STAGE =
                Stage.of("reminder", new Reminder(), Codecs.int64(), Codecs.int64());

        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long days, Long command, Context<String> context) {
            return persist(command)
                    .timerAtProcessingTime("over", context.processingTime().plus(Duration.ofDays(command)));
        }

        @Override
        public Effect<Long, Long> onTimer(Long days, String timer, Context<String> context) {
            return persist(0L).emit(RANG, after -> days + " days are " + timer);
        }

        @Override
        public Long evolve(Long days, Long event) {
            return event;
        }
    }

    private static Pipeline ledger(Policy policy) {
        return Pipeline.named(
                "ledger-test",
                p -> p.from(Ledger.COMMANDS, options -> options.onError(policy))
                        .stage(Ledger.STAGE)
                        .out(Ledger.NOTICES)
                        .to(Ledger.NOTICES_TOPIC));
    }
}
