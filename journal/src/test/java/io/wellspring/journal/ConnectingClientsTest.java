package io.wellspring.journal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectingClientsTest {
    private static final Map<String, Object> COMMON = Map.of("bootstrap.servers", "127.0.0.1:9");

    @Test
    void namesTheSettingThatAClientRefuses() {
        KafkaClients clients = KafkaClients.connecting(COMMON);

        assertThatThrownBy(() -> clients.consumer(Map.of("isolation.level", "read_everything")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the consumer of Kafka refuses its settings")
                .hasMessageContaining("isolation.level");
        assertThatThrownBy(() -> clients.producer(Map.of("acks", "some"))).hasMessageContaining("the producer");
        assertThatThrownBy(() -> KafkaClients.connecting(Map.of()).admin(Map.of()))
                .hasMessageContaining("the admin client")
                .hasMessageContaining("bootstrap.servers");
    }

    @Test
    void settingsOfACallOverrideTheCommonOnes() {
        KafkaClients clients =
                KafkaClients.connecting(Map.of("bootstrap.servers", "no address at all", "acks", "some"));

        assertThatThrownBy(() -> clients.producer(Map.of("acks", "all"))).hasMessageContaining("no address at all");
        assertThatCode(() -> clients.producer(Map.of("acks", "all", "bootstrap.servers", "127.0.0.1:9"))
                        .close(Duration.ZERO))
                .doesNotThrowAnyException();
    }
}
