package io.wellspring.cep;

import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Which patterns cost the same whatever the window holds, and what those are told that do not. */
class EvaluationTest {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = step("b", 'b');
    private final Step<Note> c = step("c", 'c');

    @Test
    void contiguityQuantifiersAndAbsencesInBetweenFit() {
        assertFits(Pattern.begin(a).next(b).followedBy(c).within(WINDOW));
        assertFits(Pattern.begin(a).followedByAny(b).followedByAny(c));
        assertFits(Pattern.begin(a).notFollowedBy(b).followedBy(c).within(WINDOW));
        assertFits(Pattern.begin(a).followedBy(b).notNext(c));
        assertFits(Pattern.begin(a)
                .followedBy(b.oneOrMore().greedy().until(note -> note.number() > 9))
                .followedBy(c));
        assertFits(Pattern.begin(a.times(2, 4).allowCombinations()).followedBy(b.optional()));
        assertFits(Pattern.begin(Group.of(Pattern.begin(a).followedBy(b)).oneOrMore())
                .next(c)
                .within(WINDOW));
        assertFits(Pattern.begin(a).inArrivalOrder());
    }

    @Test
    void conditionsAcrossStepsDoNotFit() {
        Step<Note> higher =
                b.where((note, match) -> note.number() > match.one(a).number());
        assertReason(Pattern.begin(a).followedBy(higher), "the condition of b (Note)", "earlier events");
    }

    @Test
    void skipStrategiesDoNotFit() {
        assertReason(Pattern.begin(a).followedBy(b).skipPastLastEvent(), "skip strategy", "oldest start");
    }

    @Test
    void absenceAtTheEndDoesNotFit() {
        assertReason(Pattern.begin(a).notFollowedBy(b).within(WINDOW), "absence at the end", "window");
    }

    @Test
    void boundsBetweenEventsDoNotFit() {
        assertReason(Pattern.begin(a).followedBy(b).withinOfPrevious(WINDOW), "one event and the next");
        assertReason(Pattern.begin(a.oneOrMore().withinLoop(WINDOW)), "one event and the next");
    }

    @Test
    void windowsOverTimesThatGoBackDoNotFit() {
        assertReason(Pattern.begin(a).followedBy(b).within(WINDOW).inArrivalOrder(), "times may go back");
    }

    @Test
    void windowsByNumberFitButNotBesideOneInTime() {
        assertFits(Pattern.begin(a).followedBy(b).withinEvents(5));
        assertReason(Pattern.begin(a).followedBy(b).withinEvents(5).within(WINDOW), "two windows");
    }

    @Test
    void choicesAnyOrderAndProcessingTimeFit() {
        assertFits(Pattern.begin(Group.anyOf(a, b)).followedBy(c).within(WINDOW).inProcessingTime());
        assertFits(Pattern.begin(Group.allOf(a, b))
                .followedBy(c.oneOrMore().reluctant())
                .withinEvents(9));
    }

    @Test
    void moreConditionsThanThereAreBitsDoNotFit() {
        Sequence sequence = Pattern.begin(a);
        for (int i = 0; i < 63; i++) {
            sequence = sequence.followedBy(step("s" + i, 'b'));
        }
        assertFits(sequence);
        assertReason(sequence.followedBy(c), "more than 64 conditions");
    }

    @Test
    void moreStatesThanTheTablesHoldDoNotFit() {
        assertFits(Pattern.begin(a.times(1_000)));
        assertReason(Pattern.begin(a.times(1_000)).followedBy(b.times(100)), "1099 states", "1024");
    }

    @Test
    void everyReasonIsTold() {
        var explanation = Pattern.begin(a)
                .followedBy(b)
                .withinOfPrevious(WINDOW)
                .skipToNext()
                .select(Match::toString)
                .explain();
        assertThat(explanation.reasons()).hasSize(2);
        assertThat(explanation.text()).contains("because a skip strategy", "because a bound between");
    }

    @Test
    void drawsTheAutomaton() {
        var explanation = Pattern.begin(step("a \"1\" #2 <3>", 'a'))
                .followedBy(b)
                .select(Match::toString)
                .explain();
        assertThat(explanation.dot()).isEqualTo("""
                digraph pattern {
                  rankdir=LR;
                  node [shape=box];
                  begin [shape=circle];
                  match [shape=doublecircle];
                  s0 [label="wait for b.1 FOLLOWED_BY"];
                  begin -> s0 [label="a \\"1\\" #2 <3> (Note), take a \\"1\\" #2 <3>"];
                  s0 -> match [label="b (Note), take b"];
                  s0 -> s0 [label="not b (Note), pass over", style=dashed];
                }
                """);
        assertThat(explanation.mermaid()).isEqualTo("""
                flowchart LR
                  begin((begin))
                  match(((match)))
                  s0["wait for b.1 FOLLOWED_BY"]
                  begin -->|"a #quot;1#quot; #35;2 #lt;3> (Note), take a #quot;1#quot; #35;2 #lt;3>"| s0
                  s0 -->|"b (Note), take b"| match
                  s0 -.->|"not b (Note), pass over"| s0
                """);
    }

    private static void assertFits(Sequence sequence) {
        Explanation explanation = sequence.select(Match::toString).explain();
        assertThat(explanation.reasons()).isEmpty();
        assertThat(explanation.cost()).isEqualTo(Explanation.Cost.CONSTANT);
        assertThat(explanation.text()).contains("cost: constant", "cost as a stage");
    }

    private static void assertReason(Sequence sequence, String... words) {
        Explanation explanation = sequence.select(Match::toString).explain();
        assertThat(explanation.cost()).isEqualTo(Explanation.Cost.PER_PARTIAL_MATCH);
        assertThat(explanation.reasons()).singleElement().asString().contains(words);
        assertThat(explanation.text())
                .contains("because " + explanation.reasons().get(0));
    }
}
