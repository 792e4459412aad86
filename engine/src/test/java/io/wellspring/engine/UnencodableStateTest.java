package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Context;
import io.wellspring.api.Effect;
import io.wellspring.api.EventSourced;
import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
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
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A state that its codec refuses shows only when a snapshot is written: two tasks of one worker, one of them with such a state. */
class UnencodableStateTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());
    private static final Topic<String, Long> OUT = Topic.of("out", Codecs.utf8(), Codecs.int64());
    private static final long UNENCODABLE = 13;
    private static final int STEPS = 20_000;

    private final ManualClock clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimKafka kafka = SimKafka.seeded(1, clock);

    @Test
    void stopsItsTaskWithKeyAndRemedyAndTheOthersGoOnWithinTheBudget() {
        kafka.admin(Map.of())
                .createTopics(List.of(new NewTopic("in", 2, (short) 1), new NewTopic("out", 2, (short) 1)));
        give(0, "bad", UNENCODABLE);
        give(1, "good", 1);
        SteppedEngine engine = started();
        stepUntil(engine, () -> failed(engine) != null);
        for (int i = 0; i < 200; i++) {
            give(1, "k" + i, i);
        }
        stepUntil(
                engine,
                () -> kafka.committedRecords(new TopicPartition("in-last-journal", 1))
                                .size()
                        == 201);

        assertThat(failed(engine).task()).isEqualTo("0-0");
        assertThat(failed(engine).error())
                .hasMessageContainingAll("Task 0-0", "'bad'", "'last'", "lucky numbers", "no 13", "start again");
        assertThat(engine.running(new TaskId(0, 1))).isNotNull();
        assertThat(kafka.committedOffsets("in").get(new TopicPartition("in", 0)).offset())
                .as("what it did is committed: the journal has it")
                .isEqualTo(1);
    }

    private static TaskStatus.Failed failed(SteppedEngine engine) {
        return engine.status().stream()
                .filter(TaskStatus.Failed.class::isInstance)
                .map(TaskStatus.Failed.class::cast)
                .findFirst()
                .orElse(null);
    }

    private void give(int partition, String key, long value) {
        kafka.load(
                new TopicPartition("in", partition),
                key.getBytes(UTF_8),
                Codecs.int64().encode(value),
                clock.millis());
    }

    private SteppedEngine started() {
        SimProcess process = kafka.process("engine");
        SimDisk disk = new SimDisk("a");
        disk.startAnew();
        Stage<String, Long, Long, Long> last = Stage.of("last", new Last(), Codecs.int64(), new LuckyNumbers());
        return SteppedEngine.start(
                Pipeline.named("in", p -> p.from(IN).stage(last).events().to(OUT)),
                EngineConfig.forBootstrap("simulated")
                        .stateDir(Path.of("simulated"))
                        .tableBytes(1)
                        .clock(clock),
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

    private static final class Last implements EventSourced<String, Long, Long, Long> {
        @Override
        public Long initial(String key) {
            return 0L;
        }

        @Override
        public Effect<Long, Long> decide(Long last, Long command, Context<String> context) {
            return persist(command);
        }

        @Override
        public Long evolve(Long last, Long event) {
            return event;
        }
    }

    /** Of a user, who throws what comes to mind. */
    private static final class LuckyNumbers implements Codec<Long> {
        @Override
        public String contentName() {
            return "lucky numbers";
        }

        @Override
        public byte[] encode(Long value) {
            if (value == UNENCODABLE) {
                throw new IllegalStateException("no 13");
            }
            return Codecs.int64().encode(value);
        }

        @Override
        public Long decode(byte[] bytes) {
            return Codecs.int64().decode(bytes);
        }
    }
}
