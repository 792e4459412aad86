package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.Pipeline;
import io.wellspring.api.codec.Codecs;
import io.wellspring.api.port.StateStore;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalFormat;
import io.wellspring.journal.KafkaClients;
import io.wellspring.journal.TransactionalProducer;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimDisk;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One task of the first group of a pipeline, partition 0, with a producer in memory. */
final class TaskFixture {
    static final Duration IDLE_AFTER = Duration.ofMinutes(1);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(20);

    final StateStore store;
    final ManualClock clock = ManualClock.startingAt(Instant.ofEpochMilli(1_000_000));
    final Task task;
    private final Topology topology;
    private final MockProducer<byte[], byte[]> sent =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final TransactionalProducer producer;
    private final Map<String, Long> nextOffsets = new HashMap<>();

    TaskFixture(Pipeline pipeline) {
        this(pipeline, new SimDisk("fixture").task("0-0"));
    }

    TaskFixture(Pipeline pipeline, StateStore store) {
        this(pipeline, store, topic -> 1_000_000);
    }

    TaskFixture(Pipeline pipeline, StateStore store, ToIntFunction<String> maxBytesOfTopic) {
        this.store = store;
        this.topology = Topology.of(pipeline.graph());
        this.producer = TransactionalProducer.open(new InMemory(), "id", Map.of(), Set.of(), Runnable::run, clock);
        this.task = new Task(
                new TaskId(0, 0),
                topology.group(0),
                topology.graph(),
                store,
                new Task.Settings(clock, 10, IDLE_AFTER, 20, maxBytesOfTopic, topic -> Long.MAX_VALUE, topic -> 1));
        producer.initNow();
    }

    /** The next record given to a topic has this offset. */
    TaskFixture from(String topic, long offset) {
        nextOffsets.put(topic, offset);
        return this;
    }

    TaskFixture given(String topic, long timeMillis, String key, long value) {
        return givenBytes(topic, timeMillis, key, Codecs.int64().encode(value));
    }

    TaskFixture givenBytes(String topic, long timeMillis, String key, byte[] value) {
        long offset = nextOffsets.merge(topic, 1L, Long::sum) - 1;
        byte[] keyBytes = key == null ? null : key.getBytes(UTF_8);
        task.buffer(new TopicPartition(topic, 0))
                .add(List.of(new ConsumerRecord<>(
                        topic,
                        0,
                        offset,
                        timeMillis,
                        TimestampType.CREATE_TIME,
                        keyBytes == null ? -1 : keyBytes.length,
                        value == null ? -1 : value.length,
                        keyBytes,
                        value,
                        new RecordHeaders(),
                        Optional.empty())));
        return this;
    }

    int process() {
        return process(partition -> true);
    }

    int process(Predicate<TopicPartition> caughtUp) {
        return task.process(1_000, () -> true, caughtUp, producer);
    }

    /** Processes no more than so many records and timers. */
    int process(int max) {
        return task.process(max, () -> true, partition -> true, producer);
    }

    /** Lets time pass in which the task looks again and again, and then once more. */
    void pass(Duration time) {
        for (Duration left = time; !left.isZero(); ) {
            Duration stride = left.compareTo(LOOK_EVERY) > 0 ? LOOK_EVERY : left;
            clock.advance(stride);
            left = left.minus(stride);
            process();
        }
    }

    List<ProducerRecord<byte[], byte[]>> sentTo(String topic) {
        List<ProducerRecord<byte[], byte[]>> found = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : sent.uncommittedRecords()) {
            if (record.topic().equals(topic)) {
                found.add(record);
            }
        }
        return found;
    }

    List<Long> valuesOf(String topic) {
        return sentTo(topic).stream()
                .map(record -> Codecs.int64().decode(record.value()))
                .toList();
    }

    List<JournalEntry> journal(String stage) {
        return sentTo(topology.pipeline() + "-" + stage + "-journal").stream()
                .map(record -> JournalFormat.decode(record.key(), record.value()))
                .toList();
    }

    /** What was sent to a parked topic, as it is read back. */
    List<ParkedRecord> parkedIn(String topic) {
        List<ParkedRecord> parked = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : sentTo(topic)) {
            parked.add(ParkedRecord.read(new ConsumerRecord<>(
                    topic,
                    record.partition(),
                    parked.size(),
                    record.timestamp(),
                    TimestampType.CREATE_TIME,
                    record.key().length,
                    record.value().length,
                    record.key(),
                    record.value(),
                    record.headers(),
                    Optional.empty())));
        }
        return parked;
    }

    private final class InMemory implements KafkaClients {
        @Override
        public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
            return sent;
        }

        @Override
        public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
            throw new UnsupportedOperationException("a task needs no consumer");
        }

        @Override
        public Admin admin(Map<String, Object> settings) {
            throw new UnsupportedOperationException("a task needs no admin client");
        }
    }
}
