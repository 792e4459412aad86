package io.wellspring.testkit.kafka;

import static io.wellspring.testkit.kafka.TransactionalWriter.bytes;
import static io.wellspring.testkit.kafka.TransactionalWriter.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnJvmBrokerIT {
    @Test
    void comesBackAfterSigkillWithItsDataAndAddress(@TempDir Path directory) throws Exception {
        try (KafkaBroker broker = EmbeddedKafka.ownJvm(BrokerConfig.defaults().directory(directory))) {
            String address = broker.bootstrapServers();
            broker.createTopic("t", 1);
            try (var writer = new TransactionalWriter(broker, "survivor")) {
                writer.commit("t", "before");
                broker.kill();
                assertThat(broker.isRunning()).isFalse();

                broker.restart();

                assertThat(broker.isRunning()).isTrue();
                assertThat(broker.bootstrapServers()).isEqualTo(address);
                writer.commit("t", "after");
            }
            assertThat(values(broker.readCommitted("t"))).containsExactly("before", "after");
        }
    }

    @Test
    void comesBackAfterAStopWithItsDataAndAddress() {
        try (KafkaBroker broker = EmbeddedKafka.ownJvm()) {
            String address = broker.bootstrapServers();
            broker.createTopic("t", 1);
            broker.produce("t", null, bytes("kept"));

            broker.stop();
            broker.restart();

            assertThat(broker.bootstrapServers()).isEqualTo(address);
            assertThat(values(broker.readCommitted("t"))).containsExactly("kept");
        }
    }

    @Test
    void showsTheEndOfItsLogWhenItDoesNotStart(@TempDir Path directory) {
        BrokerConfig config = BrokerConfig.defaults().directory(directory).property("num.io.threads", "none");

        assertThatThrownBy(() -> EmbeddedKafka.ownJvm(config).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("status 1")
                .hasMessageContaining("Invalid value none for configuration num.io.threads");
    }
}
