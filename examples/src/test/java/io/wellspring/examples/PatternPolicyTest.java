package io.wellspring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.cep.Cep;
import io.wellspring.cep.Explanation;
import io.wellspring.cep.Pattern;
import io.wellspring.cep.Sequence;
import io.wellspring.cep.Step;
import io.wellspring.testkit.pipeline.Message;
import io.wellspring.testkit.pipeline.PipelineTest;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of an event that a pattern's stage cannot process, by the stage's policy. */
class PatternPolicyTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, String> OUT = Topic.of("out", Codecs.utf8(), Codecs.utf8());
    private static final Topic<String, Long> REFUSED = Topic.of("refused", Codecs.utf8(), Codecs.int64());
    private static final long UNLUCKY = 13;

    private final Step<Long> low = Step.of("low", Long.class).where(value -> value < 10);
    private final Step<Long> high = Step.of("high", Long.class).where(value -> {
        if (value == UNLUCKY) {
            throw new IllegalArgumentException("unlucky");
        }
        return value >= 10;
    });

    @ParameterizedTest
    @EnumSource(Explanation.Cost.class)
    void aConditionThatThrowsSetsItsEventAsideAndLeavesThePartialMatches(Explanation.Cost cost) {
        try (PipelineTest test = PipelineTest.of(pipeline(cost, Policy.deadLetter("refused")))) {
            test.pipe(IN, "k", 1L, Instant.ofEpochMilli(1));
            test.pipe(IN, "k", UNLUCKY, Instant.ofEpochMilli(2));
            test.crash();
            test.pipe(IN, "k", 14L, Instant.ofEpochMilli(3));

            assertThat(test.read(OUT)).containsExactly(new Message<>("k", "1 14"));
            assertThat(test.read(REFUSED)).containsExactly(new Message<>("k", UNLUCKY));
        }
    }

    @ParameterizedTest
    @EnumSource(Explanation.Cost.class)
    void withoutAPolicyItStopsThePipelineAndSaysWhere(Explanation.Cost cost) {
        try (PipelineTest test = PipelineTest.of(pipeline(cost, Policy.fail()))) {
            test.pipe(IN, "k", 1L, Instant.ofEpochMilli(1));
            test.pipe(IN, "k", UNLUCKY, Instant.ofEpochMilli(2));

            assertThatThrownBy(() -> test.read(OUT)).hasMessageContainingAll("stage pairs", "unlucky");
        }
    }

    @Test
    void anEventBeyondTheBoundOfItsKeyIsSetAside() {
        Sequence bounded = Pattern.begin(low).followedBy(high).skipToNext().maxPartialMatches(2);
        try (PipelineTest test = PipelineTest.of(pipeline(bounded, Policy.deadLetter("refused")))) {
            for (long value = 1; value <= 3; value++) {
                test.pipe(IN, "k", value, Instant.ofEpochMilli(value));
            }
            test.pipe(IN, "other", 4L, Instant.ofEpochMilli(4));
            test.pipe(IN, "k", 10L, Instant.ofEpochMilli(5));
            test.pipe(IN, "other", 11L, Instant.ofEpochMilli(6));

            assertThat(test.read(OUT))
                    .containsExactlyInAnyOrder(
                            new Message<>("k", "1 10"), new Message<>("k", "2 10"), new Message<>("other", "4 11"));
            assertThat(test.read(REFUSED)).containsExactly(new Message<>("k", 3L));
        }
    }

    private Pipeline pipeline(Explanation.Cost cost, Policy policy) {
        Sequence pairs = Pattern.begin(low).followedBy(high).withinEvents(10);
        Sequence sequence = cost == Explanation.Cost.CONSTANT ? pairs : pairs.skipToNext();
        Pipeline pipeline = pipeline(sequence, policy);
        assertThat(sequence.select(match -> match).explain().cost()).isEqualTo(cost);
        return pipeline;
    }

    private Pipeline pipeline(Sequence sequence, Policy policy) {
        Pattern<String> pattern = sequence.select(match -> match.one(low) + " " + match.one(high));
        return Pipeline.named(
                "pairing",
                p -> Cep.over(p.from(IN))
                        .onError(policy)
                        .match("pairs", pattern)
                        .to(OUT));
    }
}
