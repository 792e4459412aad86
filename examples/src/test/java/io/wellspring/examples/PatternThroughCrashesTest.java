package io.wellspring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.cep.Cep;
import io.wellspring.cep.Explanation;
import io.wellspring.cep.Pattern;
import io.wellspring.cep.Step;
import io.wellspring.testkit.pipeline.PipelineTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pattern of constant cost in a whole engine that crashes while hundreds of partial matches live: each match once. */
class PatternThroughCrashesTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, String> OUT = Topic.of("out", Codecs.utf8(), Codecs.utf8());
    private static final int RECORDS = 250;
    private static final int WINDOW_EVENTS = 60;

    private final Step<Long> zero = step("zero", 0);
    private final Step<Long> one = step("one", 1);
    private final Step<Long> two = step("two", 2);
    private final Pattern<String> pattern = Pattern.begin(zero)
            .followedByAny(one)
            .followedByAny(two)
            .withinEvents(WINDOW_EVENTS)
            .select(match -> match.one(zero) + " " + match.one(one) + " " + match.one(two));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void crashesNeitherLoseNorRepeatMatches(long seed) {
        assertThat(pattern.explain().cost()).isEqualTo(Explanation.Cost.CONSTANT);
        Random random = new Random(seed);
        Pipeline pipeline = Pipeline.named(
                "crashing", p -> Cep.over(p.from(IN)).match("triples", pattern).to(OUT));
        List<Long> values = new ArrayList<>();
        List<String> found = new ArrayList<>();
        try (PipelineTest test = PipelineTest.of(pipeline)) {
            for (int i = 0; i < RECORDS; i++) {
                // Two come rarely: they complete all that waits.
                long value = 10L * i + (random.nextInt(30) == 0 ? 2 : random.nextInt(2));
                values.add(value);
                test.pipe(IN, "k", value, Instant.ofEpochMilli(1_000 + i));
                switch (random.nextInt(20)) {
                    case 0 -> test.crash(random.nextInt(6));
                    case 1 -> test.crash();
                    case 2 -> test.restart();
                    case 3 -> test.advance(Duration.ofSeconds(40)); // snapshots are written
                    default -> {}
                }
            }
            test.advance(Duration.ofMinutes(1));
            test.read(OUT).forEach(message -> found.add(message.value()));
        }
        assertThat(found).hasSizeGreaterThan(100).containsExactlyInAnyOrderElementsOf(triplesOf(values));
    }

    private static List<String> triplesOf(List<Long> values) {
        List<String> triples = new ArrayList<>();
        for (int last = 0; last < values.size(); last++) {
            int first = Math.max(0, last - WINDOW_EVENTS + 1);
            for (int zero = first; zero < last; zero++) {
                for (int one = zero + 1; one < last; one++) {
                    if (values.get(zero) % 10 == 0 && values.get(one) % 10 == 1 && values.get(last) % 10 == 2) {
                        triples.add(values.get(zero) + " " + values.get(one) + " " + values.get(last));
                    }
                }
            }
        }
        return triples;
    }

    private static Step<Long> step(String name, long digit) {
        return Step.of(name, Long.class).where(value -> value % 10 == digit);
    }
}
