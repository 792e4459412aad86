package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.error.ConfigException;
import io.wellspring.journal.KafkaClients;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimDisk;
import io.wellspring.testkit.sim.SimKafka;
import io.wellspring.testkit.sim.SimProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class OffsetMetadataRulesTest {
    private static final Topic<String, Long> IN = Topic.of("in", Codecs.utf8(), Codecs.int64());

    @Test
    void refusesWhatTheBrokersMayNotTakeAndNamesTheRemedy() {
        Topology inOrder = stages(3, 10, true);
        OffsetMetadataRules.check(inOrder, inOrder.group(0), OptionalInt.of(1_000));
        assertThatThrownBy(() -> OffsetMetadataRules.check(inOrder, inOrder.group(0), OptionalInt.of(900)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(
                        "pipeline p",
                        "[in]",
                        "3 stages",
                        "inOrder()",
                        "the brokers take 900",
                        "offset.metadata.max.bytes");
    }

    @Test
    void needsNoRoomForWhatIsDoneOutOfTurnWhereNothingWaits() {
        Topology merged = stages(3, 10, false);
        OffsetMetadataRules.check(merged, merged.group(0), OptionalInt.of(200));
    }

    @Test
    void takesTheDefaultOfTheBrokersWhereTheyDoNotTell() {
        Topology many = stages(29, 100, true);
        assertThatThrownBy(() -> OffsetMetadataRules.check(many, many.group(0), OptionalInt.empty()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("at most 4000 can be written", "Shorten", "rekey");
        Topology fewer = stages(27, 100, true);
        OffsetMetadataRules.check(fewer, fewer.group(0), OptionalInt.empty());
    }

    @Test
    void isLookedAtBeforeAnythingStarts() {
        var clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
        SimKafka kafka = SimKafka.seeded(1, clock);
        kafka.admin(Map.of()).createTopics(List.of(new NewTopic("in", 1, (short) 1)));
        SimProcess process = kafka.process("engine");
        var around = new SteppedEngine.Surroundings(
                KafkaClients.of(process::producer, process::consumer, process::admin),
                new SimDisk("a"),
                () -> clock.millis() * 1_000_000,
                kafka::step);
        EngineConfig config = EngineConfig.forBootstrap("simulated")
                .stateDir(Path.of("simulated"))
                .clock(clock);
        assertThatThrownBy(() -> SteppedEngine.start(stages(29, 100, true), config, around))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("characters beside each position");
        assertThat(kafka.committedOffsets("p")).isEmpty();
    }

    private static Topology stages(int count, int chars, boolean inOrder) {
        return Topology.of(Pipeline.named("p", p -> {
                    var in = p.from(IN, source -> inOrder ? source.inOrder() : source);
                    for (int i = 0; i < count; i++) {
                        String name = "s".repeat(chars - 2) + (10 + i);
                        in.stage(Stage.of(name, new Reminders(), Codecs.int64(), Codecs.int64()));
                    }
                })
                .graph());
    }
}
