package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Out;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalEntry.Cause;
import io.wellspring.journal.JournalEntry.TimerChange;
import io.wellspring.journal.JournalEntry.TimerKind;
import io.wellspring.state.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Timers in a task without a cluster. */
class TimersTest {
    private static final Topic<String, Long> A = Topic.of("a", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> B = Topic.of("b", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> OUT = Topic.of("out", Codecs.utf8(), Codecs.int64());

    /** A timer that fires persists its due time less this, so that one sees it among the events. */
    private static final long FIRED = -1_000_000;

    private static final long FORGET = -1;

    @Test
    void firesOnceWhenTheWatermarkReachesItAndBeforeTheRecordThatBroughtIt() {
        var fixture = new TaskFixture(single(new Alarms()));
        fixture.given("a", 10, "k", 50).given("a", 49, "other", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(50L, 0L);
        fixture.given("a", 50, "other", -2).given("a", 90, "other", -3);
        assertThat(fixture.process()).as("two records and a timer").isEqualTo(3);
        assertThat(fixture.valuesOf("out")).containsExactly(50L, 0L, FIRED + 50, -2L, -3L);
    }

    @Test
    void timersFireInTheOrderOfDueTimeThenStageThenKeyThenName() {
        Pipeline pipeline = Pipeline.named("p", p -> {
            var source = p.from(A);
            source.stage(stage("second-by-name", new Alarms("y", "x")))
                    .out(Alarms.SAID)
                    .to(said());
            source.stage(stage("first-by-name", new Alarms("z")))
                    .out(Alarms.SAID)
                    .to(said());
        });
        var fixture = new TaskFixture(pipeline);
        fixture.given("a", 1, "l", 50).given("a", 2, "k", 50).given("a", 3, "m", 40);
        fixture.given("a", 60, "n", 0);
        fixture.process();
        assertThat(said(fixture))
                .containsExactly(
                        "x m@40", "y m@40", "z m@40", "x k@50", "y k@50", "x l@50", "y l@50", "z k@50", "z l@50");
    }

    @Test
    void aTimerThatIsSetAgainReplacesTheOneBefore() {
        var fixture = new TaskFixture(single(new Alarms()));
        fixture.given("a", 10, "k", 50).given("a", 20, "k", 70).given("a", 60, "other", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(50L, 70L, 0L);
        fixture.given("a", 70, "other", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(50L, 70L, 0L, FIRED + 70, 0L);
    }

    @Test
    void aTimerInThePastFiresBehindItsRecordAndBeforeTheNext() {
        var fixture = new TaskFixture(single(new Alarms()));
        fixture.given("a", 10, "k", 5).given("a", 11, "other", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(5L, FIRED + 5, 0L);
    }

    @Test
    void anEffectThatOnlyChangesTimersIsJournaledWithoutAnEvent() {
        var fixture = new TaskFixture(single(new Silent()));
        fixture.given("a", 10, "k", 50).given("a", 20, "k", 50).given("a", 30, "k", FORGET);
        fixture.process();
        List<JournalEntry> journal = fixture.journal("alarms");
        assertThat(journal).as("setting it to the same time changes nothing").hasSize(2);
        assertThat(journal.get(0).hasEvent()).isFalse();
        assertThat(journal.get(0).cause()).isEqualTo(new Cause("a", 0));
        assertThat(journal.get(0).timers()).containsExactly(new TimerChange("idle", TimerKind.EVENT_TIME, 50));
        assertThat(journal.get(1).timers()).containsExactly(new TimerChange("idle", TimerKind.CANCELLED, 0));
        assertThat(fixture.task.counts().events()).isZero();
        fixture.given("a", 60, "k", 0);
        fixture.process();
        assertThat(fixture.journal("alarms")).hasSize(2);
    }

    @Test
    void aFiringThatPersistsNothingStillRemovesTheTimer() {
        var fixture = new TaskFixture(single(new Silent()));
        fixture.given("a", 10, "k", 50).given("a", 60, "k", 0);
        fixture.process();
        JournalEntry fired = fixture.journal("alarms").get(1);
        assertThat(fired.hasEvent()).isFalse();
        assertThat(fired.cause()).isEqualTo(Cause.NONE);
        assertThat(fired.eventTimeMillis()).isEqualTo(50);
        assertThat(fired.timers()).containsExactly(new TimerChange("idle", TimerKind.FIRED, 0));
        assertThat(fixture.task.timerIsDue()).isFalse();
    }

    @Test
    void aFiringTouchesTheTaskThoughNoRecordMoved() {
        var fixture = new TaskFixture(single(new Silent(true)));
        fixture.given("a", 10, "k", 5_000);
        fixture.process();
        fixture.task.committed();
        assertThat(fixture.process()).isZero();
        assertThat(fixture.task.touched()).isFalse();
        fixture.clock.advance(Duration.ofSeconds(5));
        assertThat(fixture.task.timerIsDue()).isTrue();
        assertThat(fixture.process()).isEqualTo(1);
        assertThat(fixture.task.touched()).isTrue();
        assertThat(fixture.task.counts().records()).isEqualTo(1);
    }

    @Test
    void aTimerInProcessingTimeFiresByTheClockThatNeverGoesBack() {
        var fixture = new TaskFixture(single(new Silent(true)));
        fixture.given("a", 10, "k", 5_000).given("a", 999_999_999L, "k", 0);
        fixture.process();
        fixture.clock.advance(Duration.ofMillis(4_999));
        assertThat(fixture.process()).isZero();
        fixture.task.context().persistedNow(fixture.clock.millis() + 1);
        assertThat(fixture.process()).as("the largest time persisted counts").isEqualTo(1);
        assertThat(fixture.process()).isZero();
    }

    @Test
    void theEventOfATimerGoesOnToOtherStagesAndIsNumberedLikeOthers() {
        Pipeline pipeline = Pipeline.named(
                "p",
                p -> p.from(A)
                        .stage(stage("alarms", new Alarms()))
                        .events()
                        .stage(stage("behind", new Alarms()))
                        .events()
                        .to(OUT));
        var fixture = new TaskFixture(pipeline);
        fixture.given("a", 10, "k", 50).given("a", 60, "k", 0);
        fixture.process();
        assertThat(fixture.journal("alarms")).extracting(JournalEntry::sequence).containsExactly(1L, 2L, 3L);
        assertThat(fixture.journal("behind").get(1).cause()).isEqualTo(Cause.NONE);
        assertThat(fixture.valuesOf("out")).contains(FIRED + 50);
    }

    @Test
    void anEventThatForgetsTheKeyCancelsItsTimers() {
        var fixture = new TaskFixture(single(new Alarms()));
        fixture.given("a", 10, "k", 50).given("a", 20, "k", FORGET).given("a", 60, "other", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(50L, FORGET, 0L);
    }

    @Test
    void aRecordThatFailsLeavesTheTimersAsTheyWere() {
        Pipeline pipeline = Pipeline.named(
                "p",
                p -> p.from(A, options -> options.onError(Policy.skip()))
                        .stage(stage("alarms", new Alarms()))
                        .events()
                        .map(value -> {
                            if (value == 30) {
                                throw new IllegalStateException("behind the stage");
                            }
                            return value;
                        })
                        .to(OUT));
        var fixture = new TaskFixture(pipeline);
        fixture.given("a", 10, "k", 50).given("a", 20, "k", 30).given("a", 21, "new", 30);
        fixture.given("a", 60, "other", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(50L, FIRED + 50, 0L);
    }

    @Test
    void aTimerThatFailsStopsTheTaskAndIsStillSet() {
        var fixture = new TaskFixture(single(new Failing()));
        fixture.given("a", 10, "k", 50).given("a", 60, "k", 0);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(fixture::process)
                    .isInstanceOf(TaskStopped.class)
                    .hasMessageStartingWith(
                            "Task 0-0 stopped before timer 'idle' of key \"k\" in stage alarms: stage alarms:");
        }
        assertThat(fixture.valuesOf("out")).containsExactly(50L);
    }

    @Test
    void aTimerThatFailsIsDroppedAndCountedUnderTheOtherPolicies() {
        for (Policy policy : List.of(Policy.skip(), Policy.deadLetter("dead"))) {
            var fixture = new TaskFixture(Pipeline.named(
                    "p",
                    p -> p.from(A)
                            .stage(stage("alarms", new Failing()).onError(policy))
                            .events()
                            .to(OUT)));
            fixture.given("a", 10, "k", 50).given("a", 60, "k", 0);
            fixture.process();
            assertThat(fixture.valuesOf("out")).containsExactly(50L, 0L);
            assertThat(fixture.task.counts().skipped()).isEqualTo(1);
            assertThat(fixture.journal("alarms").get(1).timers())
                    .containsExactly(new TimerChange("idle", TimerKind.FIRED, 0));
            assertThat(fixture.journal("alarms").get(2).sequence()).isEqualTo(2);
        }
    }

    @Test
    void theJournalBringsBackTimersAndWhatBecameOfThem() {
        var live = new TaskFixture(single(new Alarms()));
        live.given("a", 10, "due", 50).given("a", 11, "fired", 20).given("a", 12, "forgotten", 60);
        live.given("a", 13, "replaced", 30).given("a", 14, "replaced", 70);
        live.given("a", 15, "forgotten", FORGET).given("a", 25, "none", 0);
        live.process();

        var anew = new TaskFixture(single(new Alarms()));
        live.journal("alarms").forEach(entry -> anew.task.stage("alarms").replay(entry, "somewhere"));
        anew.task.start(25, Map.of());
        anew.given("a", 100, "none", 0);
        anew.process();
        assertThat(anew.valuesOf("out")).containsExactly(FIRED + 50, FIRED + 70, 0L);
    }

    @Test
    void aSnapshotHoldsTheTimersAndTheJournalBehindItGoesOnFromThere() {
        var live = new TaskFixture(single(new Alarms()));
        live.given("a", 10, "stays", 50).given("a", 11, "replaced", 40).given("a", 12, "forgotten", 45);
        live.process();
        live.task.committed();
        snapshot(live);
        int before = live.journal("alarms").size();
        live.given("a", 13, "replaced", 60).given("a", 14, "forgotten", FORGET);
        live.process();

        var anew = new TaskFixture(single(new Alarms()), live.store);
        StageRuntime stage = anew.task.stage("alarms");
        stage.timers().load();
        List<JournalEntry> journal = live.journal("alarms");
        journal.subList(before, journal.size()).forEach(entry -> stage.replay(entry, "somewhere"));
        anew.given("a", 100, "none", 0);
        anew.process();
        assertThat(anew.valuesOf("out")).containsExactly(FIRED + 50, FIRED + 60, 0L);
        anew.task.committed();
        snapshot(anew);
        var third = new TaskFixture(single(new Alarms()), live.store);
        third.task.stage("alarms").timers().load();
        third.given("a", 100, "none", 0);
        third.process();
        assertThat(third.valuesOf("out")).as("nothing fires again").containsExactly(0L);
    }

    @Test
    void aChangeOfTimersThatDoesNotFitTheEventsBeforeItStopsTheReplay() {
        var live = new TaskFixture(single(new Silent()));
        live.given("a", 10, "k", 50);
        live.process();
        JournalEntry entry = live.journal("alarms").get(0);
        var later = new JournalEntry(
                entry.key(), entry.event(), 3, 0, 0, entry.eventTimeMillis(), 0, entry.cause(), entry.timers());
        var anew = new TaskFixture(single(new Silent()));
        assertThatThrownBy(() -> anew.task.stage("alarms").replay(later, "somewhere"))
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("has event 3 of key \"k\" at somewhere where event 0 was due");
    }

    @Test
    void aKeyHasNoMoreThanAHundredTimers() {
        var fixture = new TaskFixture(single(new Alarms() {
            @Override
            public Effect<Long, Long> decide(Long sum, Long command, Context<String> context) {
                Effect<Long, Long> effect = none();
                for (int i = 0; i < command; i++) {
                    effect = effect.timer("t" + i, Instant.ofEpochMilli(1_000));
                }
                return effect;
            }
        }));
        fixture.given("a", 1, "k", StageTimers.MOST_OF_A_KEY).given("a", 1, "k", StageTimers.MOST_OF_A_KEY + 1);
        assertThatThrownBy(fixture::process)
                .hasMessageContaining("Key \"k\" of stage alarms would have 101 timers, more than 100");
        assertThat(fixture.task.counts().records()).isEqualTo(1);
    }

    @Test
    void anInputThatMayHaveMoreHoldsTimersBackUntilItIsIdle() {
        Pipeline pipeline = Pipeline.named(
                "p",
                p -> p.from(A)
                        .merge(p.from(B))
                        .stage(stage("alarms", new Alarms()))
                        .events()
                        .to(OUT));
        var fixture = new TaskFixture(pipeline);
        fixture.given("a", 10, "k", 50).given("a", 60, "k", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(50L, 0L);
        fixture.clock.advance(TaskFixture.IDLE_AFTER);
        assertThat(fixture.process(partition -> false))
                .as("nothing is known of b")
                .isZero();
        fixture.pass(TaskFixture.IDLE_AFTER);
        assertThat(fixture.valuesOf("out")).containsExactly(50L, 0L, FIRED + 50);
    }

    @Test
    void timersWaitForTheAllowedLateness() {
        Pipeline pipeline = Pipeline.named(
                "p",
                p -> p.from(A, options -> options.allowedLateness(Duration.ofMillis(10)))
                        .stage(stage("alarms", new Alarms()))
                        .events()
                        .to(OUT));
        var fixture = new TaskFixture(pipeline);
        fixture.given("a", 10, "k", 50).given("a", 59, "k", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(50L, 0L);
        fixture.given("a", 60, "k", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(50L, 0L, FIRED + 50, 0L);
    }

    @Test
    void lateRecordsAreProcessedAsSuchUnlessTheSourceHasAPolicyForThem() {
        var fixture = new TaskFixture(single(new Alarms() {
            @Override
            public Effect<Long, Long> decide(Long sum, Long command, Context<String> context) {
                return persist(context.isLate() ? -command : command);
            }
        }));
        fixture.given("a", 10, "k", 1).given("a", 9, "k", 2).given("a", 10, "k", 3);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(1L, -2L, 3L);
    }

    @Test
    void aRecordThatIsLaterThanAllowedGoesWhereThePolicyForLateOnesSays() {
        var fixture = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(
                                A,
                                options -> options.allowedLateness(Duration.ofMillis(5))
                                        .onLate(Policy.deadLetter("late")))
                        .to(OUT)));
        fixture.given("a", 10, "k", 1)
                .given("a", 5, "k", 2)
                .given("a", 4, "k", 3)
                .given("a", 11, "k", 4);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(1L, 2L, 4L);
        assertThat(fixture.valuesOf("late")).containsExactly(3L);
        assertThat(new String(
                        fixture.sentTo("late")
                                .get(0)
                                .headers()
                                .lastHeader("wellspring.reason")
                                .value(),
                        UTF_8))
                .isEqualTo(
                        "the record at a-0@2: source a: it is late for key \"k\": the event time 1970-01-01T00:00:00.004Z lies 1 ms behind the watermark. Allow more with allowedLateness, or choose another Policy with onLate of source a");
    }

    private static void snapshot(TaskFixture fixture) {
        StageRuntime stage = fixture.task.stage("alarms");
        var mark = new SnapshotMark("p", "0-0", List.of(), List.of(), 2, 0);
        Snapshot snapshot = Snapshot.take(List.of(stage.table(), stage.timers().table()), mark);
        snapshot.write(fixture.store);
        snapshot.settle();
    }

    private static Topic<String, String> said() {
        return Topic.of("said", Codecs.utf8(), Codecs.utf8());
    }

    private static List<String> said(TaskFixture fixture) {
        return fixture.sentTo("said").stream()
                .map(record -> Codecs.utf8().decode(record.value()))
                .toList();
    }

    private static Pipeline single(Alarms alarms) {
        return Pipeline.named(
                "p", p -> p.from(A).stage(stage("alarms", alarms)).events().to(OUT));
    }

    private static Stage<String, Long, Long, Long> stage(String name, Alarms alarms) {
        return Stage.of(name, alarms, Codecs.int64(), Codecs.int64());
    }

    /** Persists each command; one above 0 is also when its timers are due. */
    private static class Alarms implements EventSourced<String, Long, Long, Long> {
        static final Out<String> SAID = Out.named("said", String.class);
        private final List<String> names;

        Alarms(String... names) {
            this.names = names.length == 0 ? List.of("idle") : List.of(names);
        }

        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long command, Context<String> context) {
            Effect<Long, Long> effect = persist(command);
            for (String name : names) {
                effect = command > 0 && command < 100 ? effect.timer(name, Instant.ofEpochMilli(command)) : effect;
            }
            return effect;
        }

        @Override
        public Effect<Long, Long> onTimer(Long sum, String timer, Context<String> context) {
            String text = timer + " " + context.key() + "@" + context.eventTimeMillis();
            return persist(FIRED + context.eventTimeMillis()).emit(SAID, after -> text);
        }

        @Override
        public Long evolve(Long sum, Long event) {
            return event == FORGET ? null : sum + event;
        }
    }

    /** Persists nothing; cancels its timer at -1. */
    private static final class Silent extends Alarms {
        private final boolean processingTime;

        Silent() {
            this(false);
        }

        Silent(boolean processingTime) {
            this.processingTime = processingTime;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long command, Context<String> context) {
            if (command == 0) {
                return none();
            }
            if (command == FORGET) {
                return none().cancelTimer("idle");
            }
            return processingTime
                    ? none().timerAtProcessingTime(
                                    "idle", context.processingTime().plusMillis(command))
                    : none().timer("idle", Instant.ofEpochMilli(command));
        }

        @Override
        public Effect<Long, Long> onTimer(Long sum, String timer, Context<String> context) {
            return none();
        }
    }

    private static final class Failing extends Alarms {
        @Override
        public Effect<Long, Long> onTimer(Long sum, String timer, Context<String> context) {
            throw new IllegalArgumentException("poison");
        }
    }
}
