package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.KeyedStream;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.codec.Tag;
import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import java.util.List;
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
    void refusesAStreamWhoseEventsNoStepCanTake() {
        var login = Step.of("login", Seen.Login.class);
        var out = Step.of("out", Seen.Logout.class);
        Pattern<String> relaxed = Pattern.begin(login).followedBy(out).select(m -> "x");
        assertThatThrownBy(() -> build(relaxed, SEEN, NUMBERS))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Pattern p: no step can take the events of stream 2, which are of type java.lang.Long: step 'login'"
                                + " takes io.wellspring.cep.CepTest$Seen$Login, step 'out' takes io.wellspring.cep.CepTest$Seen$Logout."
                                + " Give Step.of the class of the stream's events, map the stream to it, or leave the stream out");
        Pattern<String> strict = Pattern.begin(login).next(out).select(m -> "x");
        assertThatThrownBy(() -> build(strict, NUMBERS, null)).hasMessageContaining("stream 1");
        assertThatCode(() -> build(strict, SEEN, NUMBERS))
                .as("a number in between breaks a strict match")
                .doesNotThrowAnyException();
    }

    @Test
    void acceptsAStreamWhoseEventsAStepMightTake() {
        for (Class<?> type : List.of(Object.class, Seen.class, Seen.Login.class, Comparable.class, Named.class)) {
            Pattern<String> pattern = Pattern.begin(Step.of("any", type)).select(m -> "x");
            if (type == Comparable.class || type == Named.class) {
                assertThatThrownBy(() -> build(pattern, SEEN, null))
                        .as("no permitted record is %s", type)
                        .hasMessageContaining("no step can take");
            } else {
                assertThatCode(() -> build(pattern, SEEN, null)).doesNotThrowAnyException();
            }
        }
        Pattern<String> ofUnknown = Pattern.begin(Step.of("seen", Seen.class)).select(m -> "x");
        assertThatCode(() -> build(ofUnknown, NOTES, null))
                .as("a codec that does not tell its type")
                .doesNotThrowAnyException();
        Pattern<String> untilNumber = Pattern.begin(Group.of(Pattern.begin(Step.of("login", Seen.Login.class)))
                        .oneOrMore()
                        .until(Long.class, any -> true))
                .followedBy(Step.of("out", Seen.Logout.class))
                .select(m -> "x");
        assertThatCode(() -> build(untilNumber, SEEN, NUMBERS))
                .as("its events end the loop")
                .doesNotThrowAnyException();
    }

    private static void build(Pattern<String> pattern, Topic<String, ?> first, Topic<String, ?> second) {
        Pipeline.named("pipeline", p -> {
            Cep<String> streams = Cep.over(p.from(first));
            (second == null ? streams : streams.and(p.from(second)))
                    .match("p", pattern)
                    .to(ALERTS);
        });
    }

    private interface Named {}

    private sealed interface Seen {
        @Tag(1)
        record Login(@Tag(1) String name) implements Seen {}

        @Tag(2)
        record Logout() implements Seen {}
    }

    private static final Topic<String, Seen> SEEN = Topic.of("seen", Codecs.utf8(), Codecs.records(Seen.class));

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
