package io.wellspring.testkit.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BrokerConfigTest {
    @Test
    void refusesWhatARestartReliesOn() {
        assertThatThrownBy(() -> BrokerConfig.defaults().property("listeners", "PLAINTEXT://:9092"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("property listeners")
                .hasMessageContaining("leave it out");
    }

    @Test
    void refusesValuesOutsideTheirRangeAndNamesThem() {
        assertThatThrownBy(() -> BrokerConfig.defaults().heapMegabytes(1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("heapMegabytes=1 is outside 64..65536");
        assertThatThrownBy(() -> BrokerConfig.defaults().startTimeout(Duration.ZERO))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("startTimeout=PT0S");
    }

    @Test
    void letsItsPropertiesWinOverTheTestkits() {
        Map<String, String> properties = BrokerProperties.embedded(
                home(),
                Map.of("num.io.threads", "7", "transaction.state.log.num.partitions", "50"),
                Duration.ofMinutes(1));

        assertThat(properties)
                .containsEntry("num.io.threads", "7")
                .containsEntry("transaction.state.log.num.partitions", "50")
                .containsEntry("offsets.topic.num.partitions", "4");
    }

    @Test
    void leavesTheBackOffThatShapesCommitLatencyToKafka() {
        assertThat(BrokerProperties.embedded(home(), Map.of(), Duration.ofMinutes(1)))
                .doesNotContainKey("add.partitions.to.txn.retry.backoff.ms");
    }

    @Test
    void spellsPropertiesAsTheContainerImageWantsThem() {
        assertThat(ContainerKafka.environment(Map.of("a.b-c_d", "x")))
                .containsEntry("KAFKA_A_B__C___D", "x")
                .containsEntry("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1");
    }

    @Test
    void readsBackItsHomeAsItWasWritten() {
        BrokerHome first = BrokerHome.open(Optional.empty());
        try {
            assertThat(BrokerHome.reopen(first.directory(), true)).isEqualTo(first);
        } finally {
            first.discard();
        }
        assertThat(first.directory()).doesNotExist();
    }

    private static BrokerHome home() {
        return new BrokerHome(Path.of("/home"), true, "cluster", 20_000, 20_001);
    }
}
