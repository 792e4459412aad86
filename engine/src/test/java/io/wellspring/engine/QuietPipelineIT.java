package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.Pipeline;
import io.wellspring.journal.KafkaClients;
import io.wellspring.testkit.kafka.BrokerConfig;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline without a transaction for so long that the broker forgets its transactional id: 7 days, unless it is told otherwise. */
class QuietPipelineIT {
    @TempDir
    Path directory;

    @Test
    void aTransactionalIdThatExpiredCostsNoRestartAndNoResult() throws Exception {
        BrokerConfig forgetful = BrokerConfig.defaults()
                .property("transactional.id.expiration.ms", "1000")
                .property("transaction.remove.expired.transaction.cleanup.interval.ms", "200");
        try (KafkaBroker kafka = EmbeddedKafka.inProcess(forgetful);
                Admin admin = KafkaClients.connecting(Map.of("bootstrap.servers", kafka.bootstrapServers()))
                        .admin(Map.of())) {
            kafka.createTopic(Accounts.COMMANDS.name(), 1);
            kafka.createTopic(Accounts.NOTICES_TOPIC.name(), 1);
            try (Engine engine = Engine.start(
                    Pipeline.named(
                            "ledger",
                            p -> p.from(Accounts.COMMANDS)
                                    .stage(Accounts.STAGE)
                                    .out(Accounts.NOTICES)
                                    .to(Accounts.NOTICES_TOPIC)),
                    Lab.config(kafka.bootstrapServers(), directory.resolve("state")))) {
                engine.awaitRunning(Lab.WAIT);
                for (int count = 1; count <= 3; count++) {
                    kafka.produce(List.of(Lab.command(Accounts.COMMANDS, "alice", count, 1_000)));
                    assertThat(kafka.awaitCommitted(Accounts.NOTICES_TOPIC.name(), count, Lab.WAIT))
                            .hasSize(count);
                    await("the broker forgets the id")
                            .atMost(Lab.WAIT)
                            .until(() -> admin.listTransactions().all().get().isEmpty());
                }
                assertThat(engine.failure()).isEmpty();
                assertThat(kafka.readCommitted(Accounts.NOTICES_TOPIC.name(), Lab.WAIT))
                        .extracting(notice -> new String(notice.value(), UTF_8))
                        .containsExactly("1:1", "2:3", "3:6");
            }
        }
    }
}
