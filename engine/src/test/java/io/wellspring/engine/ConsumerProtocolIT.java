package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.Pipeline;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.FencedException;
import io.wellspring.engine.TaskStatus.Running;
import io.wellspring.testkit.kafka.BrokerConfig;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines under the group protocol of KIP-848: they share partitions, come and go, are killed and come back at once, and every record counts once. */
class ConsumerProtocolIT {
    private static final int KEYS = 23;

    @TempDir
    Path directory;

    private final Map<String, Integer> sent = new TreeMap<>();

    @Test
    void everyRecordCountsOnceWhileEnginesComeAndGo() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(4)) {
            Engine first = lab.start(lab.ledger(), config("a").workers(2));
            awaitAll(lab, first);
            Engine second = lab.start(lab.ledger(), config("b"));
            awaitShared(lab, first, second);

            first.leave();
            awaitAll(lab, second);

            Engine back = lab.start(lab.ledger(), config("a").workers(2));
            awaitShared(lab, back, second);
            second.close();
            Engine restarted = lab.start(lab.ledger(), config("b"));
            awaitShared(lab, back, restarted);

            assertThat(Lab.texts(lab.notices, total())).isEqualTo(expected());
        }
    }

    @Test
    void anEngineThatWasKilledComesBackAtOnce() throws Exception {
        try (Lab lab = new Lab(directory.resolve("killed")).withTopics(4)) {
            Files.createDirectories(lab.directory);
            flow(lab);
            try (LedgerProcess process =
                    LedgerProcess.start(lab, GroupProtocol.CONSUMER, Duration.ofMillis(100), 100_000)) {
                Lab.settled(lab.notices.name(), total());
                flow(lab);
                process.kill();
            }

            lab.start(lab.ledger(), config("killed"));

            assertThat(Lab.texts(lab.notices, total())).isEqualTo(expected());
        }
    }

    /** What a broker of 4.4 does: while engines of both protocols are there, its assignor serves all of them. */
    @Test
    void enginesChangeTheProtocolOneByOneAndBack() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(4)) {
            Engine one = lab.start(lab.ledger(), classic("a"));
            Engine other = lab.startOnly(lab.ledger(), classic("b"));
            awaitShared(lab, one, other);
            one.close();
            one = lab.startOnly(lab.ledger(), config("a"));
            awaitShared(lab, one, other);
            other.close();
            other = lab.startOnly(lab.ledger(), config("b"));
            awaitShared(lab, one, other);
            one.close();
            one = lab.startOnly(lab.ledger(), classic("a"));
            awaitShared(lab, one, other);
            other.close();
            other = lab.startOnly(lab.ledger(), classic("b"));
            awaitShared(lab, one, other);

            assertThat(Lab.texts(lab.notices, total())).isEqualTo(expected());
        }
    }

    @Test
    void aBrokerThatForbidsTheChangeIsToldInWords() throws Exception {
        try (KafkaBroker kafka = EmbeddedKafka.inProcess(
                BrokerConfig.defaults().property("group.consumer.migration.policy", "disabled"))) {
            kafka.createTopic(Accounts.COMMANDS.name(), 1);
            kafka.createTopic(Accounts.NOTICES_TOPIC.name(), 1);
            Pipeline pipeline = Pipeline.named(
                    "ledger",
                    p -> p.from(Accounts.COMMANDS)
                            .stage(Accounts.STAGE)
                            .out(Accounts.NOTICES)
                            .to(Accounts.NOTICES_TOPIC));
            String bootstrap = kafka.bootstrapServers();
            try (Engine standing = Engine.start(pipeline, Lab.config(bootstrap, directory.resolve("a")));
                    Engine refused = Engine.start(
                            pipeline, Lab.config(bootstrap, directory.resolve("b"), GroupProtocol.CONSUMER))) {
                standing.awaitRunning(Lab.WAIT);
                assertThatThrownBy(() -> refused.awaitRunning(Lab.WAIT))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("group ledger");
                refused.leave();
                standing.leave();
            }
            try (Engine standing =
                    Engine.start(pipeline, Lab.config(bootstrap, directory.resolve("a"), GroupProtocol.CONSUMER))) {
                standing.awaitRunning(Lab.WAIT);
                try (Engine refused = Engine.start(pipeline, Lab.config(bootstrap, directory.resolve("b")))) {
                    assertThatThrownBy(() -> refused.awaitRunning(Lab.WAIT))
                            .isInstanceOf(ConfigException.class)
                            .hasMessageContaining("group ledger");
                }
            }
        }
    }

    @Test
    void ofTwoEnginesWithOneIdentityTheFirstIsRefused() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            flow(lab);
            lab.start(lab.ledger(), config("a"));
            Lab.settled(lab.notices.name(), total());
            lab.endAll();
            Files.createDirectories(directory.resolve("copy").resolve(lab.name));
            Path identity = Path.of(lab.name, "identity");
            Files.copy(
                    directory.resolve("a").resolve(identity),
                    directory.resolve("copy").resolve(identity));
            Engine original = lab.start(lab.ledger(), config("a"));
            Engine copy = lab.startOnly(lab.ledger(), config("copy"));

            await("the original is refused")
                    .atMost(Lab.WAIT)
                    .until(() -> original.failure().isPresent());
            assertThat(original.failure())
                    .get()
                    .isInstanceOf(FencedException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .contains("another member has its instance id", "Delete the copy");
            flow(lab);
            assertThat(Lab.texts(lab.notices, total())).isEqualTo(expected());
            assertThat(copy.failure()).isEmpty();
        }
    }

    private EngineConfig classic(String name) {
        return Lab.config(directory.resolve(name));
    }

    private EngineConfig config(String name) {
        return Lab.config(Lab.kafka().bootstrapServers(), directory.resolve(name), GroupProtocol.CONSUMER);
    }

    private void awaitShared(Lab lab, Engine one, Engine other) {
        await("both have tasks").atMost(Lab.WAIT).until(() -> {
            flow(lab);
            return running(one) > 0 && running(other) > 0 && running(one) + running(other) == 4;
        });
        flow(lab);
    }

    private void awaitAll(Lab lab, Engine engine) {
        await("it has all tasks").atMost(Lab.WAIT).until(() -> {
            flow(lab);
            return running(engine) == 4;
        });
        flow(lab);
    }

    private static long running(Engine engine) {
        assertThat(engine.failure()).isEmpty();
        return engine.status().stream().filter(Running.class::isInstance).count();
    }

    /** One command for each key. */
    private void flow(Lab lab) {
        for (int key = 0; key < KEYS; key++) {
            sent.merge("k" + key, 1, Integer::sum);
        }
        Lab.kafka()
                .produce(sent.keySet().stream()
                        .map(key -> Lab.command(lab.commands, key, 1, 1_000))
                        .toList());
    }

    private int total() {
        return sent.values().stream().mapToInt(Integer::intValue).sum();
    }

    private Map<String, List<String>> expected() {
        Map<String, List<String>> expected = new TreeMap<>();
        sent.forEach((key, count) -> {
            List<String> notices = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                notices.add(i + ":" + i);
            }
            expected.put(key, notices);
        });
        return expected;
    }
}
