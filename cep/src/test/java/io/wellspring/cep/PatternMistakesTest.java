package io.wellspring.cep;

import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PatternMistakesTest {
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = step("b", 'b');
    private final Step<Note> anything = Step.of("anything", Note.class);

    @Test
    void refusesAStepWithoutAName() {
        refuses(() -> Step.of(" ", Note.class), "without a name");
    }

    @Test
    void refusesTwoStepsOfOneName() {
        refuses(() -> build(Pattern.begin(a).next(step("a", 'b'))), "step 'a'", "twice", "a handle of its own");
        refuses(() -> build(Pattern.begin(a).next(Group.of(Pattern.begin(b).next(a)))), "step 'a'", "twice");
    }

    @Test
    void refusesQuantifiersThatTakeNothingOrContradict() {
        refuses(() -> a.times(0), "times(0, 0)", "step 'a'", "takes no event");
        refuses(() -> a.times(3, 2), "times(3, 2)");
        refuses(() -> a.times(2).oneOrMore(), "second quantifier", "step 'a'");
        refuses(() -> a.times(1_001), "1000", "timesOrMore");
        refuses(() -> build(Pattern.begin(a.oneOrMore().allowCombinations().greedy())), "contradict");
        refuses(() -> build(Pattern.begin(a.consecutive())), "takes one event", "oneOrMore");
        refuses(() -> build(Pattern.begin(a.until(note -> true))), "takes one event");
        refuses(() -> build(Pattern.begin(a.greedy())), "exactly one event");
    }

    @Test
    void refusesWindowsWithoutTime() {
        refuses(() -> Pattern.begin(a).within(Duration.ZERO), "within(PT0S)", "millisecond");
        refuses(() -> Pattern.begin(a).next(b).withinOfPrevious(Duration.ofMillis(-1)), "step 'b'");
        refuses(() -> a.oneOrMore().withinLoop(Duration.ZERO), "step 'a'");
    }

    @Test
    void refusesAnAbsenceThatNothingEnds() {
        refuses(() -> build(Pattern.begin(a).notFollowedBy(b)), "notFollowedBy(b)", "within(Duration)");
        refuses(() -> build(Pattern.begin(a).notFollowedBy(b.oneOrMore()).next(anything)), "step 'b'", "quantifier");
        refuses(() -> Group.of(Pattern.begin(a).notNext(b)), "ends with an absence");
        refuses(() -> Group.of(Pattern.begin(a).within(Duration.ofSeconds(1))), "whole pattern");
    }

    @Test
    void refusesSkippingToAForeignStepOrToAnAbsence() {
        refuses(() -> build(Pattern.begin(a).skipToFirst(b)), "step 'b'", "not a step of its pattern", "a");
        refuses(() -> build(Pattern.begin(a).notNext(b).next(anything).skipToLast(b)), "stands for an absence");
    }

    @Test
    void refusesAPatternThatCanNeverMatch() {
        refuses(() -> build(Pattern.begin(a).notFollowedBy(anything).followedBy(b)), "can never match");
        refuses(() -> build(Pattern.begin(a).notNext(anything).next(b)), "can never match");
        refuses(() -> build(Pattern.begin(anything.oneOrMore().greedy()).next(b)), "can never match");
        assertThatCode(() -> build(Pattern.begin(a).notNext(anything).followedBy(b)))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesABoundWithoutRoom() {
        refuses(() -> Pattern.begin(a).maxPartialMatches(0), "maxPartialMatches(0)");
    }

    @Test
    void refusesPatternsThatUnrollWithoutEnd() {
        Group inner = Group.of(Pattern.begin(a).next(b)).times(1, 900);
        refuses(() -> build(Pattern.begin(Group.of(Pattern.begin(inner)).times(900))), "20000 states");
    }

    private static void build(Sequence sequence) {
        sequence.select(Match::toString);
    }

    private static void refuses(ThrowingCallable mistake, String... words) {
        assertThatThrownBy(mistake).isInstanceOf(ConfigException.class).hasMessageContainingAll(words);
    }
}
