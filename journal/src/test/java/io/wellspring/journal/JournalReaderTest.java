package io.wellspring.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a real broker cannot be brought to do at will. */
class JournalReaderTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders.journal", 0);
    private static final TopicPartition LIMITS = new TopicPartition("limits.journal", 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final List<KafkaFutureImpl<ListOffsetsResultInfo>> questions = new ArrayList<>();
    private final List<TopicPartition> asked = new ArrayList<>();
    private final JournalReader reader = new JournalReader(
            new OneConsumer(consumer), new JournalEnds(silentAdmin(), "cluster", Duration.ofSeconds(1)), Map.of());
    private final RecordingVisitor orders = new RecordingVisitor();
    private final RecordingVisitor limits = new RecordingVisitor();
    private int requests;

    @AfterEach
    void closeReader() {
        reader.close();
    }

    @Test
    void isNotCompleteBeforeTheConsumerHasLearntTheLeaderWhoseEpochsItCompares() {
        reader.start(ORDERS, 7, 3, orders);
        reader.poll(Duration.ZERO);
        answer(7);
        reader.poll(Duration.ZERO);
        reader.poll(Duration.ZERO);

        assertThat(progress()).isEqualTo(new ReplayProgress(7, 7, OptionalLong.of(7), 0, false));

        consumer.updatePartitions(ORDERS.topic(), List.of(new PartitionInfo(ORDERS.topic(), 0, null, null, null)));
        reader.poll(Duration.ZERO);
        assertThat(progress().complete()).as("compared in the next poll").isFalse();

        reader.poll(Duration.ZERO);
        assertThat(progress().complete()).isTrue();
    }

    @Test
    void waitsForTheEndWithoutBlocking() {
        reader.start(ORDERS, 0, -1, orders);
        reader.poll(Duration.ZERO);

        assertThat(progress()).isEqualTo(new ReplayProgress(0, 0, OptionalLong.empty(), 0, false));

        answer(0);
        reader.poll(Duration.ZERO);
        assertThat(progress().complete()).isTrue();
    }

    @Test
    void asksForAllNewReplaysAtOnce() {
        reader.start(ORDERS, 0, -1, orders);
        reader.start(LIMITS, 0, -1, limits);

        reader.poll(Duration.ZERO);
        reader.poll(Duration.ZERO);

        assertThat(requests).as("one for the starts, one for the ends").isEqualTo(2);
    }

    @Test
    void aLongJournalWaitsForAShorterOneButNotForOneThatHasNothingToDeliver() {
        reader.start(ORDERS, 0, -1, orders);
        reader.start(LIMITS, 0, -1, limits);
        reader.poll(Duration.ZERO);
        answer(Map.of(ORDERS, 50_000L, LIMITS, 30_000L));
        reader.poll(Duration.ZERO);
        entry(ORDERS, 0);
        entry(LIMITS, 0);
        reader.poll(Duration.ZERO); // the one before had nothing

        assertThat(limits.offsets).containsExactly(0L);
        assertThat(orders.offsets).containsExactly(0L);

        entry(ORDERS, 1);
        entry(LIMITS, 1);
        assertThat(reader.poll(Duration.ZERO)).isEqualTo(1);
        assertThat(limits.offsets).as("the shorter one").containsExactly(0L, 1L);
        assertThat(orders.offsets).containsExactly(0L);

        reader.poll(Duration.ZERO);
        assertThat(orders.offsets).as("the other brought something just before").containsExactly(0L);
        reader.poll(Duration.ZERO);
        assertThat(orders.offsets).as("the other may be held up for long").containsExactly(0L, 1L);
    }

    @Test
    void shortJournalsAreReadSideBySide() {
        reader.start(ORDERS, 0, -1, orders);
        reader.start(LIMITS, 0, -1, limits);
        reader.poll(Duration.ZERO);
        answer(Map.of(ORDERS, 15_000L, LIMITS, 5_000L));
        reader.poll(Duration.ZERO);
        for (long offset = 0; offset < 3; offset++) {
            entry(ORDERS, offset);
            entry(LIMITS, offset);
            reader.poll(Duration.ZERO);
        }

        assertThat(limits.offsets).containsExactly(0L, 1L, 2L);
        assertThat(orders.offsets).containsExactly(0L, 1L, 2L);
    }

    @Test
    void endsOnlyTheReplaysOfATopicThatMayNotBeRead() {
        reader.start(ORDERS, 0, -1, orders);
        reader.start(LIMITS, 0, -1, limits);
        consumer.setPollException(new TopicAuthorizationException(Set.of(LIMITS.topic())));

        reader.poll(Duration.ZERO);

        assertThat(limits.failure)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("limits.journal")
                .hasMessageContaining("grant READ and DESCRIBE");
        assertThat(orders.failure).isNull();
        assertThat(reader.progress(ORDERS)).isPresent();
    }

    @Test
    void stopsOnADamagedBatchAndRepeatsWhatMayPass() {
        reader.start(ORDERS, 0, -1, orders);
        consumer.setPollException(
                new KafkaException("Record batch for partition orders.journal-0", new CorruptRecordException("crc")));
        reader.poll(Duration.ZERO);

        reader.start(LIMITS, 0, -1, limits);
        consumer.setPollException(new KafkaException("a hiccup"));
        reader.poll(Duration.ZERO);

        assertThat(orders.failure)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("orders.journal-0")
                .hasMessageContaining("Restore the partition from a replica");
        assertThat(limits.failure).isInstanceOf(RetryableException.class).hasMessageContaining("a hiccup");
    }

    @Test
    void anInterruptEndsThePollAndNoReplay() {
        reader.start(ORDERS, 0, -1, orders);
        consumer.setPollException(new InterruptException("closing"));

        assertThatThrownBy(() -> reader.poll(Duration.ZERO)).isInstanceOf(RetryableException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(orders.failure).isNull();
        assertThat(reader.progress(ORDERS)).isPresent();
    }

    private ReplayProgress progress() {
        return reader.progress(ORDERS).orElseThrow(() -> new AssertionError(orders.failure));
    }

    /** Answers the questions so far: a log from 0 to this end. */
    private void answer(long end) {
        for (int i = 0; i < questions.size(); i++) {
            questions.get(i).complete(new ListOffsetsResultInfo(i % 2 == 0 ? 0 : end, -1, Optional.empty()));
        }
    }

    /** Answers the questions so far, of which there is one for each beginning, and then one for each end. */
    private void answer(Map<TopicPartition, Long> ends) {
        for (int i = 0; i < questions.size(); i++) {
            long offset = i < ends.size() ? 0 : ends.get(asked.get(i));
            questions.get(i).complete(new ListOffsetsResultInfo(offset, -1, Optional.empty()));
        }
    }

    private void entry(TopicPartition journal, long offset) {
        byte[] key = {1};
        byte[] value = JournalFormat.encode(
                new JournalEntry(key, new byte[] {2}, offset + 1, 0, 1, 1_000, 2_000, JournalEntry.Cause.NONE));
        consumer.addRecord(new ConsumerRecord<>(journal.topic(), journal.partition(), offset, key, value));
    }

    private Admin silentAdmin() {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("listOffsets")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    requests++;
                    return new ListOffsetsResult(((Map<?, ?>) arguments[0])
                            .keySet().stream()
                                    .collect(Collectors.toMap(
                                            TopicPartition.class::cast,
                                            partition -> question((TopicPartition) partition))));
                });
    }

    private KafkaFuture<ListOffsetsResultInfo> question(TopicPartition about) {
        asked.add(about);
        KafkaFutureImpl<ListOffsetsResultInfo> question = new KafkaFutureImpl<>();
        questions.add(question);
        return question;
    }

    private record OneConsumer(Consumer<byte[], byte[]> consumer) implements KafkaClients {
        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            assertThat(settings)
                    .containsEntry("isolation.level", "read_committed")
                    .containsEntry("auto.offset.reset", "none");
            return consumer;
        }

        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            throw new UnsupportedOperationException("no producer here");
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            throw new UnsupportedOperationException("no admin client here");
        }
    }
}
