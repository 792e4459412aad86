package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.KeyedStream;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CepTest {
    private static final Topic<String, Note> NOTES = Topic.of("notes", Codecs.utf8(), Note.codec());
    private static final Topic<String, Long> NUMBERS = Topic.of("numbers", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, String> ALERTS = Topic.of("alerts", Codecs.utf8(), Codecs.utf8());

    private final Step<Note> note = Step.of("note", Note.class);
    private final Step<Long> number =
            Step.of("number", Long.class).where((n, m) -> n > m.one(note).number());
    private final Pattern<String> pattern = Pattern.begin(note)
            .followedBy(number)
            .within(Duration.ofMinutes(1))
            .select(m -> m.one(note) + "<" + m.one(number));

    @Test
    void becomesAStageOverTheMergedStreams() {
        Pipeline pipeline = Pipeline.named(
                "p",
                p -> Cep.over(p.from(NOTES))
                        .and(p.from(NUMBERS))
                        .onTimeout(timeouts -> timeouts.map(
                                        timeout -> timeout.partial().toString())
                                .to(ALERTS))
                        .match("rising", pattern)
                        .to(ALERTS));
        assertThat(pipeline.describe()).contains("from notes", "from numbers", "merge", "stage rising", "out matches");
    }

    @Test
    void refusesAStreamWhoseCodecIsNotKnown() {
        assertThatThrownBy(() -> Pipeline.named("p", p -> {
                    KeyedStream<String, Note> mapped = p.from(NOTES).map(one -> one);
                    Cep.over(mapped).match("rising", pattern).to(ALERTS);
                }))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("Pattern rising", "stream 1", "withCodec");
    }

    @Test
    void matchesEventsOfSeveralTypes() {
        PatternTest.of(pattern)
                .event(Note.note("a5"), Note.at(1))
                .event(4L, Note.at(2))
                .event(6L, Note.at(3))
                .thenMatches("a5<6");
    }

    @Test
    void saysWhichMatchesWereExpected() {
        PatternTest<String> test =
                PatternTest.of(pattern).event(Note.note("a5"), Note.at(1)).event(6L, Note.at(3));
        assertThatThrownBy(() -> test.thenMatches("other"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("expected matches [other] but found [a5<6]");
        assertThatThrownBy(test::thenNoMatches).isInstanceOf(AssertionError.class);
        test.thenMatches("a5<6").thenNoMatches();
    }
}
