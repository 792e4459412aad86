package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.codec.Codecs;
import io.wellspring.journal.KafkaClients;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimDisk;
import io.wellspring.testkit.sim.SimKafka;
import io.wellspring.testkit.sim.SimProcess;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final int TASKS = 8;

    private final ManualClock clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimKafka kafka = SimKafka.seeded(1, clock);
    private final List<Duration> waited = new ArrayList<>();
    private final SimDisk disk = new SimDisk("a");
    private boolean slow;

    @Test
    void lastsForEachUntilTheEndAndThenForAllTogether() {
        Patience patience = new Patience(this::nanos);
        clock.advance(Duration.ofMinutes(1));
        assertThat(patience.left()).isEqualTo(Duration.ofSeconds(2));
        patience.end();
        clock.advance(Duration.ofMillis(500));
        patience.end();
        assertThat(patience.left()).isEqualTo(Duration.ofMillis(1_500));
        clock.advance(Duration.ofMinutes(1));
        assertThat(patience.left()).isNegative();
    }

    @Test
    void lastsForAllTogetherWhileSomethingIsDone() {
        Patience patience = new Patience(this::nanos);
        patience.during(() -> {
            clock.advance(Duration.ofMillis(500));
            patience.during(() -> clock.advance(Duration.ofMillis(500)));
            assertThat(patience.left()).isEqualTo(Duration.ofSeconds(1));
        });
        assertThat(patience.left()).isEqualTo(Duration.ofSeconds(2));
        patience.during(patience::end);
        clock.advance(Duration.ofSeconds(1));
        assertThat(patience.left()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theTasksThatAnEngineLosesWaitTogetherForAClusterThatIsAway() {
        SteppedEngine engine = started(Duration.ofSeconds(10));
        for (int step = 0; step < 2_000; step++) {
            engine.step();
            goOn();
        }
        assertThat(engine.isIdle()).isTrue();
        clock.advance(Duration.ofSeconds(10));
        engine.doWork(); // begins all snapshots, and no other thread writes them

        slow = true;
        clock.advance(Duration.ofMinutes(10));
        kafka.settle();
        engine.doWork(); // is told that its session has ended

        assertThat(engine.status()).as("joined again").hasOnlyElementsOfType(TaskStatus.Recovering.class);
        assertThat(waited).as("epochs are asked for while there is time").isNotEmpty();
        assertThat(waited.stream()
                        .mapToLong(Duration::toMillis)
                        .filter(millis -> millis <= 2_000) // and not what the recoveries ask
                        .sum())
                .isLessThanOrEqualTo(2_000);
    }

    @Test
    void theTasksOfAnEngineThatIsClosedWaitTogetherForAClusterThatIsAway() {
        SteppedEngine engine = started(Duration.ofDays(1));
        for (int step = 0; step < 2_000; step++) {
            engine.step();
            goOn();
        }
        assertThat(engine.isIdle()).isTrue();

        slow = true;
        engine.close(false);

        assertThat(waited).as("epochs are asked for while there is time").isNotEmpty();
        assertThat(waited.stream().mapToLong(Duration::toMillis).sum()).isLessThanOrEqualTo(2_000);
        assertThat(disk.stores().values())
                .hasSize(TASKS)
                .allSatisfy(store -> assertThat(store.mark()).isPresent());
    }

    /** An engine with a command for each task. */
    private SteppedEngine started(Duration snapshotInterval) {
        kafka.admin(Map.of())
                .createTopics(List.of(
                        new NewTopic(Accounts.COMMANDS.name(), TASKS, (short) 1),
                        new NewTopic(Accounts.NOTICES_TOPIC.name(), TASKS, (short) 1)));
        disk.startAnew();
        SimProcess process = kafka.process("engine");
        SteppedEngine engine = SteppedEngine.start(
                Pipeline.named(
                        "ledger",
                        p -> p.from(Accounts.COMMANDS)
                                .stage(Accounts.STAGE)
                                .out(Accounts.NOTICES)
                                .to(Accounts.NOTICES_TOPIC)),
                EngineConfig.forBootstrap("simulated")
                        .stateDir(Path.of("simulated"))
                        .snapshotInterval(snapshotInterval)
                        .clock(clock),
                new SteppedEngine.Surroundings(
                        KafkaClients.of(
                                process::producer, process::consumer, settings -> watched(process.admin(settings))),
                        disk,
                        this::nanos,
                        this::goOn));
        for (int task = 0; task < TASKS; task++) {
            kafka.load(
                    new TopicPartition(Accounts.COMMANDS.name(), task),
                    ("k" + task).getBytes(UTF_8),
                    Codecs.int64().encode(1L),
                    clock.millis());
        }
        return engine;
    }

    /** An admin client whose answers about logs come as late as they may, once the cluster is slow. */
    private Admin watched(Admin admin) {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    if (slow && method.getName().equals("listOffsets")) {
                        var options = (ListOffsetsOptions) arguments[1];
                        Duration wait = Duration.ofMillis(options.timeoutMs());
                        waited.add(wait);
                        clock.advance(wait);
                    }
                    try {
                        return method.invoke(admin, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private void goOn() {
        kafka.step();
        clock.advance(Duration.ofMillis(1));
    }

    private long nanos() {
        return clock.millis() * 1_000_000;
    }
}
