package io.wellspring.cep;

import static io.wellspring.cep.Note.at;
import static io.wellspring.cep.Note.note;
import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Stage;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.testkit.StageTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The matcher as any other stage: what it journals, what it keeps, what it forgets. */
class MatcherTest {
    private final AtomicInteger asked = new AtomicInteger();
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = Step.of("b", Note.class).where(note -> {
        asked.incrementAndGet();
        return note.letter() == 'b';
    });
    private final Step<Note> c =
            step("c", 'c').where((note, m) -> note.number() > m.one(b).number());

    @Test
    void journalsWhatChangesTheMatchingAndNothingElse() {
        Stage<String, Arrival, Change, MatchState> stage =
                stage(Pattern.begin(a).followedBy(b).within(millis(10)));
        StageTest.of(stage, "k")
                .at(at(1))
                .when(arrival("x0"))
                .thenNoEvents()
                .at(at(2))
                .when(arrival("a1"))
                .thenEvents(new Change.Moved(0, 2, note("a1"), new byte[] {1}))
                .at(at(3))
                .when(arrival("x2"))
                .thenNoEvents()
                .thenNoOutput();
    }

    @Test
    void forgetsAKeyWithoutPartialMatches() {
        Stage<String, Arrival, Change, MatchState> stage =
                stage(Pattern.begin(a).next(b).within(millis(10)));
        StageTest.of(stage, "k")
                .at(at(1))
                .when(arrival("a1"))
                .at(at(2))
                .when(arrival("x2"))
                .thenState(MatchState.EMPTY)
                .at(at(3))
                .when(arrival("a3"))
                .at(at(20))
                .when(arrival("x4"))
                .thenEvents(new Change.TimePassed(13))
                .thenState(MatchState.EMPTY)
                .thenNoTimer();
    }

    @Test
    void reportsWhatTimeAloneBringsWhenTheWatermarkPassesIt() {
        Stage<String, Arrival, Change, MatchState> stage =
                stage(Pattern.begin(a).notFollowedBy(b).within(millis(10)));
        StageTest<String, Arrival, Change, MatchState> test = StageTest.of(stage, "k")
                .at(at(1))
                .when(arrival("a1"))
                .thenTimer("window", at(11))
                .at(at(4))
                .when(arrival("a4"))
                .thenTimer("window", at(11))
                .advanceTo(at(10))
                .thenNoOutput()
                .advanceTo(at(11))
                .thenEvents(new Change.TimePassed(11))
                .thenTimer("window", at(14));
        assertThatThrownBy(test::thenNoOutput).hasMessageContaining("emitted [Match[a=a1] through matches]");
        test.at(at(12))
                .when(arrival("b5"))
                .thenNoOutput()
                .thenState(MatchState.EMPTY)
                .thenNoTimer();
    }

    @Test
    void aWindowThatIsOpenNoLongerLeavesNoTimer() {
        StageTest.of(stage(Pattern.begin(a).followedBy(b).within(millis(10))), "k")
                .at(at(1))
                .when(arrival("a1"))
                .thenTimer("window", at(11))
                .at(at(2))
                .when(arrival("b2"))
                .thenNoTimer()
                .advanceTo(at(50))
                .thenNoEvents();
    }

    @Test
    void replaysWithoutAskingThePredicates() {
        var matcher =
                new Matcher<String>("p", plan(Pattern.begin(a).followedByAny(b).followedByAny(c)));
        MatchState state = MatchState.EMPTY;
        List<Change> changes = List.of(
                new Change.Moved(0, 1, note("a1"), new byte[] {0b1}),
                new Change.Moved(0, 2, note("b2"), new byte[] {0b10}));
        for (Change change : changes) {
            state = matcher.evolve(state, change);
        }
        assertThat(asked).hasValue(0);
        assertThat(state.runs()).hasSize(2);
    }

    @Test
    void refusesAChangeWithMoreOrFewerAnswersThanItsReplayAsksFor() {
        var matcher = new Matcher<String>("p", plan(Pattern.begin(a).followedBy(b)));

        assertThatThrownBy(() ->
                        matcher.evolve(MatchState.EMPTY, new Change.Moved(0, 1, note("a1"), new byte[] {1, 0})))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("more answers");
        assertThatThrownBy(() -> matcher.evolve(MatchState.EMPTY, new Change.Moved(0, 1, note("a1"), new byte[0])))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("fewer answers");
    }

    @Test
    void asksAPredicateOncePerEvent() {
        PatternTest<String> test =
                PatternTest.of(Pattern.begin(a.oneOrMore()).followedByAny(b).select(Match::toString));
        test.event(note("a1"), at(1)).event(note("a2"), at(2)).event(note("a3"), at(3));
        asked.set(0);
        test.event(note("b4"), at(4));
        assertThat(asked).hasValue(1);
        assertThat(test.results()).hasSize(6);
    }

    @Test
    void givesLateEventsAside() {
        Stage<String, Arrival, Change, MatchState> stage =
                stage(Pattern.begin(a).followedBy(b));
        StageTest.of(stage, "k")
                .at(at(5))
                .when(arrival("a1"))
                .at(at(4))
                .when(arrival("b2"))
                .thenNoEvents()
                .thenOutput(Matcher.LATE, note("b2"));
    }

    @Test
    void givesTimeoutsAside() {
        PatternTest<String> test =
                PatternTest.of(Pattern.begin(a).followedBy(b).within(millis(10)).select(Match::toString));
        test.event(note("a1"), at(1)).advanceTo(at(10));
        assertThat(test.timeouts()).isEmpty();
        test.advanceTo(at(11)).thenNoMatches();
        assertThat(test.timeouts()).hasSize(1);
        assertThat(test.timeouts().get(0).partial().one(a)).isEqualTo(note("a1"));
        assertThat(test.timeouts().get(0).deadline()).isEqualTo(at(11));
        assertThat(test.partialMatches()).isZero();
    }

    @Test
    void refusesToExceedTheBoundAndSaysWhose() {
        Stage<String, Arrival, Change, MatchState> stage =
                stage(Pattern.begin(a).followedBy(b).maxPartialMatches(2));
        StageTest<String, Arrival, Change, MatchState> test =
                StageTest.of(stage, "k").when(arrival("a1")).when(arrival("a2"));
        assertThatThrownBy(() -> test.when(arrival("a3")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("Pattern p", "key k", "3 partial", "maxPartialMatches=2", "within");
    }

    @Test
    void refusesWhatAnotherPatternStored() {
        Stage<String, Arrival, Change, MatchState> old =
                stage(Pattern.begin(a).followedBy(b).within(millis(10)));
        Stage<String, Arrival, Change, MatchState> longer =
                stage(Pattern.begin(a).followedBy(b).within(millis(11)));
        Stage<String, Arrival, Change, MatchState> same =
                stage(Pattern.begin(a).followedBy(b).within(millis(10)).maxPartialMatches(7));
        byte[] state = old.state().encode(MatchState.EMPTY);
        byte[] change = old.events().encode(new Change.TimePassed(5));
        assertThatThrownBy(() -> longer.state().decode(state))
                .isInstanceOf(CorruptException.class)
                .hasMessageContainingAll("pattern p", "windows", "new name");
        assertThatThrownBy(() -> longer.events().decode(change)).isInstanceOf(CorruptException.class);
        assertThatCode(() -> same.state().decode(state)).doesNotThrowAnyException();
    }

    @Test
    void keepsAWaitingMatchInItsState() {
        PatternTest<String> test = PatternTest.of(Pattern.begin(a)
                .followedBy(b)
                .followedBy(c)
                .within(millis(100))
                .skipPastLastEvent()
                .select(Match::toString));
        test.event(note("a1"), at(1))
                .event(note("b9"), at(2))
                .event(note("a3"), at(3))
                .event(note("b4"), at(4))
                .event(note("c5"), at(5))
                .thenNoMatches()
                .advanceTo(at(101))
                .thenMatches("Match[a=a3, b=b4, c=c5]");
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static Arrival arrival(String note) {
        return new Arrival(0, note(note));
    }

    private static Plan plan(Sequence sequence) {
        return sequence.select(Match::toString).plan();
    }

    private static Stage<String, Arrival, Change, MatchState> stage(Sequence sequence) {
        return Cep.stageOfRuns("p", sequence.select(Match::toString), new ValueCodecs(List.of(Note.codec())));
    }
}
