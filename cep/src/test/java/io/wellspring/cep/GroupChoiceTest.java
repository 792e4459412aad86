package io.wellspring.cep;

import static io.wellspring.cep.Note.play;
import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One of several parts, all of them in any order, and loops that prefer to stay or to leave. */
class GroupChoiceTest {
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = step("b", 'b');
    private final Step<Note> c = step("c", 'c');
    private final Step<Note> d = step("d", 'd');
    /** Fits b and c. */
    private final Step<Note> bc = Step.of("bc", Note.class).where(note -> note.letter() == 'b' || note.letter() == 'c');

    @Test
    void oneOfSeveralTakesTheNextEventThatFitsAny() {
        Group either = Group.anyOf(b, c);
        assertThat(matches(Pattern.begin(a).followedBy(either), "a1 x2 c3 b4")).containsExactly("Match[a=a1, c=c3]");
        assertThat(matches(Pattern.begin(a).followedByAny(either), "a1 x2 c3 b4"))
                .containsExactly("Match[a=a1, c=c3]", "Match[a=a1, b=b4]");
        assertThat(matches(Pattern.begin(a).next(either), "a1 x2 c3 a4 b5")).containsExactly("Match[a=a4, b=b5]");
    }

    @Test
    void anEventThatFitsSeveralOfThemGivesAMatchWithEach() {
        assertThat(matches(Pattern.begin(a).followedBy(Group.anyOf(bc, c)), "a1 c2 b3"))
                .containsExactly("Match[a=a1, bc=c2]", "Match[a=a1, c=c2]");
    }

    @Test
    void oneOfSeveralHoldsSequencesAndLoops() {
        Group either = Group.anyOf(Group.of(Pattern.begin(b).next(c)), d).times(2);
        assertThat(matches(Pattern.begin(a).followedBy(either), "a1 b2 c3 d4"))
                .containsExactly("Match[a=a1, b=b2, c=c3, d=d4]");
        assertThat(matches(Pattern.begin(either), "d1 b2 x3 c4")).isEmpty();
    }

    @Test
    void allOfSeveralComeInAnyOrder() {
        Sequence pattern = Pattern.begin(a).followedBy(Group.allOf(b, c)).followedBy(d);
        assertThat(matches(pattern, "a1 b2 x3 c4 d5")).containsExactly("Match[a=a1, b=b2, c=c4, d=d5]");
        assertThat(matches(pattern, "a1 c2 c3 b4 d5")).containsExactly("Match[a=a1, c=c2, b=b4, d=d5]");
        assertThat(matches(pattern, "a1 c2 d3 c4")).isEmpty();
    }

    @Test
    void allOfSeveralTakesTheNextEventThatFitsAMissingPart() {
        assertThat(matches(Pattern.begin(d).followedBy(Group.allOf(a, b)), "d1 a2 b3 a4"))
                .containsExactly("Match[d=d1, a=a2, b=b3]");
    }

    @Test
    void whatIsOptionalMayBeMissingFromAll() {
        assertThat(matches(
                        Pattern.begin(a).next(Group.allOf(b, c.optional())).next(d), "a1 b2 d3 a4 c5 b6 d7 a8 c9 d9"))
                .containsExactly("Match[a=a1, b=b2, d=d3]", "Match[a=a4, c=c5, b=b6, d=d7]");
    }

    @Test
    void refusesChoicesThatAreNone() {
        assertThatThrownBy(() -> Group.anyOf(a))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("anyOf of 1", "at least two");
        assertThatThrownBy(() -> Group.allOf(a, b, c, d, a, b, c, d, a, b, c))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("allOf of 11", "more than 10");
    }

    @Test
    void aReluctantLoopLeavesWhereItCan() {
        Step<Note> loop = bc.oneOrMore();
        assertThat(matches(Pattern.begin(a).next(loop).next(c), "a1 b2 c3 c4"))
                .containsExactly("Match[a=a1, bc=b2, c=c3]", "Match[a=a1, bc=b2, bc=c3, c=c4]");
        assertThat(matches(Pattern.begin(a).next(loop.reluctant()).next(c), "a1 b2 c3 c4"))
                .containsExactly("Match[a=a1, bc=b2, c=c3]");
        assertThat(matches(Pattern.begin(a).next(loop.greedy()).next(d), "a1 b2 c3 d4"))
                .containsExactly("Match[a=a1, bc=b2, bc=c3, d=d4]");
    }

    @Test
    void aReluctantOptionalStepIsLeftOutWhereItCanBe() {
        Sequence plain = Pattern.begin(a).next(bc.optional()).next(c);
        Sequence reluctant = Pattern.begin(a).next(bc.optional().reluctant()).next(c);
        assertThat(matches(plain, "a1 c2 c3")).containsExactly("Match[a=a1, c=c2]", "Match[a=a1, bc=c2, c=c3]");
        assertThat(matches(reluctant, "a1 c2 c3")).containsExactly("Match[a=a1, c=c2]");
        assertThat(matches(reluctant, "a1 b2 c3")).containsExactly("Match[a=a1, bc=b2, c=c3]");
    }

    @Test
    void groupsPreferStayingOrLeavingToo() {
        Group pair = Group.of(Pattern.begin(bc).next(d)).oneOrMore();
        Sequence greedy = Pattern.begin(a).next(pair.greedy()).followedBy(c);
        Sequence reluctant = Pattern.begin(a).next(pair.reluctant()).followedBy(c);
        assertThat(matches(greedy, "a1 b2 d3 c4 d5")).isEmpty();
        assertThat(matches(reluctant, "a1 b2 d3 c4 d5 c6")).containsExactly("Match[a=a1, bc=b2, d=d3, c=c4]");
    }

    @Test
    void refusesBothPreferencesAtOnce() {
        assertThatThrownBy(() -> a.oneOrMore().greedy().reluctant())
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("greedy and reluctant", "step 'a'", "keep one");
        assertThatThrownBy(() -> Pattern.begin(a.reluctant()).select(Match::toString))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("reluctant on step 'a', which takes exactly one event");
    }

    @Test
    void aGroupEndsAtAnEventThatTheMatchSoFarDecides() {
        Group pairs = Group.of(Pattern.begin(b).next(c))
                .oneOrMore()
                .until(Note.class, (note, m) -> m.count(b) > 0 && note.number() > 5);
        assertThat(matches(Pattern.begin(pairs), "b1 c2 b3 c9")).containsExactly("Match[b=b1, c=c2]");
    }

    private static List<String> matches(Sequence sequence, String notes) {
        return play(sequence.select(Match::toString), notes).results();
    }
}
