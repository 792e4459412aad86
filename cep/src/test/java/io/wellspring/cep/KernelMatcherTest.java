package io.wellspring.cep;

import static io.wellspring.cep.Note.at;
import static io.wellspring.cep.Note.note;
import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.cep.KernelMatchingTest.Shape;
import io.wellspring.testkit.StageTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

/** Patterns that fit the kernel as stages: they find what the runs find, through aborts, snapshots and restarts, and store what changed. */
class KernelMatcherTest {
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = step("b", 'b');

    @Property(tries = 6_000, edgeCases = EdgeCasesMode.NONE, maxDiscardRatio = 20)
    void findsWhatTheRunsFindWhateverHappensInBetween(
            @ForAll("shapes") Shape shape, @ForAll("streams") List<Letters> stream, @ForAll Random random) {
        Pattern<Match> pattern = patternOf(shape);
        var byKernel = new StageLife<>(ofKernel(pattern, new LettersCodec()));
        var byRuns =
                new StageLife<>(Cep.<String>stageOfRuns("p", pattern, new ValueCodecs(List.of(new LettersCodec()))));
        long now = 0;
        int found = 0;
        for (int i = 0; i < stream.size(); i++) {
            now += stream.get(i).timeMillis();
            disturb(byKernel, stream.subList(i, stream.size()), now, random);
            String matches = byKernel.event(stream.get(i), now).toString();
            assertThat(matches).isEqualTo(byRuns.event(stream.get(i), now).toString());
            found += matches.length() > 2 ? 1 : 0;
            if (random.nextBoolean()) {
                byKernel.commit();
            } else {
                byKernel.commit();
                byKernel.snapshot();
            }
        }
        byKernel.restart();
        Statistics.label("matches").collect(found == 0 ? "none" : "some");
    }

    /** Tries what comes next and takes it back, or dies. */
    private static void disturb(StageLife<?> life, List<Letters> next, long now, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> {
                long ahead = now;
                for (Letters event : next.subList(0, random.nextInt(next.size()))) {
                    life.event(event, ahead += random.nextInt(3));
                }
                life.abort();
            }
            case 1 -> life.restart();
            default -> {
                // nothing goes wrong
            }
        }
    }

    @Test
    void aSnapshotWritesWhatChangedWhateverTheWindowHolds() {
        Pattern<Match> pattern = Pattern.begin(a)
                .followedByAny(b)
                .followedByAny(step("c", 'c'))
                .withinEvents(100_000)
                .select(match -> match);
        var life = new StageLife<>(ofKernel(pattern, Note.codec()));
        for (int i = 0; i < 100_000; i++) {
            life.event(new Note("ab".charAt(i % 2), i), i);
            life.commit();
        }
        life.snapshot();
        int partsOfWindow = life.partsWritten();
        long bytesOfWindow = life.bytesWritten();
        assertThat(partsOfWindow).isGreaterThan(100);

        for (int i = 0; i < 100; i++) {
            life.event(new Note("ab".charAt(i % 2), i), 100_000 + i);
            life.commit();
        }
        life.snapshot();

        assertThat(life.partsWritten() - partsOfWindow).isLessThanOrEqualTo(1);
        assertThat(life.bytesWritten() - bytesOfWindow).isLessThan(40_000).isLessThan(bytesOfWindow / 50);
        life.restart();
    }

    @Test
    void journalsTheEventWithTheAnswersAndNothingThatChangesNothing() {
        StageTest.of(
                        notes(Pattern.begin(a)
                                .followedBy(b)
                                .followedByAny(step("c", 'c'))
                                .within(millis(10))),
                        "k")
                .at(at(1))
                .when(arrival("x0"))
                .thenNoEvents()
                .thenState(PartialMatches.NONE)
                .at(at(2))
                .when(arrival("a1"))
                .thenEvents(new Change.Moved(0, 2, note("a1"), new byte[] {1}))
                .at(at(3))
                .when(arrival("x2"))
                .thenNoEvents()
                .at(at(4))
                .when(arrival("b3"))
                .thenEvents(new Change.Moved(0, 4, note("b3"), new byte[] {0b10}))
                .thenNoOutput();
    }

    @Test
    void freesAKeyWhenItsYoungestStartHasLeftTheWindow() {
        StageTest.of(
                        notes(Pattern.begin(a)
                                .followedBy(b)
                                .followedByAny(step("c", 'c'))
                                .within(millis(10))),
                        "k")
                .at(at(1))
                .when(arrival("a1"))
                .thenTimer("window", at(11))
                .at(at(4))
                .when(arrival("a4"))
                .thenTimer("window", at(11))
                .advanceTo(at(11))
                .thenNoEvents()
                .thenTimer("window", at(14))
                .advanceTo(at(14))
                .thenEvents(new Change.TimePassed(14))
                .thenState(PartialMatches.NONE)
                .thenNoTimer();
    }

    @Test
    void forgetsAKeyWithoutPartialMatches() {
        StageTest.of(notes(Pattern.begin(a).next(b).within(millis(10))), "k")
                .at(at(1))
                .when(arrival("a1"))
                .at(at(2))
                .when(arrival("x2"))
                .thenState(PartialMatches.NONE)
                .thenNoTimer();
        StageTest.of(notes(Pattern.begin(a).followedByAny(b).withinEvents(2)), "k")
                .when(arrival("a1"))
                .when(arrival("b2"))
                .thenState(PartialMatches.NONE);
    }

    @Test
    void aMatchOfOneEventLeavesNothingBehind() {
        StageTest.of(notes(Pattern.begin(a).within(millis(10))), "k")
                .when(arrival("a1"))
                .thenNoEvents()
                .thenState(PartialMatches.NONE)
                .thenNoTimer();
    }

    @Test
    void givesLateEventsAside() {
        StageTest.of(notes(Pattern.begin(a).followedBy(b).within(millis(10))), "k")
                .at(at(5))
                .when(arrival("a1"))
                .at(at(4))
                .when(arrival("b2"))
                .thenNoEvents()
                .thenOutput(Matcher.LATE, note("b2"));
    }

    @Test
    void countsTheMatchesOfAnEvent() {
        Pattern<Long> pattern =
                Pattern.begin(a).followedByAny(b).within(millis(10)).count();
        var life = new StageLife<>(ofKernel(pattern, Note.codec()));
        life.event(note("a1"), 1);
        life.event(note("a2"), 2);
        assertThat(life.event(note("b3"), 3))
                .singleElement()
                .satisfies(match -> assertThat(pattern.resultOf(match)).isEqualTo(2));
    }

    @Test
    void replayCallsNoPredicate() {
        var replaying = new boolean[1];
        Step<Note> any = Step.of("any", Note.class).where(note -> {
            if (replaying[0]) {
                throw new AssertionError("a predicate was called in replay");
            }
            return note.letter() != 'x';
        });
        Pattern<Match> pattern = Pattern.begin(a)
                .followedByAny(any)
                .followedByAny(b)
                .within(millis(100))
                .select(match -> match);
        var life = new StageLife<>(ofKernel(pattern, Note.codec()));
        for (int i = 0; i < 50; i++) {
            life.event(new Note("abx".charAt(i % 3), i), i);
            life.commit();
        }
        assertThat(life.journal()).hasSizeGreaterThan(30);
        replaying[0] = true;
        life.restart();
    }

    @Test
    void refusesStatesAndChangesOfAnotherPattern() {
        Stage<String, Arrival, Change, PartialMatches> old =
                notes(Pattern.begin(a).followedBy(b).within(millis(10)));
        Stage<String, Arrival, Change, PartialMatches> longer =
                notes(Pattern.begin(a).followedBy(b).within(millis(11)));
        byte[] state = old.state().encode(PartialMatches.NONE);
        byte[] change = old.events().encode(new Change.TimePassed(7));

        assertThat(old.state().decode(state)).isEqualTo(PartialMatches.NONE);
        assertThatThrownBy(() -> longer.state().decode(state))
                .isInstanceOf(CorruptException.class)
                .hasMessageContainingAll("pattern p", "another pattern", "give the changed pattern a new name");
        assertThatThrownBy(() -> longer.events().decode(change)).isInstanceOf(CorruptException.class);
        Stage<String, Arrival, Change, MatchState> runs = Cep.stageOfRuns(
                "p",
                Pattern.begin(a).followedBy(b).within(millis(10)).select(Match::toString),
                new ValueCodecs(List.of(Note.codec())));
        assertThatThrownBy(() -> runs.events().decode(change))
                .as("runs keep other answers")
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("onTimeout");
        var matcher = old.behaviour();
        assertThatThrownBy(() -> matcher.evolve(
                        PartialMatches.NONE, new Change.Moved(0, 1, note("a1"), new byte[Long.BYTES + 1])))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("more than its conditions have");
    }

    @Test
    void anEventThatCompletesTooManyMatchesIsRefusedAndChangesNothing() {
        Pattern<Match> pattern = Pattern.begin(a.oneOrMore().allowCombinations())
                .followedBy(b)
                .within(millis(100))
                .select(match -> match);
        var life = new StageLife<>(ofKernel(pattern, Note.codec()));
        for (int i = 0; i < 18; i++) {
            life.event(new Note('a', i), i);
            life.commit();
        }
        PartialMatches before = life.state();
        assertThatThrownBy(() -> life.event(note("b1"), 20))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("Pattern p, key k", "262143 matches", "It is not taken in", "count()");
        assertThat(life.state()).isEqualTo(before);
        assertThat(life.event(note("x1"), 20)).isEmpty();
    }

    @Test
    void theStageTellsWhichEvaluatorItHas() {
        Sequence fits = Pattern.begin(a).followedBy(b).within(millis(10));
        assertThat(behaviour(fits, false)).isInstanceOf(KernelMatcher.class);
        assertThat(behaviour(fits, true)).isInstanceOf(Matcher.class);
        assertThat(behaviour(Pattern.begin(a).followedBy(b), false)).isInstanceOf(Matcher.class);
        assertThat(behaviour(fits.skipPastLastEvent(), false)).isInstanceOf(Matcher.class);
    }

    private static Object behaviour(Sequence sequence, boolean timeouts) {
        return Cep.stage("p", sequence.select(Match::toString), new ValueCodecs(List.of(Note.codec())), timeouts)
                .behaviour();
    }

    private static Pattern<Match> patternOf(Shape shape) {
        try {
            return shape.sequence().select(match -> match);
        } catch (ConfigException mistake) {
            Assume.that(false);
            throw mistake;
        }
    }

    private static Stage<String, Arrival, Change, PartialMatches> notes(Sequence sequence) {
        return ofKernel(sequence.select(Match::toString), Note.codec());
    }

    private static Stage<String, Arrival, Change, PartialMatches> ofKernel(Pattern<?> pattern, Codec<?> values) {
        return Cep.stageOfKernel("p", pattern, new ValueCodecs(List.of(values)), (Evaluation.Constant)
                Evaluation.ofStage(pattern.plan(), false));
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static Arrival arrival(String note) {
        return new Arrival(0, note(note));
    }

    @Provide
    Arbitrary<Shape> shapes() {
        return new KernelMatchingTest().shapes().filter(shape -> shape.window() != 0);
    }

    @Provide
    Arbitrary<List<Letters>> streams() {
        return new KernelMatchingTest().streams();
    }

    private static final class LettersCodec implements Codec<Letters> {
        @Override
        public String contentName() {
            return "letters";
        }

        @Override
        public byte[] encode(Letters value) {
            return (value.number() + " " + value.timeMillis() + " " + value.weight() + " " + value.letters())
                    .getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Letters decode(byte[] bytes) {
            String[] fields = new String(bytes, StandardCharsets.UTF_8).split(" ", -1);
            return new Letters(
                    Integer.parseInt(fields[0]), Long.parseLong(fields[1]), fields[3], Integer.parseInt(fields[2]));
        }
    }
}
