package io.wellspring.cep;

import static io.wellspring.cep.Note.at;
import static io.wellspring.cep.Note.note;
import static io.wellspring.cep.Note.play;
import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Stage;
import io.wellspring.api.error.ConfigException;
import io.wellspring.testkit.StageTest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What holds for a pattern as a whole: windows by number and by the clock, reports without waiting, limits, counts, folds. */
class WholePatternTest {
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = step("b", 'b');
    private final Step<Note> c = step("c", 'c');

    @Test
    void aWindowByNumberCountsTheEventsInBetween() {
        Sequence pattern = Pattern.begin(a).followedBy(b).withinEvents(3);
        assertThat(play(pattern.select(Match::toString), "a1 x2 b3").results()).containsExactly("Match[a=a1, b=b3]");
        PatternTest<String> late = play(pattern.select(Match::toString), "a1 x2 x3 b4");
        assertThat(late.results()).isEmpty();
        assertThat(late.timeouts()).hasSize(1);
        assertThat(late.timeouts().get(0).deadline()).isEqualTo(at(3));
        assertThat(late.partialMatches()).isZero();
    }

    @Test
    void anAbsenceEndsWithTheLastEventThatTheWindowCounts() {
        Pattern<String> pattern =
                Pattern.begin(a).notFollowedBy(b).withinEvents(3).select(Match::toString);
        assertThat(play(pattern, "a1 x2").results()).isEmpty();
        assertThat(play(pattern, "a1 x2 x3").results()).containsExactly("Match[a=a1]");
        assertThat(play(pattern, "a1 x2 b3 x4").results()).isEmpty();
    }

    @Test
    void refusesAWindowByNumberThatIsTooSmall() {
        assertThatThrownBy(() -> Pattern.begin(a).withinEvents(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("withinEvents(0)");
        assertThatThrownBy(
                        () -> Pattern.begin(a.times(3)).next(b).withinEvents(3).select(m -> m))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("can never match", "at least 4 events", "withinEvents(3)");
    }

    @Test
    void journalsEachEventThatMovesAWindowByNumberAndNoneWhereNothingLives() {
        StageTest.of(stage(Pattern.begin(a).followedBy(b).withinEvents(3)), "k")
                .at(at(1))
                .when(new Arrival(0, note("x1")))
                .thenNoEvents()
                .at(at(2))
                .when(new Arrival(0, note("a2")))
                .at(at(3))
                .when(new Arrival(0, note("x3")))
                .thenEvents(new Change.Moved(0, 3, note("x3"), new byte[] {0}))
                .at(at(4))
                .when(new Arrival(0, note("x4")))
                .thenState(MatchState.EMPTY);
    }

    @Test
    void aPatternInProcessingTimeGoesByTheClockAndKnowsNoLateEvents() {
        PatternTest<String> test = PatternTest.of(Pattern.begin(a)
                .followedBy(b)
                .within(Duration.ofMillis(10))
                .inProcessingTime()
                .select(Match::toString));
        test.event(note("a1"), at(100)).event(note("b2"), at(50)).thenMatches("Match[a=a1, b=b2]");
        test.event(note("a3"), at(100))
                .advanceTo(at(110))
                .event(note("b4"), at(101))
                .thenNoMatches();
        assertThat(test.late()).isEmpty();
        assertThat(test.timeouts()).hasSize(1);
    }

    @Test
    void emitNowDoesNotWaitForAnEarlierStart() {
        Step<Note> rising =
                step("c", 'c').where((note, m) -> note.number() > m.one(b).number());
        Sequence pattern = Pattern.begin(a)
                .followedBy(b)
                .followedBy(rising)
                .within(Duration.ofMillis(100))
                .skipPastLastEvent();
        String notes = "a1 b9 a3 b4 c5";
        assertThat(play(pattern.select(Match::toString), notes).results()).isEmpty();
        PatternTest<String> now = play(pattern.emitNow().select(Match::toString), notes);
        assertThat(now.results()).containsExactly("Match[a=a3, b=b4, c=c5]");
        assertThat(now.partialMatches()).isZero();
        Sequence otherOrder =
                Pattern.begin(a).followedBy(b).followedBy(rising).emitNow().skipPastLastEvent();
        assertThat(play(otherOrder.select(Match::toString), notes).results()).hasSize(1);
    }

    @Test
    void aLimitKeepsTheFirstMatchesOfAnEvent() {
        Sequence pattern = Pattern.begin(a.oneOrMore().allowCombinations()).followedByAny(b);
        String notes = "a1 a2 a3 b4 b5";
        assertThat(play(pattern.select(Match::toString), notes).results()).hasSize(14);
        assertThat(play(pattern.maxMatchesPerEvent(2).select(Match::toString), notes)
                        .results())
                .containsExactly(
                        "Match[a=a1, a=a2, a=a3, b=b4]",
                        "Match[a=a1, a=a2, b=b4]",
                        "Match[a=a1, a=a2, a=a3, b=b5]",
                        "Match[a=a1, a=a2, b=b5]");
        assertThatThrownBy(() -> pattern.maxMatchesPerEvent(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("maxMatchesPerEvent(0)");
    }

    @Test
    void countsTheMatchesOfAnEventWithoutListingThem() {
        Sequence pattern = Pattern.begin(a.oneOrMore().allowCombinations()).followedByAny(b);
        assertThat(play(pattern.maxMatchesPerEvent(2).count(), "x0 a1 a2 a3 b4 x5 b6")
                        .results())
                .containsExactly(7L, 7L);
    }

    @Test
    void aFoldGathersOverTheEventsOfItsStep() {
        Fold<Integer> sum = b.fold(0, (total, note) -> total + note.number());
        Step<Note> bounded = b.timesOrMore(0).where((note, m) -> m.value(sum) + note.number() <= 10);
        Pattern<String> pattern =
                Pattern.begin(a).next(bounded.greedy()).next(c).select(m -> m + " sum " + m.value(sum));
        assertThat(play(pattern, "a1 c2").results()).containsExactly("Match[a=a1, c=c2] sum 0");
        assertThat(play(pattern, "a1 b2 b3 b5 c6").results())
                .containsExactly("Match[a=a1, b=b2, b=b3, b=b5, c=c6] sum 10");
        assertThat(play(pattern, "a1 b2 b9 c6").results()).isEmpty();
        Fold<Integer> foreign = c.fold(0, (total, note) -> total);
        Pattern<Integer> asking = Pattern.begin(a).select(m -> m.value(foreign));
        assertThatThrownBy(() -> play(asking, "a1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("value(c)", "not a step of its pattern");
    }

    @Test
    void readingAFoldInALoopCostsTheSameHoweverLongTheLoopIs() {
        AtomicInteger added = new AtomicInteger();
        Fold<Integer> count = b.fold(0, (total, note) -> {
            added.incrementAndGet();
            return total + 1;
        });
        Step<Note> counted =
                b.where((note, m) -> m.value(count) < 1_000).oneOrMore().consecutive();
        var plan = Pattern.begin(a).next(counted).select(Match::toString).plan();
        var evaluator = new Evaluator(plan);
        MatchState state = MatchState.EMPTY;
        for (int i = 0; i <= 100; i++) {
            Note note = note((i == 0 ? "a" : "b") + i);
            Answers answers = Answers.asking(plan, "k", note);
            state = evaluator
                    .step(state, new Occurrence(state.nextPosition(), i, 0, note), answers)
                    .state();
        }
        assertThat(added).hasValue(99);
    }

    @Test
    void warnsOfALoopThatNothingEnds() {
        Pattern<Match> endless = Pattern.begin(a.oneOrMore()).followedBy(b).select(m -> m);
        assertThat(endless.warnings()).singleElement().asString().contains("step 'a'", "within", "until", "10000");
        assertThat(endless.explain().text()).contains("warning: step 'a' may loop without end");
        Group pairs = Group.of(Pattern.begin(a).next(b)).oneOrMore();
        assertThat(Pattern.begin(pairs).select(m -> m).warnings()).hasSize(1);
        List<Sequence> ended = List.of(
                Pattern.begin(a.oneOrMore()).within(Duration.ofSeconds(1)),
                Pattern.begin(a.oneOrMore()).withinEvents(5),
                Pattern.begin(a.oneOrMore().until(note -> note.number() > 5)),
                Pattern.begin(a.times(2, 5)));
        assertThat(ended)
                .allSatisfy(sequence ->
                        assertThat(sequence.select(m -> m).warnings()).isEmpty());
    }

    private static Stage<String, Arrival, Change, MatchState> stage(Sequence sequence) {
        return Cep.stageOfRuns("p", sequence.select(Match::toString), new ValueCodecs(List.of(Note.codec())));
    }
}
