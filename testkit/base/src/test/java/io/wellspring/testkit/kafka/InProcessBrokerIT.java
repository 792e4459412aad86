package io.wellspring.testkit.kafka;

import static io.wellspring.testkit.kafka.TransactionalWriter.bytes;
import static io.wellspring.testkit.kafka.TransactionalWriter.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InProcessBrokerIT {
    private static KafkaBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.inProcess();
    }

    @AfterAll
    static void closeBroker() {
        broker.close();
    }

    @Test
    void readsBackWhatWasProducedByPartitionAndOffset() {
        broker.createTopic("plain", 2);

        broker.produce(List.of(
                new ProducerRecord<>("plain", 1, null, bytes("b1")),
                new ProducerRecord<>("plain", 0, null, bytes("a1")),
                new ProducerRecord<>("plain", 1, null, bytes("b2"))));

        assertThat(values(broker.readCommitted("plain"))).containsExactly("a1", "b1", "b2");
        assertThat(broker.endOffsets("plain")).isEqualTo(Map.of(0, 1L, 1, 2L));
    }

    @Test
    void showsCommittedRecordsAndNoAbortedOnes() throws Exception {
        broker.createTopic("transactional", 1);

        try (var writer = new TransactionalWriter(broker, "shows-committed")) {
            writer.commit("transactional", "kept");
            writer.abort("transactional", "dropped");
            writer.commit("transactional", "kept too");
        }

        assertThat(values(broker.readCommitted("transactional"))).containsExactly("kept", "kept too");
        assertThat(broker.endOffsets("transactional"))
                .as("three records, three markers")
                .isEqualTo(Map.of(0, 6L));
    }

    @Test
    void namesTheOpenTransactionThatHoldsUpAReader() throws Exception {
        broker.createTopic("held", 1);

        try (var writer = new TransactionalWriter(broker, "holds-up")) {
            writer.leaveOpen("held", "undecided");

            assertThatThrownBy(() -> broker.readCommitted("held", Duration.ofMillis(300)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("topic held")
                    .hasMessageContaining("partition 0 is held up at offset 0 of 1")
                    .hasMessageContaining("is a transaction left open?");
        }
    }
}
