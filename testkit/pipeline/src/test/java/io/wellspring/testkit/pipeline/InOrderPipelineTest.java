package io.wellspring.testkit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole engine reads a source in order and crashes in the middle: each record once, in the order of event time. */
class InOrderPipelineTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> OUT = Topic.of("out", Codecs.utf8(), Codecs.int64());
    private static final int RECORDS = 80;
    private static final int MOST_OUT_OF_ORDER = 20;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void crashesNeitherLoseNorRepeatNorReorder(long seed) {
        Random random = new Random(seed);
        Pipeline pipeline = Pipeline.named(
                "in-order",
                p -> p.from(
                                IN,
                                source -> source.allowedLateness(Duration.ofMillis(2 * MOST_OUT_OF_ORDER))
                                        .inOrder())
                        .to(OUT));
        List<Long> expected = new ArrayList<>();
        List<Long> found = new ArrayList<>();
        try (PipelineTest test = PipelineTest.of(pipeline)) {
            for (int i = 0; i < RECORDS; i++) {
                long time = 1_000 + i * 5L + random.nextInt(MOST_OUT_OF_ORDER);
                // The value is the time and, for equal times, the place in the input.
                expected.add(time * RECORDS + i);
                test.pipe(IN, "k", time * RECORDS + i, Instant.ofEpochMilli(time));
                switch (random.nextInt(12)) {
                    case 0 -> test.crash(random.nextInt(6));
                    case 1 -> test.crash();
                    case 2 -> test.restart();
                    case 3 -> test.read(OUT).forEach(message -> found.add(message.value()));
                    default -> {}
                }
            }
            test.advance(Duration.ofMinutes(2));
            test.read(OUT).forEach(message -> found.add(message.value()));
        }
        expected.sort(null);
        assertThat(found).isEqualTo(expected);
    }
}
