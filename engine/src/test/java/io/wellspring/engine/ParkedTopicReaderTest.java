package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.CorruptException;
import io.wellspring.journal.JournalEnds;
import io.wellspring.journal.KafkaClients;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimKafka;
import io.wellspring.testkit.sim.SimProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** What a release reads back of a parked topic, batch by batch. */
class ParkedTopicReaderTest {
    private static final String JOURNAL = "p-sums-journal";
    private static final TopicPartition PARKED = new TopicPartition("parked", 0);
    private static final int LARGE = 900_000;

    private final ManualClock clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimKafka kafka = SimKafka.seeded(1, clock);
    private final SimProcess process = kafka.process("engine");

    ParkedTopicReaderTest() {
        kafka.admin(Map.of()).createTopics(List.of(new NewTopic(PARKED.topic(), 1, (short) 1)));
    }

    @Test
    void aBatchEndsAtItsBoundOfBytesAndTheNextOneGoesOnThere() {
        park(7, LARGE, LongStream.rangeClosed(1, 7));
        try (ParkedTopicReader reader = reader()) {
            assertThat(numbers(reader.read(parked(7, 0), JOURNAL)))
                    .as("4 MiB, and the record that goes over it")
                    .containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(numbers(reader.read(parked(7, 5), JOURNAL))).containsExactly(6L, 7L);
        }
    }

    @Test
    void aBatchEndsAtItsBoundOfRecords() {
        park(501, 1, LongStream.rangeClosed(1, 501));
        try (ParkedTopicReader reader = reader()) {
            assertThat(reader.read(parked(501, 0), JOURNAL)).hasSize(500);
            assertThat(numbers(reader.read(parked(501, 500), JOURNAL))).containsExactly(501L);
        }
    }

    @Test
    void whatLiesBeforeAMissingRecordIsReadFirstAndThenTheMissingOneIsNamed() {
        park(4, 1, LongStream.of(1, 2, 4));
        try (ParkedTopicReader reader = reader()) {
            assertThat(numbers(reader.read(parked(4, 0), JOURNAL))).containsExactly(1L, 2L);
            assertThatThrownBy(() -> reader.read(parked(4, 2), JOURNAL))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContainingAll("Parked record 3 of 4", "in-0@17", "parked-0", "drop");
        }
    }

    @Test
    void recordsOfOtherKeysAreNotTakenForTheMissingOne() {
        park(2, 1, LongStream.of(1));
        try (ParkedTopicReader reader = reader();
                Producer<byte[], byte[]> producer = process.producer(Map.of())) {
            send(producer, "p-other-journal", 1, 2);
            assertThat(numbers(reader.read(parked(2, 0), JOURNAL))).containsExactly(1L);
            assertThatThrownBy(() -> reader.read(parked(2, 1), JOURNAL))
                    .isInstanceOf(CorruptException.class)
                    .hasMessageContaining("Parked record 2 of 2");
        }
    }

    private ParkedTopicReader reader() {
        EngineConfig config = EngineConfig.forBootstrap("simulated")
                .clients(KafkaClients.of(process::producer, process::consumer, process::admin));
        var ends = new JournalEnds(process.admin(Map.of()), "simulated", Duration.ofSeconds(5));
        return new ParkedTopicReader(config, ends, PARKED, () -> clock.millis() * 1_000_000);
    }

    private void park(long added, int bytes, LongStream numbers) {
        try (Producer<byte[], byte[]> producer = process.producer(Map.of())) {
            numbers.forEach(number -> send(producer, JOURNAL, bytes, number));
        }
        assertThat(parked(added, 0).left()).isEqualTo(added);
    }

    private void send(Producer<byte[], byte[]> producer, String journal, int bytes, long number) {
        byte[] key = "a".getBytes(UTF_8);
        byte[] value = new byte[bytes];
        var original = new ConsumerRecord<>(
                "in",
                0,
                16 + number,
                clock.millis(),
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                new RecordHeaders(),
                Optional.<Integer>empty());
        var record = new ParkedRecord(parked(number, 0).id(journal, number), 0, clock.millis(), original);
        var sent = producer.send(new ProducerRecord<>(
                PARKED.topic(), 0, clock.millis(), key, value, record.headers("stage sums", "poison")));
        producer.flush();
        assertThat(sent).isDone();
    }

    private Parked parked(long added, long taken) {
        return new Parked(PARKED.topic(), clock.millis(), "poison", "", "in", 17, added, taken);
    }

    private static List<Long> numbers(List<ParkedRecord> records) {
        return records.stream().map(record -> record.original().offset() - 16).toList();
    }
}
