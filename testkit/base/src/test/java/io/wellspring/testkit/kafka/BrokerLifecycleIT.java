package io.wellspring.testkit.kafka;

import static io.wellspring.testkit.kafka.TransactionalWriter.bytes;
import static io.wellspring.testkit.kafka.TransactionalWriter.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerLifecycleIT {
    @Test
    void restartsInProcessWithItsDataItsAddressAndAWriterThatGoesOn() throws Exception {
        try (KafkaBroker broker = EmbeddedKafka.inProcess()) {
            String address = broker.bootstrapServers();
            broker.createTopic("t", 1);
            try (var writer = new TransactionalWriter(broker, "goes-on")) {
                writer.commit("t", "before");

                broker.stop();
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
    void keepsDataAndAddressInADirectoryFromOneBrokerToTheNext(@TempDir Path directory) {
        BrokerConfig config = BrokerConfig.defaults().directory(directory);
        String address;
        try (KafkaBroker first = EmbeddedKafka.inProcess(config)) {
            address = first.bootstrapServers();
            first.createTopic("t", 1);
            first.produce("t", bytes("k"), bytes("kept"));
        }

        try (KafkaBroker second = EmbeddedKafka.inProcess(config)) {
            assertThat(second.bootstrapServers()).isEqualTo(address);
            assertThat(values(second.readCommitted("t"))).containsExactly("kept");
        }
    }

    @Test
    void runsTwoBrokersBesideEachOtherWithoutMixingThem() {
        try (KafkaBroker one = EmbeddedKafka.inProcess();
                KafkaBroker other = EmbeddedKafka.inProcess()) {
            one.createTopic("t", 1);
            other.createTopic("t", 1);
            one.produce("t", null, bytes("one"));
            other.produce("t", null, bytes("other"));

            assertThat(values(one.readCommitted("t"))).containsExactly("one");
            assertThat(values(other.readCommitted("t"))).containsExactly("other");
        }
    }

    @Test
    void refusesASecondBrokerOverOneDirectoryAndLeavesTheFirstAlone(@TempDir Path directory) {
        BrokerConfig config = BrokerConfig.defaults().directory(directory);
        try (KafkaBroker first = EmbeddedKafka.inProcess(config)) {
            assertThatThrownBy(() -> EmbeddedKafka.inProcess(config).close())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("is a broker still running over this directory?");

            first.createTopic("still-there", 1);
        }
    }

    @Test
    void leavesNoThreadAndNoDirectoryBehind() {
        EmbeddedKafka.inProcess().close();
        Set<String> before = threads();
        Path home;
        try (KafkaBroker broker = EmbeddedKafka.inProcess()) {
            home = ((EmbeddedBroker) broker).directory();
            assertThat(home).isDirectory();
            broker.createTopic("t", 1);
        }

        assertThat(Files.exists(home)).isFalse();
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(threads()).isSubsetOf(before));
    }

    @Test
    void canNeitherBeKilledInProcessNorStartedAfterItsClose() {
        KafkaBroker broker = EmbeddedKafka.inProcess();
        try (broker) {
            assertThatThrownBy(broker::kill)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("EmbeddedKafka.ownJvm()");
        }
        broker.close();
        assertThatThrownBy(broker::restart)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                // Static pools of Kafka's metrics library and of Awaitility, a few threads for the whole JVM.
                .filter(name -> !name.startsWith("metrics-meter-tick-thread") && !name.startsWith("awaitility"))
                .collect(Collectors.toSet());
    }
}
