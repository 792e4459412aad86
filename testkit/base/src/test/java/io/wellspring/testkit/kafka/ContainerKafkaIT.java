package io.wellspring.testkit.kafka;

import static io.wellspring.testkit.kafka.TransactionalWriter.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class ContainerKafkaIT {
    @Test
    void commitsTransactionsAndRefusesWhatAContainerCannotDo() throws Exception {
        assumeTrue(
                ContainerKafka.dockerAnswers(),
                "skipped: no Docker answers here, so no broker in a container was tried");

        try (KafkaBroker broker = ContainerKafka.start()) {
            broker.createTopic("t", 1);
            try (var writer = new TransactionalWriter(broker, "contained")) {
                writer.abort("t", "dropped");
                writer.commit("t", "kept");
            }
            assertThat(values(broker.readCommitted("t"))).containsExactly("kept");
            assertThatThrownBy(broker::kill).isInstanceOf(UnsupportedOperationException.class);
        }
    }
}
