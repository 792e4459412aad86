package io.wellspring.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.error.CorruptException;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A journal whose leader epochs do not agree with the state's. */
class JournalTruncationIT {
    private static final TopicPartition JOURNAL = new TopicPartition("diverged.journal", 0);
    private static final Duration BOUND = Duration.ofSeconds(30);

    /**
     * No broker here loses its tail; but a state that claims an offset of the first leader's time, which the second one wrote, looks
     * just like it: the tail was lost and has grown again.
     */
    @Test
    void refusesAJournalThatLostItsTailAndHasGrownAgain() {
        try (KafkaBroker broker = EmbeddedKafka.inProcess()) {
            KafkaClients clients = KafkaClients.connecting(Map.of("bootstrap.servers", broker.bootstrapServers()));
            broker.createTopic(JOURNAL.topic(), 1);
            write(clients, "by the first leader");
            broker.restart();
            write(clients, "by the second leader");

            try (var admin = clients.admin(Map.of())) {
                JournalEnds ends = new JournalEnds(admin, broker.bootstrapServers(), BOUND);
                RecordingVisitor whole = replayed(clients, ends, 0, -1);
                assertThat(whole.events).containsExactly("by the first leader", "by the second leader");
                assertThat(whole.lastEpoch).isPositive();

                RecordingVisitor truthful = replayed(clients, ends, 4, whole.lastEpoch);
                assertThat(truthful.failure).isNull();

                RecordingVisitor diverged = replayed(clients, ends, 4, 0);
                assertThat(diverged.failure)
                        .isInstanceOf(CorruptException.class)
                        .hasMessageContaining("journal " + JOURNAL + " lost its tail and may have grown again since")
                        .hasMessageContaining("what lay before offset 4 was written by another leader")
                        .hasMessageContaining("epoch 0 ends at 2")
                        .hasMessageContaining("delete this task's state");
            }
        }
    }

    private static void write(KafkaClients clients, String event) {
        try (JournalScribe scribe = new JournalScribe(clients, "scribe")) {
            scribe.committed(JOURNAL, event);
        }
    }

    private static RecordingVisitor replayed(KafkaClients clients, JournalEnds ends, long from, int epoch) {
        RecordingVisitor visitor = new RecordingVisitor();
        try (JournalReader reader = new JournalReader(clients, ends, Map.of())) {
            reader.start(JOURNAL, from, epoch, visitor);
            await().pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(BOUND)
                    .until(() -> {
                        reader.poll(Duration.ofMillis(50));
                        return reader.progress(JOURNAL)
                                .map(ReplayProgress::complete)
                                .orElse(true);
                    });
        }
        return visitor;
    }
}
