package io.wellspring.testkit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.testkit.pipeline.Ledger.Account;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BrokerPipelineTestIT {
    private static final Instant SECOND_7 = Instant.ofEpochSecond(7);
    private static final Instant IN_THE_FUTURE = Instant.ofEpochSecond(9_000_000_000L);

    @Test
    void readsWhatIsNewAndKeepsStateOverARestart() {
        try (BrokerPipelineTest test = BrokerPipelineTest.of(ledger(Policy.fail()))) {
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
        try (BrokerPipelineTest test = BrokerPipelineTest.of(ledger(Policy.fail()))) {
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
        try (BrokerPipelineTest test = BrokerPipelineTest.of(ledger(Policy.deadLetter("refused")), 3)) {
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
        try (BrokerPipelineTest test = BrokerPipelineTest.of(total, 2)) {
            for (long i = 1; i <= 20; i++) {
                test.pipe(Ledger.COMMANDS, "key" + i, i, SECOND_7);
                assertThat(test.state(Ledger.STAGE, "all")).contains(new Account(i * (i + 1) / 2));
            }
            assertThat(test.read(Ledger.NOTICES_TOPIC)).hasSize(20);
        }
    }

    @Test
    void namesTheTopicsThatATestMayUse() {
        try (BrokerPipelineTest test = BrokerPipelineTest.of(ledger(Policy.fail()))) {
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
        BrokerPipelineTest test = BrokerPipelineTest.of(ledger(Policy.fail()));
        test.close();
        test.close();
        assertThatThrownBy(() -> test.pipe(Ledger.COMMANDS, "alice", 1L)).isInstanceOf(IllegalStateException.class);
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
