package io.wellspring.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker died with an open transaction and does not come back. Its transaction would stay open for longer than any wait of these tests.
 */
class HeldUpIT {
    private static final int TIMEOUT_MILLIS = 600_000;

    @TempDir
    Path directory;

    @Test
    void theJournalEntriesAndOffsetsThatADeadWorkerLeftOpenAreAborted() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "alice", 5);
            lab.start(lab.ledger(), lab.config());
            Lab.settled(lab.notices.name(), 1);
            lab.endAll();
            String journal = lab.name + "-accounts-journal";
            try (var dead = open(lab.name + "-" + UUID.randomUUID() + "-0")) {
                dead.send(new ProducerRecord<>(journal, 0, new byte[] {1}, new byte[] {1}))
                        .get();
                dead.sendOffsetsToTransaction(
                        Map.of(new TopicPartition(lab.commands.name(), 0), new OffsetAndMetadata(1)),
                        withoutGeneration(lab.name));
                lab.add(lab.commands, "alice", 7);

                lab.start(lab.ledger(), Lab.config(directory.resolve("other")));

                assertThat(Lab.texts(lab.notices, 2)).isEqualTo(Map.of("alice", List.of("1:5", "2:12")));
                assertThatThrownBy(dead::commitTransaction).isInstanceOf(KafkaException.class);
            }
        }
    }

    @Test
    void aTransactionThatIsNotOursIsWaitedForAndNotEnded() throws Exception {
        try (Lab lab = new Lab(directory).withTopics(1)) {
            lab.add(lab.commands, "alice", 5);
            lab.start(lab.ledger(), lab.config());
            Lab.settled(lab.notices.name(), 1);
            lab.endAll();
            try (var stranger = open(lab.name + "-stranger")) {
                stranger.sendOffsetsToTransaction(
                        Map.of(new TopicPartition(lab.commands.name(), 0), new OffsetAndMetadata(1)),
                        withoutGeneration(lab.name));
                Engine waiting = lab.startOnly(lab.ledger(), Lab.config(directory.resolve("other")));

                assertThatThrownBy(() -> waiting.awaitRunning(Duration.ofSeconds(3)))
                        .hasMessageContaining("open transaction");
                stranger.abortTransaction();
                waiting.awaitRunning(Lab.WAIT);
            }
        }
    }

    @SuppressWarnings("removal") // the only public way to make one without a consumer
    private static ConsumerGroupMetadata withoutGeneration(String group) {
        return new ConsumerGroupMetadata(group, -1, "", Optional.empty());
    }

    private static KafkaProducer<byte[], byte[]> open(String transactionalId) {
        var producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        Lab.kafka().bootstrapServers(),
                        "transactional.id",
                        transactionalId,
                        "transaction.timeout.ms",
                        TIMEOUT_MILLIS),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        return producer;
    }
}
