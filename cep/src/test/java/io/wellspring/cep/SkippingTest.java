package io.wellspring.cep;

import static io.wellspring.cep.Note.play;
import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import org.junit.jupiter.api.Test;

class SkippingTest {
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = step("b", 'b');

    @Test
    void failsWhereTheStepToSkipToIsMissing() {
        Pattern<String> pattern = Pattern.begin(a)
                .next(b.optional())
                .skipToFirst(b, IfMissing.FAIL)
                .select(Match::toString);
        assertThatThrownBy(() -> play(pattern, "a1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("step 'b'", "no event", "KEEP_ALL");
    }

    @Test
    void failsWhereNothingWouldBeSkipped() {
        Pattern<String> pattern =
                Pattern.begin(a).next(b).skipToLast(a, IfMissing.FAIL).select(Match::toString);
        assertThatThrownBy(() -> play(pattern, "a1 b2"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("begins with that event");
    }

    @Test
    void reportsAMatchOfAGroupOnceHoweverItsOptionalPartsAreRead() {
        Group group =
                Group.of(Pattern.begin(a.optional()).followedBy(b.optional())).times(2);
        assertThat(play(Pattern.begin(group).select(Match::toString), "a1 b2").results())
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrder("Match[a=a1]", "Match[a=a1, b=b2]", "Match[b=b2]");
    }

    @Test
    void keepsOneRunWhereAGroupCanBeReadInSeveralWays() {
        Group group =
                Group.of(Pattern.begin(a.optional()).followedBy(b.optional())).oneOrMore();
        PatternTest<String> test = play(Pattern.begin(group).select(Match::toString), "a1 b2 a3 b4 a5 b6");
        assertThat(test.results()).doesNotHaveDuplicates();
        // It would be 72 if ways that meet in one place went on side by side.
        assertThat(test.partialMatches()).isEqualTo(52);
    }

    @Test
    void explainsTheAutomaton() {
        assertThat(Pattern.begin(a)
                        .followedBy(b)
                        .select(Match::toString)
                        .explain()
                        .text())
                .isEqualTo("""
                        c0: a (Note) where p0
                        c1: b (Note) where p1
                        step 0: a
                        step 1: b
                        begin [c0] take 0 -> [0]
                        state 0: wait for b.1 FOLLOWED_BY
                          [c1] take 1 -> [] match
                          [!c1] pass over -> [0]
                        cost: constant, whatever the window holds: the current event decides every guard, and one window from the start ends every partial match
                        cost as a stage, without a window: each event is compared with each partial match of its key, at most 10000
                        """);
    }
}
