package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.StateStore;
import io.wellspring.journal.JournalEntry;
import io.wellspring.state.Snapshot;
import io.wellspring.testkit.sim.SimDisk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A task without a cluster: order, policies, and what of a record that fails is left. */
class TaskTest {
    private static final Topic<String, Long> A = Topic.of("a", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> B = Topic.of("b", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> OUT = Topic.of("out", Codecs.utf8(), Codecs.int64());
    /** A command to forget the key, and one that no stage takes. */
    private static final long FORGET = -1;

    private static final long POISON = 666;

    @Test
    void takesRecordsOfTwoInputsInTheOrderOfEventTime() {
        var fixture = new TaskFixture(merging());
        fixture.given("a", 10, "k", 1).given("a", 30, "k", 3);
        fixture.given("b", 20, "k", 2).given("b", 40, "k", 4);
        assertThat(fixture.process()).isEqualTo(4);
        assertThat(fixture.valuesOf("out")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(fixture.task.watermarkMillis()).as("input a has come to 30").isEqualTo(30);
    }

    @Test
    void takesTiesInTheOrderOfDeclaration() {
        var fixture = new TaskFixture(merging());
        fixture.given("b", 10, "k", 3).given("b", 10, "k", 4);
        fixture.given("a", 10, "k", 1).given("a", 10, "k", 2);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void waitsForAnInputThatMayHaveMore() {
        var fixture = new TaskFixture(merging());
        fixture.given("a", 10, "k", 1);
        assertThat(fixture.process(partition -> !partition.topic().equals("b"))).isZero();
        assertThat(fixture.task.touched()).isFalse();
        fixture.given("b", 5, "k", 0);
        fixture.process();
        assertThat(fixture.valuesOf("out")).containsExactly(0L, 1L);
    }

    @Test
    void anOlderRecordDoesNotTakeTheWatermarkBack() {
        var fixture = new TaskFixture(merging());
        fixture.given("a", 10, "k", 1).given("a", 5, "k", 2).given("b", 20, "k", 3);
        fixture.process();
        assertThat(fixture.task.watermarkMillis()).isEqualTo(10);
    }

    @Test
    void stopsBeforeARecordThatCannotBeProcessedAndKeepsWhatCameBefore() {
        var fixture = new TaskFixture(single(stage("sum")));
        fixture.given("a", 1, "k", 5).given("a", 2, "k", POISON).given("a", 3, "k", 7);
        assertThatThrownBy(fixture::process)
                .isInstanceOf(TaskStopped.class)
                .hasMessageStartingWith("Task 0-0 stopped before the record at a-0@1: source a:")
                .hasMessageContaining("choose Policy.deadLetter or Policy.skip");
        assertThat(fixture.valuesOf("out")).containsExactly(5L);
        assertThat(fixture.task.buffers().get(0).head().record().offset()).isEqualTo(1);
    }

    @Test
    void skipsARecordWithoutAValueWhenThePolicySaysSo() {
        var fixture = new TaskFixture(Pipeline.named(
                "p", p -> p.from(A, options -> options.onError(Policy.skip())).to(OUT)));
        fixture.givenBytes("a", 1, "k", null).given("a", 2, "k", 5);
        assertThat(fixture.process()).isEqualTo(2);
        assertThat(fixture.valuesOf("out")).containsExactly(5L);
        assertThat(fixture.task.counts()).isEqualTo(new TaskCounts(2, 0, 1, 0));
    }

    @Test
    void eachRecordCountsOnceAndEachStageThatPassesItOverCountsThat() {
        var fixture = new TaskFixture(Pipeline.named("p", p -> {
            var source = p.from(A);
            source.stage(stage("one").onError(Policy.skip())).events().to(OUT);
            source.stage(stage("two").onError(Policy.skip())).events().to(OUT);
            source.stage(stage("three").onError(Policy.deadLetter("dead")))
                    .events()
                    .to(OUT);
        }));
        fixture.given("a", 1, "k", POISON).given("a", 2, "k", 5);
        fixture.process();
        assertThat(fixture.task.counts()).isEqualTo(new TaskCounts(2, 3, 2, 1));
        assertThat(fixture.task.committedCounts())
                .as("nothing is committed yet")
                .isEqualTo(TaskCounts.ZERO);
    }

    @Test
    void aDeadLetterIsTheRawRecordWithItsPlaceAndReason() {
        var fixture = new TaskFixture(single(stage("sum").onError(Policy.deadLetter("dead"))));
        fixture.given("a", 1, "k", POISON);
        fixture.process();
        var letter = fixture.sentTo("dead").get(0);
        assertThat(Codecs.int64().decode(letter.value())).isEqualTo(POISON);
        assertThat(new String(letter.headers().lastHeader("wellspring.offset").value(), UTF_8))
                .isEqualTo("0");
        assertThat(fixture.journal("sum")).isEmpty();
        assertThat(fixture.task.counts().deadLettered()).isEqualTo(1);
    }

    @Test
    void aNestedStageThatSkipsLeavesNeitherSendsNorStateAndTheOuterStageStands() {
        var fixture = new TaskFixture(Pipeline.named("p", p -> {
            var outer = p.from(A).stage(stage("outer", false));
            outer.events().stage(stage("inner").onError(Policy.skip())).events().to(OUT);
        }));
        fixture.given("a", 1, "k", 5).given("a", 2, "k", POISON).given("a", 3, "k", 7);
        fixture.process();
        assertThat(fixture.journal("outer")).extracting(JournalEntry::sequence).containsExactly(1L, 2L, 3L);
        assertThat(fixture.journal("inner")).extracting(JournalEntry::sequence).containsExactly(1L, 2L);
        assertThat(fixture.valuesOf("out")).containsExactly(5L, 7L);
        assertThat(fixture.task.stage("inner").table().get("k").state()).isEqualTo(12L);
        assertThat(fixture.task.stage("outer").table().get("k").state()).isEqualTo(5 + POISON + 7);
    }

    @Test
    void aFailureBehindAStageTakesBackTheStateAndTheEventsOfTheWholeRecord() {
        var fixture = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(A, options -> options.onError(Policy.skip()))
                        .stage(stage("sum", false))
                        .events()
                        .map(amount -> {
                            if (amount == POISON) {
                                throw new IllegalStateException("behind the stage");
                            }
                            return amount;
                        })
                        .to(OUT)));
        fixture.given("a", 1, "k", POISON).given("a", 2, "k", 7);
        fixture.process();
        assertThat(fixture.journal("sum")).extracting(JournalEntry::sequence).containsExactly(1L);
        assertThat(fixture.task.stage("sum").table().get("k").state()).isEqualTo(7L);
    }

    @Test
    void aDiskThatIsAwayStopsTheTaskAlsoWhereBadRecordsAreSkipped() {
        var disk = new SimDisk("away");
        StateStore store = disk.task("0-0");
        store.write(List.of(), new SnapshotMark("p", "0-0", List.of(), List.of(), Long.MIN_VALUE, 0));
        var fixture = new TaskFixture(single(stage("sum").onError(Policy.skip())), store);
        disk.takeAway();
        fixture.given("a", 1, "k", 5);
        assertThatThrownBy(fixture::process).isInstanceOf(TaskStopped.class).hasMessageContaining("disk away is away");
        assertThat(fixture.task.counts().skipped()).isZero();
    }

    @Test
    void nothingUncommittedIsSeenByQueries() {
        var fixture = new TaskFixture(single(stage("sum")));
        fixture.given("a", 1, "k", 5);
        fixture.process();
        assertThat(fixture.task.stage("sum").table().committed("k")).isNull();
        fixture.task.committed();
        assertThat(fixture.task.stage("sum").table().committed("k").state()).isEqualTo(5L);
    }

    @Test
    void aJournalIsReplayedFromTheBeginningAlsoWhereASnapshotDeletedAForgottenKey() {
        var live = new TaskFixture(single(stage("sum")));
        live.given("a", 1, "k", 5).given("a", 2, "k", FORGET);
        live.process();
        live.task.committed();
        var mark = new SnapshotMark("p", "0-0", List.of(), List.of(), 2, 0);
        Snapshot snapshot = Snapshot.take(List.of(live.task.stage("sum").table()), mark);
        snapshot.write(live.store);
        snapshot.settle();
        live.given("a", 3, "k", 7).given("a", 4, "k", 8);
        live.process();

        var anew = new TaskFixture(single(stage("sum")));
        live.journal("sum").forEach(entry -> anew.task.stage("sum").replay(entry, "somewhere"));
        assertThat(anew.task.stage("sum").table().get("k"))
                .isEqualTo(live.task.stage("sum").table().get("k"));
        assertThat(anew.task.stage("sum").table().get("k").state()).isEqualTo(15L);
    }

    @Test
    void aGapInAJournalStopsTheReplay() {
        var live = new TaskFixture(single(stage("sum")));
        live.given("a", 1, "k", 5).given("a", 2, "k", 6);
        live.process();
        var anew = new TaskFixture(single(stage("sum")));
        assertThatThrownBy(
                        () -> anew.task.stage("sum").replay(live.journal("sum").get(1), "p-sum-journal-0@1"))
                .isInstanceOf(CorruptException.class)
                .hasMessageStartingWith(
                        "The journal of stage sum has event 2 of key \"k\" at p-sum-journal-0@1 where event 1 was due");
    }

    private static Pipeline merging() {
        return Pipeline.named("p", p -> p.from(A).merge(p.from(B)).to(OUT));
    }

    private static Pipeline single(Stage<String, Long, Long, Long> stage) {
        return Pipeline.named("p", p -> p.from(A).stage(stage).events().to(OUT));
    }

    private static Stage<String, Long, Long, Long> stage(String name) {
        return stage(name, true);
    }

    private static Stage<String, Long, Long, Long> stage(String name, boolean refusing) {
        return Stage.of(name, new Sum(refusing), Codecs.int64(), Codecs.int64());
    }

    private record Sum(boolean refusing) implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long amount, Context<String> context) {
            if (refusing && amount == POISON) {
                throw new IllegalArgumentException("poison");
            }
            return persist(amount);
        }

        @Override
        public Long evolve(Long sum, Long amount) {
            return amount == FORGET ? null : sum + amount;
        }
    }
}
