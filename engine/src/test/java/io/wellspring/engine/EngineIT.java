package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wellspring.api.Pipeline;
import io.wellspring.api.codec.Codecs;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineIT {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static KafkaBroker kafka;

    @TempDir
    Path directory;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.inProcess();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void processesEveryCommandOnceAndAnswersQueries() throws Exception {
        kafka.createTopic("commands", 4);
        kafka.createTopic("notices", 4);
        add(1_000, 50);
        try (Engine engine = Engine.start(pipeline(), config())) {
            engine.awaitRunning(WAIT);
            var notices = kafka.awaitCommitted("notices", 1_000, WAIT);
            assertThat(notices).hasSize(1_000);
            assertThat(engine.view(Accounts.STAGE).get("k7").join()).contains(new Accounts.Balance(20 * 7, 20));
        }
        add(100, 50);
        try (Engine engine = Engine.start(pipeline(), config())) {
            engine.awaitRunning(WAIT);
            System.out.println(engine.status());
            kafka.awaitCommitted("notices", 1_100, WAIT);
            System.out.println(engine.status());
        }
    }

    private EngineConfig config() {
        return EngineConfig.forBootstrap(kafka.bootstrapServers()).stateDir(directory);
    }

    private static Pipeline pipeline() {
        return Pipeline.named("ledger", p -> {
            var accounts = p.from(Accounts.COMMANDS).stage(Accounts.STAGE);
            accounts.out(Accounts.NOTICES).to(Accounts.NOTICES_TOPIC);
        });
    }

    private static void add(int count, int keys) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long key = i % keys;
            records.add(new ProducerRecord<>(
                    "commands", ("k" + key).getBytes(UTF_8), Codecs.int64().encode(key)));
        }
        kafka.produce(records);
    }
}
