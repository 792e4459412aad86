package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words about what failed: stage, handler, key, place and remedy, whosever policy is asked. */
class MishapTest {
    private static final Topic<String, Long> A = Topic.of("a", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> OUT = Topic.of("out", Codecs.utf8(), Codecs.int64());
    private static final Out<Long> SAID = Out.named("said", Long.class);

    private static final long IN_DECIDE = 1;
    private static final long IN_EVOLVE = 2;
    private static final long IN_EMIT = 3;
    private static final long IN_TIMER = 4;
    private static final long NULL_EFFECT = 5;
    private static final long BEHIND = 6;

    @ParameterizedTest
    @CsvSource({"1,decide", "2,evolve", "3,emit"})
    void namesStageHandlerKeyPlaceAndBothRemediesUnderASourcesPolicy(long command, String handler) {
        var fixture = new TaskFixture(pipeline(Policy.fail(), STAGE));
        fixture.given("a", 1, "k", 100).given("a", 2, "k", command);
        assertThatThrownBy(fixture::process)
                .isInstanceOf(TaskStopped.class)
                .hasMessage("Task 0-0 stopped before the record at a-0@1: source a: " + handler
                        + " of stage brittle failed for key \"k\": java.lang.IllegalStateException: " + handler
                        + " breaks. Mend the code or the record's source and start again, or choose Policy.deadLetter or"
                        + " Policy.skip with onError of source a, or of stage brittle alone, or Policy.parkKey with onError of"
                        + " stage brittle");
    }

    @Test
    void namesThemUnderAStagesPolicy() {
        var fixture = new TaskFixture(pipeline(Policy.skip(), STAGE.onError(Policy.fail())));
        fixture.given("a", 1, "k", IN_DECIDE);
        assertThatThrownBy(fixture::process)
                .hasMessage("Task 0-0 stopped before the record at a-0@0: stage brittle: decide of stage brittle failed"
                        + " for key \"k\": java.lang.IllegalStateException: decide breaks. Mend the code or the record's source"
                        + " and start again, or choose Policy.deadLetter or Policy.skip with onError of stage brittle, or"
                        + " Policy.parkKey with onError of stage brittle");
    }

    @Test
    void namesTheTimerAndThatOnlySkippingDropsIt() {
        var fixture = new TaskFixture(pipeline(Policy.skip(), STAGE));
        fixture.given("a", 1, "k", IN_TIMER).given("a", 20, "k", 100);
        assertThatThrownBy(fixture::process)
                .hasMessage("Task 0-0 stopped before timer 't' of key \"k\" in stage brittle: stage brittle: onTimer of"
                        + " stage brittle failed for key \"k\": java.lang.IllegalStateException: onTimer breaks. Mend the code or"
                        + " the record's source and start again, or choose Policy.skip with onError of stage brittle, which"
                        + " drops the timer, or Policy.parkKey there, which keeps it");
    }

    @Test
    void theReasonOfADeadLetterNamesThemToo() {
        var fixture = new TaskFixture(pipeline(Policy.deadLetter("dead"), STAGE));
        fixture.given("a", 1, "k", IN_EVOLVE);
        fixture.process();
        var headers = fixture.sentTo("dead").get(0).headers();
        assertThat(new String(headers.lastHeader("wellspring.where").value(), UTF_8))
                .isEqualTo("source a");
        assertThat(new String(headers.lastHeader("wellspring.reason").value(), UTF_8))
                .isEqualTo("the record at a-0@0: source a: evolve of stage brittle failed for key \"k\":"
                        + " java.lang.IllegalStateException: evolve breaks. Mend the code or the record and send it to its"
                        + " topic again, or choose another Policy with onError of source a");
    }

    @Test
    void theLogNamesThePolicyThatPassedOverARecord() {
        var late = new Mishap("the record at a-0@1", false, "source a", "", "", "\"k\"", new LateRecordException(1, 5));
        assertThat(late.passedOver())
                .startsWith("the record at a-0@1 as onLate of source a says: it is late for key \"k\": ");
        var broken =
                new Mishap("the record at a-0@1", false, "stage s", "s", "decide", "7", new IllegalStateException());
        assertThat(broken.passedOver())
                .isEqualTo("the record at a-0@1 as onError of stage s says: decide of stage s failed for key 7:"
                        + " java.lang.IllegalStateException");
    }

    @Test
    void aDecisionThatIsMissingIsSaidToBeSo() {
        var fixture = new TaskFixture(pipeline(Policy.fail(), STAGE));
        fixture.given("a", 1, "k", NULL_EFFECT);
        assertThatThrownBy(fixture::process)
                .hasMessageContaining(
                        "decide of stage brittle failed for key \"k\": java.lang.NullPointerException: decide of stage"
                                + " brittle returned null instead of an effect. Return none() where nothing is to be done");
    }

    @Test
    void blamesNoStageForAStepBehindIt() {
        var fixture = new TaskFixture(pipeline(Policy.fail(), STAGE));
        fixture.given("a", 1, "k", BEHIND);
        assertThatThrownBy(fixture::process)
                .hasMessageContaining(
                        ": source a: processing failed for key \"k\": java.lang.IllegalStateException: map breaks");
    }

    @Test
    void blamesNoStageWhoseOwnFailureWasPassedOverBefore() {
        var fixture = new TaskFixture(Pipeline.named("p", p -> {
            var source = p.from(A);
            source.stage(STAGE.onError(Policy.skip())).events().to(OUT);
            source.map(MishapTest::breaking).to(OUT);
        }));
        fixture.given("a", 1, "k", IN_DECIDE);
        assertThatThrownBy(fixture::process).hasMessageContaining("source a: processing failed for key \"k\"");
    }

    @Test
    void showsTheBytesOfAKeyThatWasNotDecoded() {
        var fixture = new TaskFixture(pipeline(Policy.fail(), STAGE));
        fixture.givenBytes("a", 1, "k", new byte[] {1, 2, 3});
        assertThatThrownBy(fixture::process).hasMessageContaining("source a: processing failed for key 0x6b: ");
    }

    @Test
    void showsALongOrUnprintableKeyShortAndPrintable() {
        assertThat(ShownKey.of("x".repeat(100))).isEqualTo('"' + "x".repeat(64) + "... (100 characters)\"");
        assertThat(ShownKey.of("a\nb\u2028")).isEqualTo("\"a\\u000ab\\u2028\"");
        assertThat(ShownKey.of("Zürich")).isEqualTo("\"Zürich\"");
        assertThat(ShownKey.of(null)).isEqualTo("none");
        assertThat(ShownKey.of(new byte[40])).isEqualTo("0x" + "00".repeat(32) + "... (40 bytes)");
        assertThat(ShownKey.of("x".repeat(63) + "😀")).isEqualTo('"' + "x".repeat(63) + "... (65 characters)\"");
        assertThat(ShownKey.of(new Object() {
                    @Override
                    public String toString() {
                        throw new IllegalStateException("no name");
                    }
                }))
                .endsWith("whose toString throws");
    }

    private static long breaking(long value) {
        throw new IllegalStateException("map breaks at " + value);
    }

    private static Pipeline pipeline(Policy source, Stage<String, Long, Long, Long> stage) {
        return Pipeline.named(
                "p",
                p -> p.from(A, options -> options.onError(source))
                        .stage(stage)
                        .out(SAID)
                        .map(said -> said == BEHIND ? breaking(said) : said)
                        .to(OUT));
    }

    private static final Stage<String, Long, Long, Long> STAGE =
            Stage.of("brittle", new Brittle(), Codecs.int64(), Codecs.int64());

    /** Breaks where the command says. */
    private static final class Brittle implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long state, Long command, Context<String> context) {
            breakIf(command == IN_DECIDE, "decide");
            if (command == NULL_EFFECT) {
                return null;
            }
            Effect<Long, Long> effect = persist(command).emit(SAID, after -> {
                breakIf(command == IN_EMIT, "emit");
                return command;
            });
            return command == IN_TIMER ? effect.timer("t", Instant.ofEpochMilli(10)) : effect;
        }

        @Override
        public Effect<Long, Long> onTimer(Long state, String timer, Context<String> context) {
            throw new IllegalStateException("onTimer breaks");
        }

        @Override
        public Long evolve(Long state, Long event) {
            breakIf(event == IN_EVOLVE, "evolve");
            return event;
        }

        private static void breakIf(boolean now, String handler) {
            if (now) {
                throw new IllegalStateException(handler + " breaks");
            }
        }
    }
}
