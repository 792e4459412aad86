package io.wellspring.cep;

import static io.wellspring.cep.Note.note;
import static io.wellspring.cep.Note.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.wellspring.api.error.ConfigException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Matching in memory, by either evaluator. */
class MatchingTest {
    private final Step<Note> a = step("a", 'a');
    private final Step<Note> b = step("b", 'b');
    private final List<String> found = new ArrayList<>();

    @Test
    void reportsTheMatchesOfAnEventInOrder() {
        Matching<String> matching = matching(Pattern.begin(a).followedByAny(b).within(Duration.ofMillis(4)));
        play(matching, "k", "a1 a2 b3 b4 b5");

        assertThat(found)
                .containsExactly(
                        "k Match[a=a1, b=b3]",
                        "k Match[a=a2, b=b3]",
                        "k Match[a=a1, b=b4]",
                        "k Match[a=a2, b=b4]",
                        "k Match[a=a2, b=b5]");
    }

    @Test
    void keysAreApart() {
        Matching<String> matching = matching(Pattern.begin(a).followedBy(b));
        matching.event("k", note("a1"), 1);
        matching.event("l", note("b2"), 2);
        matching.event("l", note("a3"), 3);
        matching.event("k", note("b4"), 4);

        assertThat(found).containsExactly("k Match[a=a1, b=b4]");
        assertThat(matching.keyCount()).isEqualTo(2);
    }

    @Test
    void lateEventsTakeNoPart() {
        Matching<String> matching = matching(Pattern.begin(a).followedBy(b).within(Duration.ofMillis(9)));
        assertThat(matching.event("k", note("a1"), 5)).isTrue();
        assertThat(matching.event("k", note("b2"), 4)).isFalse();
        assertThat(matching.event("l", note("b2"), 4)).isTrue();
        matching.advanceTo(7);
        assertThat(matching.event("k", note("b3"), 6)).isFalse();
        assertThat(matching.event("k", note("b4"), 7)).isTrue();

        assertThat(found).containsExactly("k Match[a=a1, b=b4]");
    }

    @Test
    void eventsInArrivalOrderAreNeverLate() {
        Matching<String> matching = matching(Pattern.begin(a).followedBy(b).inArrivalOrder());
        assertThat(matching.event("k", note("a1"), 5)).isTrue();
        assertThat(matching.event("k", note("b2"), 4)).isTrue();

        assertThat(found).containsExactly("k Match[a=a1, b=b2]");
    }

    @Test
    void timeCompletesAnAbsenceAndFreesKeys() {
        Matching<String> matching = matching(Pattern.begin(a).notFollowedBy(b).within(Duration.ofMillis(10)));
        matching.event("k", note("a1"), 1);
        matching.advanceTo(10);
        assertThat(found).isEmpty();
        assertThat(matching.keyCount()).isEqualTo(1);
        matching.advanceTo(11);

        assertThat(found).containsExactly("k Match[a=a1]");
        assertThat(matching.keyCount()).isZero();
    }

    @Test
    void timeFreesKeysWhoseWindowHasPassed() {
        Matching<String> matching = matching(Pattern.begin(a).followedBy(b).within(Duration.ofMillis(10)));
        matching.event("k", note("a1"), 1);
        matching.event("l", note("a2"), 2);
        matching.advanceTo(11);
        assertThat(matching.keyCount()).isEqualTo(1);
        matching.event("l", note("b3"), 11);

        assertThat(found).containsExactly("l Match[a=a2, b=b3]");
    }

    @Test
    void matchesAreCountedWithoutBeingListed() {
        List<Long> counts = new ArrayList<>();
        Sequence loops = Pattern.begin(a).followedByAny(b.oneOrMore().allowCombinations());
        Matching<String> matching = Matching.of(loops.count(), (key, count) -> counts.add(count));
        for (int i = 0; i < 41; i++) {
            matching.event("k", note(i == 0 ? "a0" : "b" + i), i);
        }

        assertThat(counts).hasSize(40).startsWith(1L, 2L, 4L).endsWith(1L << 39);
    }

    @Test
    void moreMatchesThanCanBeListedAreRefused() {
        var listed = new AtomicLong();
        Sequence loops = Pattern.begin(a).followedByAny(b.oneOrMore().allowCombinations());
        Matching<String> matching =
                Matching.of(loops.withinEvents(20).select(match -> match), (key, match) -> listed.incrementAndGet());
        play(matching, "k", "a1" + " b2".repeat(17));
        assertThat(listed).hasValue((1 << 17) - 1);
        assertThatThrownBy(() -> matching.event("k", note("b3"), 30))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("completes 131072 matches", "100000", "count()");
        play(matching, "k", 30, "d1 d2 a3 b4");

        assertThat(listed).hasValue(1 << 17);
    }

    @Test
    void aMillionPartialMatchesOfAKeyLiveAndAreAllCounted() {
        int each = 1_000;
        List<Long> counts = new ArrayList<>();
        Sequence pairs = Pattern.begin(a).followedByAny(b).followedByAny(step("c", 'c'));
        Matching<String> matching =
                Matching.of(pairs.withinEvents(3 * each).count(), (key, count) -> counts.add(count));
        play(matching, "k", ("a1 ".repeat(each) + "b2 ".repeat(each) + "c3 c4").strip());
        play(matching, "k", 2L * each + 2, "d5 ".repeat(each - 2).strip());
        play(matching, "k", 3L * each, "c6");

        long all = (long) each * each;
        assertThat(counts).containsExactly(all, all, all - each);
    }

    @Test
    void ofManyMatchesTheFirstAreReported() {
        Matching<String> matching = matching(Pattern.begin(a).followedByAny(b).maxMatchesPerEvent(2));
        play(matching, "k", "a1 a2 a3 b4");

        assertThat(found).containsExactly("k Match[a=a1, b=b4]", "k Match[a=a2, b=b4]");
    }

    @Test
    void aClockThatGoesBackIsTakenToStandStill() {
        Matching<String> matching = matching(
                Pattern.begin(a).followedBy(b).within(Duration.ofMillis(10)).inProcessingTime());
        matching.event("k", note("a1"), 5);
        assertThat(matching.event("k", note("b2"), 3)).isTrue();

        assertThat(found).containsExactly("k Match[a=a1, b=b2]");
    }

    @Test
    void aPredicateThatThrowsLeavesTheKeyAsItWas() {
        Step<Note> picky = Step.of("picky", Note.class).where(note -> {
            if (note.number() == 13) {
                throw new IllegalArgumentException("unlucky");
            }
            return note.letter() == 'b';
        });
        Matching<String> matching = matching(Pattern.begin(a).next(picky));
        matching.event("k", note("a1"), 1);
        assertThatThrownBy(() -> matching.event("k", note("c13"), 2)).hasMessage("unlucky");
        matching.event("k", note("b3"), 2);

        assertThat(found).containsExactly("k Match[a=a1, picky=b3]");
    }

    @Test
    void aPredicateIsAskedOnceAndOnlyWhereItMatters() {
        List<Note> asked = new ArrayList<>();
        Step<Note> counted = Step.of("b", Note.class).where(note -> {
            asked.add(note);
            return note.letter() == 'b';
        });
        Step<Note> again = Step.of("c", Note.class).where(note -> note.letter() == 'c');
        Matching<String> matching =
                matching(Pattern.begin(a).followedBy(counted.oneOrMore()).followedBy(again));
        play(matching, "k", "d1 a2 a3 d4 b5 d6");

        assertThat(asked).containsExactly(note("a3"), note("d4"), note("b5"), note("d6"));
    }

    @Test
    void whereTheCostIsPerPartialMatchTheirNumberIsBounded() {
        Matching<String> matching =
                matching(Pattern.begin(a).followedBy(b).skipToNext().maxPartialMatches(2));
        play(matching, "k", "a1 a2");
        assertThatThrownBy(() -> matching.event("k", note("a3"), 3))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("maxPartialMatches=2");
        matching.event("k", note("b4"), 4);

        assertThat(found).containsExactly("k Match[a=a1, b=b4]", "k Match[a=a2, b=b4]");
    }

    @Test
    void withoutAWindowOnlyReachedEventsAreKept() {
        Matching<String> matching = matching(Pattern.begin(a).next(b).next(step("c", 'c')));
        for (int i = 0; i < 100_000; i++) {
            matching.event("k", note((i % 3 == 2 ? "d" : i % 3 == 1 ? "b" : "a") + i), i);
        }
        play(matching, "k", 100_000, "a1 b2 c3");

        assertThat(found).containsExactly("k Match[a=a1, b=b2, c=c3]");
    }

    @Test
    void allocatesNothingForEventsThatMatchNoStep() {
        Matching<String> matching = matching(
                Pattern.begin(a).followedByAny(b).followedByAny(step("c", 'c')).within(Duration.ofSeconds(1)));
        Note other = note("d1");
        for (int i = 0; i < 20_000; i++) {
            matching.event("k", i % 3 == 0 ? note("a1") : other, i);
        }
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long before = thread.getCurrentThreadAllocatedBytes();
        for (int i = 20_000; i < 20_500; i++) {
            matching.event("k", other, i);
        }
        long measured = thread.getCurrentThreadAllocatedBytes() - before;

        assertThat(measured).isZero();
    }

    private Matching<String> matching(Sequence sequence) {
        return Matching.of(sequence.select(Match::toString), (key, text) -> found.add(key + " " + text));
    }

    private static void play(Matching<String> matching, String key, String notes) {
        play(matching, key, 0, notes);
    }

    private static void play(Matching<String> matching, String key, long fromMillis, String notes) {
        long now = fromMillis;
        for (String text : List.of(notes.split(" "))) {
            matching.event(key, note(text), ++now);
        }
    }
}
