package io.wellspring.cep;

import static io.wellspring.cep.Note.at;
import static io.wellspring.cep.Note.note;
import static io.wellspring.cep.Note.play;
import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MatchTest {
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = step("b", 'b');
    private final Step<Note> c = step("c", 'c');
    private final Match match = onlyMatch();

    @Test
    void givesTheEventsOfASingleStep() {
        assertThat(match.one(a)).isEqualTo(note("a1"));
        assertThat(match.find(a)).contains(note("a1"));
        assertThat(match.find(c)).isEmpty();
    }

    @Test
    void givesTheEventsOfALoop() {
        assertThat(match.all(b)).containsExactly(note("b2"), note("b3"));
        assertThat(match.first(b)).isEqualTo(note("b2"));
        assertThat(match.last(b)).isEqualTo(note("b3"));
        assertThat(match.count(b)).isEqualTo(2);
        assertThat(match.count(c)).isZero();
        assertThat(match.all(c)).isEmpty();
    }

    @Test
    void takesAnyHandleOfAStep() {
        assertThat(match.count(b.times(7))).isEqualTo(2);
    }

    @Test
    void givesKeyAndTimes() {
        assertThat(match.key(String.class)).isEqualTo("key");
        assertThat(match.start()).isEqualTo(at(1));
        assertThat(match.end()).isEqualTo(at(3));
        assertThat(match).hasToString("Match[a=a1, b=b2, b=b3]");
    }

    @Test
    void saysWhatIsWrongWithAQuestion() {
        refuses(m -> m.one(step("a", 'a')), "step 'a'", "not a step of its pattern", "handles");
        refuses(m -> m.one(b), "step 'b'", "loops", "all, first or last");
        refuses(m -> m.one(c), "step 'c'", "took no event", "find(c)");
        refuses(m -> m.last(c), "step 'c'", "count(c)");
        refuses(m -> m.key(Long.class), "java.lang.String");
    }

    @Test
    void selectsByClassWithSubclasses() {
        Step<Number> number = Step.of("number", Number.class);
        Step<Integer> whole = Step.of("whole", Integer.class)
                .where((i, m) -> i > m.one(number).intValue());
        Pattern<String> pattern =
                Pattern.begin(number).followedBy(whole).select(m -> m.one(number) + " " + m.one(whole));
        PatternTest.of(pattern)
                .event("text", at(0))
                .event(1.5, at(1))
                .event(2.5, at(2))
                .event(2, at(3))
                .thenMatches("1.5 2");
    }

    @Test
    void refusesTimesInTheFirstStepsCondition() {
        Step<Note> early =
                Step.of("early", Note.class).where((note, m) -> m.start().toEpochMilli() == 0);
        Pattern<Match> pattern = Pattern.begin(early).select(m -> m);
        assertThatThrownBy(() -> play(pattern, "a1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nothing is matched yet");
    }

    private Match onlyMatch() {
        List<Match> found = play(
                        Pattern.begin(a).next(b.times(2)).next(c.optional()).select(m -> m), "a1 b2 b3 x4")
                .results();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private void refuses(Consumer<Match> question, String... words) {
        assertThatThrownBy(() -> question.accept(match))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(words);
    }
}
