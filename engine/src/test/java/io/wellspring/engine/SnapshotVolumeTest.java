package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.journal.KafkaClients;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimDisk;
import io.wellspring.testkit.sim.SimKafka;
import io.wellspring.testkit.sim.SimProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A worker that steps on a simulated cluster, with time never a reason to write: volume is the only one. */
class SnapshotVolumeTest {
    private static final int KEYS = 500;
    private static final int RECORDS = 4_000;
    private static final int STEPS = 20_000;
    private static final TopicPartition INPUT = new TopicPartition("commands", 0);
    private static final TopicPartition JOURNAL = new TopicPartition("volume-accounts-journal", 0);

    private final ManualClock clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimKafka kafka = SimKafka.seeded(1, clock);
    private SimProcess process;

    SnapshotVolumeTest() {
        kafka.admin(Map.of())
                .createTopics(List.of(new NewTopic("commands", 1, (short) 1), new NewTopic("notices", 1, (short) 1)));
    }

    @Test
    void keepsTheTailBehindTheSnapshotBelowTheBound() {
        load();
        SimDisk disk = new SimDisk("a");

        SteppedEngine engine = started(disk, config -> config.snapshotEvents(300));
        stepUntil(engine, () -> told() == RECORDS);
        stepUntil(engine, () -> tail(disk) <= 300);

        assertThat(tail(disk)).isBetween(0L, 300L);
    }

    @Test
    void writesNothingWhileTheTailIsBelowTheBound() {
        load();
        SimDisk disk = new SimDisk("a");

        SteppedEngine engine = started(disk, config -> config.snapshotEvents(1_000_000));
        stepUntil(engine, () -> told() == RECORDS);

        assertThat(disk.stores().get("0-0").mark()).isEmpty();
    }

    @Test
    void aReplayThatIsCutShortGoesOnFromWhatItHasWritten() {
        load();
        SteppedEngine first = started(new SimDisk("a"), config -> config);
        stepUntil(first, () -> told() == RECORDS);
        first.close(true);
        SimDisk disk = new SimDisk("b");

        SteppedEngine cut = started(disk, config -> config.snapshotStates(100));
        stepUntil(cut, () -> position(disk) > 0);
        assertThat(cut.status()).first().isInstanceOf(TaskStatus.Recovering.class);
        process.crash();

        SnapshotMark mark = disk.stores().get("0-0").mark().orElseThrow();
        assertThat(mark.inputs())
                .as("each record led to one event, so the events that are in tell of so many records")
                .containsExactly(new InputMark("commands", eventsBefore(position(disk))));
        SteppedEngine again = started(disk, config -> config);
        stepUntil(again, () -> running(again) != null);
        assertThat(running(again).basis()).isEqualTo(TaskStatus.Basis.SNAPSHOT);
        assertThat(running(again).replayed())
                .isEqualTo(RECORDS - eventsBefore(mark.journals().get(0).position()));
        assertThat(again.state(Accounts.STAGE, "k7")).contains(new Accounts.Balance(RECORDS / KEYS, RECORDS / KEYS));
    }

    @Test
    void aReplayRestsWhileTheDiskCannotFollow() {
        load();
        SteppedEngine first = started(new SimDisk("a"), config -> config);
        stepUntil(first, () -> told() == RECORDS);
        first.close(true);
        SimDisk disk = new SimDisk("b");

        SteppedEngine slow = started(disk, config -> config.snapshotStates(50));
        stepUntil(slow, () -> slow.status().stream().anyMatch(TaskStatus.Recovering.class::isInstance));
        for (int step = 0; step < STEPS; step++) {
            slow.doWork(); // what is left to other threads, as the writing of snapshots, does not happen
            goOn();
        }

        assertThat(slow.status())
                .first()
                .isInstanceOfSatisfying(
                        TaskStatus.Recovering.class,
                        recovering -> assertThat(recovering.replayed()).isLessThan(RECORDS / 2));
        stepUntil(slow, () -> running(slow) != null);
    }

    @Test
    void anAbsurdlySmallBudgetSlowsDownAndChangesNothing() {
        load();
        SimDisk disk = new SimDisk("a");

        SteppedEngine engine = started(disk, config -> config.tableBytes(1));
        stepUntil(engine, () -> told() == RECORDS);
        stepUntil(engine, () -> tail(disk) == 0);

        assertThat(engine.running(new TaskId(0, 0)).tables().changedBytes()).isZero();
        assertThat(engine.running(new TaskId(0, 0)).tables().cleanBytes()).isZero();
        assertThat(engine.state(Accounts.STAGE, "k7")).contains(new Accounts.Balance(RECORDS / KEYS, RECORDS / KEYS));
    }

    @Test
    void cleanStatesGoBeforeAnythingRests() {
        load();
        SimDisk disk = new SimDisk("a");
        long budget = 60_000; // about half of the keys

        SteppedEngine engine = started(disk, config -> config.tableBytes(budget));
        stepUntil(engine, () -> told() == RECORDS);
        stepUntil(engine, () -> used(engine) <= budget);

        assertThat(engine.running(new TaskId(0, 0)).tables().cleanBytes()).isBetween(budget / 4, budget);
        assertThat(engine.state(Accounts.STAGE, "k7")).contains(new Accounts.Balance(RECORDS / KEYS, RECORDS / KEYS));
    }

    @Test
    void processingRestsWhileTheDiskDoesNotFollowAndGoesOnWhenItDoes() {
        load();
        SimDisk disk = new SimDisk("a");
        SteppedEngine engine = started(disk, config -> config.tableBytes(20_000));
        stepUntil(engine, () -> running(engine) != null);

        disk.takeAway();
        for (int step = 0; step < STEPS; step++) {
            engine.step();
            goOn();
        }

        assertThat(told()).as("told while nothing can be written").isLessThan(RECORDS);
        assertThat(running(engine)).as("resting is not stopping").isNotNull();
        disk.bringBack();
        stepUntil(engine, () -> told() == RECORDS);
        assertThat(engine.state(Accounts.STAGE, "k7")).contains(new Accounts.Balance(RECORDS / KEYS, RECORDS / KEYS));
    }

    private static long used(SteppedEngine engine) {
        Task task = engine.running(new TaskId(0, 0));
        return task.tables().changedBytes() + task.tables().cleanBytes();
    }

    private static TaskStatus.Running running(SteppedEngine engine) {
        return engine.status().stream()
                .filter(TaskStatus.Running.class::isInstance)
                .map(TaskStatus.Running.class::cast)
                .findFirst()
                .orElse(null);
    }

    private void load() {
        for (int number = 0; number < RECORDS; number++) {
            kafka.load(
                    INPUT, ("k" + number % KEYS).getBytes(UTF_8), Codecs.int64().encode(1L), clock.millis());
        }
    }

    private long told() {
        return kafka.committedRecords(new TopicPartition("notices", 0)).size();
    }

    private long eventsBefore(long position) {
        return kafka.committedRecords(JOURNAL).stream()
                .filter(event -> event.offset() < position)
                .count();
    }

    private long tail(SimDisk disk) {
        return RECORDS - eventsBefore(position(disk));
    }

    private static long position(SimDisk disk) {
        return disk.stores().containsKey("0-0")
                ? disk.stores()
                        .get("0-0")
                        .mark()
                        .map(mark -> mark.journals().get(0).position())
                        .orElse(0L)
                : 0;
    }

    private SteppedEngine started(SimDisk disk, UnaryOperator<EngineConfig> chosen) {
        process = kafka.process("engine");
        disk.startAnew();
        EngineConfig config = EngineConfig.forBootstrap("simulated")
                .stateDir(Path.of("simulated"))
                .snapshotInterval(Duration.ofDays(1))
                .snapshotStates(100_000_000)
                .clock(clock);
        Pipeline pipeline = Pipeline.named(
                "volume",
                p -> p.from(Accounts.COMMANDS)
                        .stage(Accounts.STAGE)
                        .out(Accounts.NOTICES)
                        .to(Accounts.NOTICES_TOPIC));
        return SteppedEngine.start(
                pipeline,
                chosen.apply(config),
                new SteppedEngine.Surroundings(
                        KafkaClients.of(process::producer, process::consumer, process::admin),
                        disk,
                        () -> clock.millis() * 1_000_000,
                        this::goOn));
    }

    private void goOn() {
        kafka.step();
        clock.advance(Duration.ofMillis(1));
    }

    private void stepUntil(SteppedEngine engine, BooleanSupplier reached) {
        for (int step = 0; step < STEPS; step++) {
            if (reached.getAsBoolean()) {
                return;
            }
            engine.step();
            goOn();
        }
        throw new AssertionError("not reached in " + STEPS + " steps: " + engine.status());
    }
}
