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
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.engine.ParkingOrders.End;
import io.wellspring.engine.ParkingOrders.Order;
import io.wellspring.engine.ParkingOrders.Outcome;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalEntry.Cause;
import io.wellspring.journal.JournalEntry.ParkingChange;
import io.wellspring.journal.JournalEntry.ParkingKind;
import io.wellspring.journal.TopicFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Parking in one task, without a cluster: what goes where, what waits, and what comes of a release and a drop. */
class ParkingTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> SUMS = Topic.of("sums", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> BESIDE = Topic.of("beside", Codecs.utf8(), Codecs.int64());

    /** Commands from here on set the timer "t" to the event time that lies over it. */
    private static final long TIMER = 1_000;

    private final Sums sums = new Sums();
    private final Stage<String, Long, Long, Long> stage =
            Stage.of("sums", sums, Codecs.int64(), Codecs.int64()).onError(Policy.parkKey("parked"));

    @Test
    void aRecordThatFailsAndAllLaterOnesOfItsKeyGoToTheParkedTopicAndOtherKeysGoOn() {
        sums.poison.add(2L);
        var fixture = new TaskFixture(pipeline());
        fixture.given("in", 10, "a", 1).given("in", 20, "a", 2).given("in", 30, "b", 5);
        fixture.given("in", 40, "a", 3).given("in", 50, "b", 6);
        fixture.process();

        assertThat(fixture.valuesOf("sums")).containsExactly(1L, 5L, 11L);
        assertThat(fixture.valuesOf("parked")).containsExactly(2L, 3L);
        assertThat(fixture.sentTo("parked")).allSatisfy(record -> {
            assertThat(record.partition()).isZero();
            assertThat(record.key()).isEqualTo("a".getBytes(UTF_8));
            assertThat(header(record, "wellspring.topic")).isEqualTo("in");
            assertThat(header(record, "wellspring.where")).isEqualTo("stage sums");
            assertThat(header(record, "wellspring.reason"))
                    .contains("decide of stage sums failed for key \"a\"", "poison 2");
        });
        assertThat(header(fixture.sentTo("parked").get(0), "wellspring.reason")).doesNotContain("Waits behind");
        assertThat(header(fixture.sentTo("parked").get(1), "wellspring.reason")).startsWith("Waits behind");
        assertThat(header(fixture.sentTo("parked").get(1), "wellspring.offset")).isEqualTo("3");
        List<JournalEntry> changes = fixture.journal("sums").stream()
                .filter(entry -> !entry.hasEvent())
                .toList();
        assertThat(changes).extracting(JournalEntry::sequence).containsExactly(1L, 1L);
        assertThat(changes.get(0).cause()).isEqualTo(new Cause("in", 1));
        assertThat(changes.get(0).parking())
                .containsExactly(
                        new ParkingChange(
                                ParkingKind.PARKED,
                                "decide of stage sums failed for key \"a\": java.lang.IllegalArgumentException: poison 2",
                                "",
                                "parked"),
                        new ParkingChange(ParkingKind.ADDED));
        assertThat(changes.get(1).parking()).containsExactly(new ParkingChange(ParkingKind.ADDED));
        assertThat(fixture.task.counts()).isEqualTo(new TaskCounts(5, 3, 0, 0));
        assertThat(fixture.task.tables().parkedKeys()).isOne();
    }

    @Test
    void aParkedRecordHasTheTimeOfItsParkingSoThatRetentionKeepsItAndComesBackWithItsOwn() {
        var fixture = parkedAtTwo();
        assertThat(fixture.sentTo("parked"))
                .allSatisfy(record -> assertThat(record.timestamp())
                        .isEqualTo(fixture.task.context().processingTimeMillis()));
        assertThat(fixture.parkedIn("parked"))
                .extracting(record -> record.original().timestamp())
                .containsExactly(20L, 30L, 40L);
    }

    @Test
    void whatAFailureSaysIsKeptInSnapshotsEvenWhereItIsNoText() {
        sums.poison.add(2L);
        sums.complaint = "\ud83d " + "\ud83d\ude00".repeat(500);
        var fixture = new TaskFixture(pipeline());
        fixture.given("in", 10, "a", 2);
        fixture.process();
        Parked parked = fixture.task.stage("sums").parking().of("a");
        assertThat(Parked.CODEC.decode(Parked.CODEC.encode(parked))).isEqualTo(parked);
        assertThat(parked.reason()).contains("\ufffd \ud83d\ude00").hasSizeBetween(299, 300);
    }

    @Test
    void whatARecordDoesBesideTheStageStands() {
        sums.poison.add(2L);
        var fixture = new TaskFixture(Pipeline.named("p", p -> {
            var in = p.from(IN);
            in.to(BESIDE);
            in.stage(stage).out(Sums.OUT).to(SUMS);
        }));
        fixture.given("in", 10, "a", 2).given("in", 20, "a", 3);
        fixture.process();
        assertThat(fixture.valuesOf("beside")).containsExactly(2L, 3L);
        sums.poison.clear();
        release(fixture, "a");
        assertThat(fixture.valuesOf("beside")).as("not once more").containsExactly(2L, 3L);
        assertThat(fixture.valuesOf("sums")).containsExactly(2L, 5L);
    }

    @Test
    void aFailureBehindTheStageInTheSameRecordParksTheKeyAndLeavesNothingOfTheRecord() {
        var fixture = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(IN)
                        .stage(stage)
                        .out(Sums.OUT)
                        .peek(sum -> {
                            if (sums.poison.contains(sum)) {
                                throw new IllegalStateException("behind the stage");
                            }
                        })
                        .to(SUMS)));
        sums.poison.add(3L); // the sum, and no command
        fixture.given("in", 10, "a", 1).given("in", 20, "a", 2).given("in", 30, "a", 10);
        fixture.process();
        assertThat(fixture.valuesOf("sums")).containsExactly(1L);
        assertThat(events(fixture)).containsExactly(1L);
        assertThat(fixture.valuesOf("parked")).containsExactly(2L, 10L);
        assertThat(fixture.task.stage("sums").table().get("a").state()).isEqualTo(1L);
    }

    @Test
    void aReleaseProcessesInOrderWhatWasParkedAndThenTheKeyGoesOn() {
        var fixture = parkedAtTwo();
        sums.poison.clear();
        assertThat(release(fixture, "a").end()).isEqualTo(End.FREE);
        assertThat(fixture.valuesOf("sums")).containsExactly(1L, 3L, 6L, 10L);
        fixture.given("in", 100, "a", 5);
        fixture.process();
        assertThat(fixture.valuesOf("sums")).containsExactly(1L, 3L, 6L, 10L, 15L);
        assertThat(events(fixture)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(fixture.valuesOf("parked")).containsExactly(2L, 3L, 4L);
        assertThat(release(fixture, "a").end()).isEqualTo(End.NOT_PARKED);
    }

    @Test
    void aReleasedRecordHasTheEventTimeAndPositionThatItCameWith() {
        var fixture = parkedAtTwo();
        sums.poison.clear();
        release(fixture, "a");
        List<JournalEntry> released = fixture.journal("sums").stream()
                .filter(JournalEntry::hasEvent)
                .skip(1)
                .toList();
        assertThat(released).extracting(JournalEntry::eventTimeMillis).containsExactly(20L, 30L, 40L);
        assertThat(released)
                .extracting(JournalEntry::cause)
                .containsExactly(new Cause("in", 1), new Cause("in", 2), new Cause("in", 3));
    }

    @Test
    void whatFailsAgainStaysParkedFromThereOnAndGoesOnThereWithTheNextRelease() {
        var fixture = parkedAtTwo();
        sums.poison.clear();
        sums.poison.add(3L);
        Outcome outcome = release(fixture, "a");
        assertThat(outcome.end()).isEqualTo(End.FAILED_AGAIN);
        assertThat(outcome.parked().reason()).contains("poison 3");
        assertThat(outcome.parked().left()).isEqualTo(2);
        assertThat(fixture.valuesOf("sums")).containsExactly(1L, 3L);

        fixture.given("in", 100, "a", 5);
        fixture.process();
        sums.poison.clear();
        assertThat(release(fixture, "a").end()).isEqualTo(End.FREE);
        assertThat(fixture.valuesOf("sums")).containsExactly(1L, 3L, 6L, 10L, 15L);
        assertThat(fixture.valuesOf("parked")).as("each once").containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void whatComesWhileAKeyIsReleasedComesBehindWhatWasParkedBefore() {
        var fixture = parkedAtTwo();
        sums.poison.clear();
        List<ParkedRecord> read = fixture.parkedIn("parked");
        gate(fixture).remember("a");
        fixture.given("in", 100, "a", 5).given("in", 110, "b", 7);
        fixture.process();
        assertThat(carriedOut(fixture, answer -> Order.takeBack(gate(fixture), "a", read, answer))
                        .end())
                .as("the last one was remembered and need not be read")
                .isEqualTo(End.FREE);
        assertThat(events(fixture)).containsExactly(1L, 7L, 2L, 3L, 4L, 5L);
    }

    @Test
    void withoutARecordThatIsNotRememberedMoreHasToBeRead() {
        var fixture = parkedAtTwo();
        sums.poison.clear();
        List<ParkedRecord> read = fixture.parkedIn("parked").subList(0, 2);
        Outcome outcome = carriedOut(fixture, answer -> Order.takeBack(gate(fixture), "a", read, answer));
        assertThat(outcome.end()).isEqualTo(End.MORE);
        assertThat(outcome.parked().left()).isEqualTo(1);
        assertThat(release(fixture, "a").end()).isEqualTo(End.FREE);
        assertThat(events(fixture)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aDropPassesOverWhatWasParkedAndTheKeyGoesOn() {
        var fixture = parkedAtTwo();
        Outcome outcome = drop(fixture, "a");
        assertThat(outcome.end()).isEqualTo(End.FREE);
        assertThat(outcome.parked().left()).isEqualTo(3);
        fixture.given("in", 100, "a", 5);
        fixture.process();
        assertThat(fixture.valuesOf("sums")).containsExactly(1L, 6L);
        assertThat(drop(fixture, "a").end()).isEqualTo(End.NOT_PARKED);
    }

    @Test
    void aKeyThatIsParkedAnewIsNotReleasedWithTheRecordsThatWereDropped() {
        var fixture = parkedAtTwo();
        drop(fixture, "a");
        fixture.given("in", 100, "a", 2).given("in", 110, "a", 5);
        fixture.process();
        sums.poison.clear();
        assertThat(release(fixture, "a").end()).isEqualTo(End.FREE);
        assertThat(events(fixture)).containsExactly(1L, 2L, 5L);
    }

    @Test
    void ofARecordWithSeveralCommandsThoseBeforeTheOneThatFailedStandAndAreNotRepeated() {
        sums.poison.add(20L);
        var fixture = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(IN)
                        .flatMap(value -> List.of(value, value * 10, value * 100))
                        .stage(stage)
                        .out(Sums.OUT)
                        .to(SUMS)));
        fixture.given("in", 10, "a", 2).given("in", 20, "a", 3);
        fixture.process();
        assertThat(events(fixture)).containsExactly(2L);
        assertThat(fixture.valuesOf("parked")).as("each record once").containsExactly(2L, 3L);
        sums.poison.clear();
        release(fixture, "a");
        assertThat(events(fixture)).containsExactly(2L, 20L, 200L, 3L, 30L, 300L);
    }

    @Test
    void aRecordThatFailsAgainIsTakenBackWhole() {
        sums.poison.add(2L);
        var fixture = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(IN)
                        .flatMap(value -> List.of(value, value * 10))
                        .stage(stage)
                        .out(Sums.OUT)
                        .to(SUMS)));
        fixture.given("in", 10, "a", 2);
        fixture.process();
        sums.poison.clear();
        sums.poison.add(20L);
        assertThat(release(fixture, "a").end()).isEqualTo(End.FAILED_AGAIN);
        assertThat(fixture.valuesOf("sums")).isEmpty();
        sums.poison.clear();
        assertThat(release(fixture, "a").end()).isEqualTo(End.FREE);
        assertThat(events(fixture)).containsExactly(2L, 20L);
    }

    @Test
    void aRecordWithoutAKeyGoesToTheParkedTopicAloneAndParksNothing() {
        var fixture = new TaskFixture(pipeline());
        fixture.given("in", 10, null, 1).given("in", 20, "a", 2);
        fixture.process();
        assertThat(fixture.valuesOf("parked")).containsExactly(1L);
        assertThat(fixture.valuesOf("sums")).containsExactly(2L);
        assertThat(fixture.task.counts().deadLettered()).isEqualTo(1);
        assertThat(fixture.task.stage("sums").parking().size()).isZero();
    }

    @Test
    void timersOfAParkedKeyWaitAndFireBetweenTheRecordsWhereTheyWereDue() {
        sums.poison.add(2L);
        var fixture = new TaskFixture(pipeline());
        fixture.given("in", 10, "a", TIMER + 25).given("in", 20, "a", 2).given("in", 30, "a", 3);
        fixture.given("in", 40, "b", 4);
        fixture.process();
        assertThat(events(fixture)).containsExactly(TIMER + 25, 4L);
        sums.poison.clear();
        release(fixture, "a");
        assertThat(events(fixture)).as("-1 is what the timer persists").containsExactly(TIMER + 25, 4L, 2L, -1L, 3L);
    }

    @Test
    void timersFireBetweenRecordsThatWaitedForTheWatermarkByTheTimeOfTheseRecords() {
        sums.poison.add(2L);
        var fixture = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(
                                IN,
                                source -> source.allowedLateness(Duration.ofMillis(10))
                                        .inOrder())
                        .stage(stage)));
        fixture.given("in", 10, "a", TIMER + 25).given("in", 20, "a", 2).given("in", 30, "a", 3);
        fixture.given("in", 60, "b", 4).given("in", 90, "b", 5);
        fixture.process();
        assertThat(events(fixture)).containsExactly(TIMER + 25, 4L);
        sums.poison.clear();
        release(fixture, "a");
        assertThat(events(fixture))
                .as("the watermark had come to 30 when the record of 30 was processed")
                .containsExactly(TIMER + 25, 4L, 2L, -1L, 3L);
    }

    @Test
    void aTimerThatIsSetWhileTheKeyIsReleasedFiresWhenItIsFree() {
        sums.poison.add(TIMER + 35);
        var fixture = new TaskFixture(pipeline());
        fixture.given("in", 10, "a", TIMER + 35).given("in", 40, "b", 4);
        fixture.process();
        sums.poison.clear();
        release(fixture, "a");
        assertThat(events(fixture)).containsExactly(4L, TIMER + 35, -1L);
    }

    @Test
    void aTimerThatFailsParksItsKeyAndIsTheFirstThatIsTriedAgain() {
        sums.failingTimers = true;
        var fixture = new TaskFixture(pipeline());
        fixture.given("in", 10, "a", TIMER + 15).given("in", 20, "a", 2).given("in", 30, "b", 4);
        fixture.process();
        assertThat(events(fixture)).containsExactly(TIMER + 15, 4L);
        assertThat(fixture.valuesOf("parked")).containsExactly(2L);
        assertThat(release(fixture, "a").end()).isEqualTo(End.FAILED_AGAIN);
        sums.failingTimers = false;
        assertThat(release(fixture, "a").end()).isEqualTo(End.FREE);
        assertThat(events(fixture)).containsExactly(TIMER + 15, 4L, -1L, 2L);
    }

    @Test
    void aDropDropsTheTimerThatFailed() {
        sums.failingTimers = true;
        var fixture = new TaskFixture(pipeline());
        fixture.given("in", 10, "a", TIMER + 15).given("in", 20, "b", 4);
        fixture.process();
        assertThat(fixture.task.stage("sums").parking().of("a").timer()).isEqualTo("t");
        drop(fixture, "a");
        fixture.given("in", 30, "a", 2);
        fixture.process();
        assertThat(events(fixture)).containsExactly(TIMER + 15, 4L, 2L);
        assertThat(fixture.task.stage("sums").parking().size()).isZero();
    }

    @Test
    void aReplayParksTheKeyAgainWithoutAskingTheStage() {
        var fixture = parkedAtTwo();
        List<JournalEntry> journal = fixture.journal("sums");
        sums.decided = 0;
        var after = new TaskFixture(pipeline()).from("in", 4);
        journal.forEach(entry -> after.task.stage("sums").replay(entry, "somewhere"));
        assertThat(sums.decided).isZero();
        assertThat(after.task.stage("sums").parking().of("a"))
                .isEqualTo(fixture.task.stage("sums").parking().of("a"));
        after.given("in", 100, "a", 5);
        after.process();
        assertThat(after.valuesOf("parked")).containsExactly(5L);
        assertThat(after.parkedIn("parked").get(0).id())
                .as("numbered on")
                .isEqualTo(fixture.parkedIn("parked").get(0).id().replaceAll("1$", "4"));
    }

    @Test
    void aJournalThatTakesWhatIsNotParkedStopsTheReplay() {
        var fixture = parkedAtTwo();
        List<JournalEntry> journal = fixture.journal("sums");
        var after = new TaskFixture(pipeline());
        after.task.stage("sums").replay(journal.get(0), "somewhere");
        assertThatThrownBy(() -> after.task.stage("sums").replay(journal.get(2), "in@2"))
                .isInstanceOf(CorruptException.class)
                .hasMessageContainingAll("sums", "in@2", "key \"a\"", "not parked");
    }

    @Test
    void parkedKeysOfAStageThatParksNoMoreOrElsewhereAreRefused() {
        List<JournalEntry> journal = parkedAtTwo().journal("sums");
        for (Policy policy : List.of(Policy.skip(), Policy.parkKey("elsewhere"))) {
            StageRuntime changed = new TaskFixture(
                            Pipeline.named("p", p -> p.from(IN).stage(stage.onError(policy))))
                    .task.stage("sums");
            changed.checkParking();
            journal.forEach(entry -> changed.replay(entry, "somewhere"));
            assertThatThrownBy(changed::checkParking)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContainingAll("1 parked keys", "[parked]", "release or drop");
        }
    }

    @Test
    void anOrderIsAnsweredWhenItsTransactionIsCommittedAndFailsWhenItsTaskGoes() {
        var fixture = parkedAtTwo();
        var answer = new CompletableFuture<Outcome>();
        fixture.task.orders().add(Order.drop(gate(fixture), "a", answer));
        assertThat(fixture.task.timerIsDue()).isTrue();
        fixture.process();
        assertThat(answer).isNotDone();
        fixture.task.orders().abandon();
        assertThatThrownBy(answer::join)
                .hasCauseInstanceOf(RetryableException.class)
                .hasMessageContaining("ask again");
    }

    @Test
    void whereTooManyKeysFailTheTaskRestsUntilThereIsRoom() {
        var fixture = new TaskFixture(pipeline());
        sums.poison.add(2L);
        for (int i = 0; i <= StageParking.MOST_KEYS; i++) {
            fixture.given("in", 10, "k" + i, 2);
        }
        while (fixture.process() > 0) {
            fixture.task.committed();
        }
        assertThat(fixture.task.resting().orElseThrow()).hasMessageContainingAll("sums", "10000 keys", "Engine.parked");
        assertThat(fixture.task.hasWork()).isFalse();
        assertThat(fixture.valuesOf("parked")).hasSize(StageParking.MOST_KEYS);

        fixture.task.orders().add(Order.drop(gate(fixture), "k7", new CompletableFuture<>()));
        assertThat(fixture.task.hasWork()).isTrue();
        fixture.process();
        assertThat(fixture.valuesOf("parked")).hasSize(StageParking.MOST_KEYS + 1);
        assertThat(fixture.task.resting()).isEmpty();
        assertThat(fixture.task.counts().records()).isEqualTo(StageParking.MOST_KEYS + 1);
    }

    @Test
    void aRecordBeforeWhichTheTaskRestedIsCountedFromItsFirstCommandWhenThereIsRoom() {
        var fixture = new TaskFixture(Pipeline.named(
                "p",
                p -> p.from(IN)
                        .flatMap(value -> List.of(value, value * 10))
                        .stage(stage)
                        .out(Sums.OUT)
                        .to(SUMS)));
        parkAllThereIsRoomFor(fixture, 2);
        sums.poison.add(50L);
        fixture.given("in", 20, "late", 5);
        fixture.process();
        assertThat(fixture.task.resting()).isPresent();
        assertThat(events(fixture)).as("5 was taken back with 50").isEmpty();

        drop(fixture, "k7");
        fixture.process();
        assertThat(events(fixture)).containsExactly(5L);
        assertThat(fixture.task.stage("sums").parking().of("late").left()).isEqualTo(1);
        sums.poison.clear();
        assertThat(release(fixture, "late").end()).isEqualTo(End.FREE);
        assertThat(events(fixture)).as("5 is counted off, 50 is not").containsExactly(5L, 50L);
    }

    @Test
    void whatOneStageParkedIsTakenBackWhereAnotherHasNoRoomAndParkedWhenItHas() {
        Sums first = new Sums();
        Stage<String, Long, Long, Long> before =
                Stage.of("first", first, Codecs.int64(), Codecs.int64()).onError(Policy.parkKey("parked-first"));
        var fixture = new TaskFixture(Pipeline.named("p", p -> {
            var in = p.from(IN);
            in.stage(before);
            in.stage(stage);
        }));
        parkAllThereIsRoomFor(fixture, 2);
        first.poison.add(5L);
        sums.poison.add(5L);
        fixture.given("in", 20, "late", 5);
        fixture.process();
        assertThat(fixture.task.resting()).isPresent();
        assertThat(fixture.sentTo("parked-first")).isEmpty();

        drop(fixture, "k7");
        fixture.process();
        assertThat(fixture.valuesOf("parked-first")).containsExactly(5L);
        assertThat(fixture.task.stage("first").parking().of("late").left()).isEqualTo(1);
        assertThat(fixture.task.stage("sums").parking().of("late").left()).isEqualTo(1);
    }

    /** Fills the stage with parked keys k0, k1, ... that a value parks. */
    private void parkAllThereIsRoomFor(TaskFixture fixture, long value) {
        sums.poison.add(value);
        for (int i = 0; i < StageParking.MOST_KEYS; i++) {
            fixture.given("in", 10, "k" + i, value);
        }
        while (fixture.process() > 0) {
            fixture.task.committed();
        }
    }

    @Test
    void aPipelineWhoseParkedRecordsCouldNotBeReadBackIsRefused() {
        Topology topology = Topology.of(pipeline().graph());
        ParkingRules.check(topology, topology.group(0), topic -> topic(3, false), 3);
        assertThat(topology.externalTopics()).contains("parked");
        assertThatThrownBy(() -> ParkingRules.check(topology, topology.group(0), topic -> topic(2, false), 3))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("parked, which has 2 partitions", "have 3", "Recreate");

        Topology reading = Topology.of(Pipeline.named("p", p -> {
                    p.from(IN).stage(stage);
                    p.from(Topic.of("parked", Codecs.utf8(), Codecs.int64())).to(SUMS);
                })
                .graph());
        assertThatThrownBy(() -> ParkingRules.check(reading, reading.group(0), topic -> topic(3, false), 3))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("parked", "also reads");

        Stage<String, Long, Long, Long> first = Stage.of("first", new Sums(), Codecs.int64(), Codecs.int64());
        Topology behind = Topology.of(
                Pipeline.named("p", p -> p.from(IN).stage(first).events().stage(stage))
                        .graph());
        assertThatThrownBy(() -> ParkingRules.check(behind, behind.group(0), topic -> topic(3, false), 3))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("Stage sums", "stage first", "rekey");

        Topology rekeyed = Topology.of(Pipeline.named(
                        "p",
                        p -> p.from(IN)
                                .stage(first)
                                .events()
                                .rekey("again", Codecs.utf8(), Codecs.int64(), value -> "k")
                                .stage(stage))
                .graph());
        rekeyed.groups().forEach(group -> ParkingRules.check(rekeyed, group, topic -> topic(3, false), 3));
    }

    /** Key a at 1, with 2, 3 and 4 parked. */
    private TaskFixture parkedAtTwo() {
        sums.poison.add(2L);
        var fixture = new TaskFixture(pipeline());
        fixture.given("in", 10, "a", 1)
                .given("in", 20, "a", 2)
                .given("in", 30, "a", 3)
                .given("in", 40, "a", 4);
        fixture.process();
        fixture.task.committed();
        return fixture;
    }

    private Pipeline pipeline() {
        return Pipeline.named("p", p -> p.from(IN).stage(stage).out(Sums.OUT).to(SUMS));
    }

    private static ParkingGate gate(TaskFixture fixture) {
        return fixture.task.stage("sums").gate();
    }

    private static Outcome release(TaskFixture fixture, String key) {
        return carriedOut(fixture, answer -> Order.takeBack(gate(fixture), key, fixture.parkedIn("parked"), answer));
    }

    private static Outcome drop(TaskFixture fixture, String key) {
        return carriedOut(fixture, answer -> Order.drop(gate(fixture), key, answer));
    }

    private static Outcome carriedOut(TaskFixture fixture, Function<CompletableFuture<Outcome>, Order> order) {
        var answer = new CompletableFuture<Outcome>();
        fixture.task.orders().add(order.apply(answer));
        fixture.process();
        fixture.task.committed();
        return answer.join();
    }

    private static List<Long> events(TaskFixture fixture) {
        List<Long> events = new ArrayList<>();
        for (JournalEntry entry : fixture.journal("sums")) {
            if (entry.hasEvent()) {
                events.add(Codecs.int64().decode(entry.event()));
            }
        }
        return events;
    }

    private static String header(ProducerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    /** Adds up, and fails at what a test calls poison. */
    private static final class Sums implements EventSourced<String, Long, Long, Long> {
        static final Out<Long> OUT = Out.named("sums", Long.class);
        final Set<Long> poison = new HashSet<>();
        boolean failingTimers;
        String complaint = "poison ";
        int decided;

        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long sum, Long command, Context<String> context) {
            decided++;
            if (poison.contains(command)) {
                throw new IllegalArgumentException(complaint + command);
            }
            Effect<Long, Long> effect = persist(command).emit(OUT, after -> after);
            return command >= TIMER ? effect.timer("t", Instant.ofEpochMilli(command - TIMER)) : effect;
        }

        @Override
        public Effect<Long, Long> onTimer(Long sum, String timer, Context<String> context) {
            if (failingTimers) {
                throw new IllegalStateException("the timer fails");
            }
            return persist(-1L);
        }

        @Override
        public Long evolve(Long sum, Long event) {
            return sum + event;
        }
    }

    @Test
    void aParkedTopicThatIsCompactedIsRefused() {
        Topology topology = Topology.of(pipeline().graph());
        assertThatThrownBy(() -> ParkingRules.check(topology, topology.group(0), topic -> topic(3, true), 3))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("sums", "parked", "compacted", "cleanup.policy=delete");
    }

    private static TopicFacts topic(int partitions, boolean compacted) {
        return new TopicFacts("parked", partitions, "id", OptionalInt.empty(), OptionalLong.empty(), compacted, true);
    }
}
