package io.wellspring.testkit.pipeline;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codec;
import io.wellspring.engine.EngineConfig;
import io.wellspring.engine.ParkedKey;
import io.wellspring.engine.SteppedEngine;
import io.wellspring.engine.TaskStatus;
import io.wellspring.journal.KafkaClients;
import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimDisk;
import io.wellspring.testkit.sim.SimKafka;
import io.wellspring.testkit.sim.SimProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/**
 * Tests a whole pipeline in a few lines and a few milliseconds: the real engine on a simulated cluster ({@link SimKafka}), with a clock that only the test
 * moves.
 *
 * <pre>{@code
 * try (PipelineTest test = PipelineTest.of(pipeline)) {
 *     test.pipe(COMMANDS, "alice", new Deposit(100));
 *     assertThat(test.read(NOTICES)).containsExactly(new Message<>("alice", "100"));
 *     test.crash();
 *     assertThat(test.state(Ledger.STAGE, "alice")).contains(new Account(100));
 *     test.advance(Duration.ofDays(30));
 *     assertThat(test.read(REMINDERS)).hasSize(1);
 * }
 * }</pre>
 *
 * <p>{@link #read}, {@link #state} and {@link #advance} first let the pipeline process and commit everything piped, so a test needs no waits. If the
 * pipeline stops at a record instead, they throw with the engine's message. Nothing happens between the calls.
 *
 * <p>The same calls give the same run. Not thread-safe.
 */
public final class PipelineTest implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long STEP_NANOS = 5_000_000;
    /** Short enough that no member is given up for not being heard of, nor an open transaction. */
    private static final Duration LONGEST_STRIDE = Duration.ofSeconds(20);
    /** What is still moving after so many steps moves for ever. */
    private static final int MAX_STEPS = 200_000;

    /** In which a commit that waits for its time comes. */
    private static final int STEPS_AT_REST = 40;

    /** Where nothing has happened at all. */
    private static final int STEPS_IN_SILENCE = 4;

    private final Pipeline pipeline;
    private final int partitions;
    private final TestTopics topics;
    private final ManualClock clock = ManualClock.startingAt(START);
    private final SimKafka kafka = SimKafka.seeded(1, clock);
    private final SimDisk disk = new SimDisk(new UUID(0, 1).toString());
    private final Map<TopicPartition, Integer> taken = new HashMap<>();
    private SimProcess process;
    private SteppedEngine engine;
    private long nanos;
    private int starts;
    private boolean closed;

    private PipelineTest(Pipeline pipeline, int partitions) {
        this.pipeline = pipeline;
        this.partitions = partitions;
        this.topics = TestTopics.of(pipeline.graph());
        // A broker refuses timestamps more than an hour ahead, in journals too, unless told otherwise; tests choose
        // their event times.
        kafka.topicDefault(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG, Long.toString(Long.MAX_VALUE));
        kafka.admin(Map.of())
                .createTopics(topics.external().stream()
                        .map(topic -> new NewTopic(topic, partitions, (short) 1))
                        .toList());
    }

    /**
     * Starts a pipeline on a cluster of its own, with one partition for each topic. The clock stands at the beginning of 2026.
     *
     * @param pipeline the pipeline
     * @return the test, its engine running
     * @throws io.wellspring.api.error.WellspringException when the engine refuses to start
     */
    public static PipelineTest of(Pipeline pipeline) {
        return of(pipeline, 1);
    }

    /**
     * Starts a pipeline on a cluster of its own. The clock stands at the beginning of 2026.
     *
     * @param pipeline the pipeline
     * @param partitions how many partitions its sources, sinks and dead-letter topics have, 1 to 100; all that the pipeline names are made
     * @return the test, its engine running
     * @throws IllegalArgumentException when the number of partitions is out of range
     * @throws io.wellspring.api.error.WellspringException when the engine refuses to start
     */
    public static PipelineTest of(Pipeline pipeline, int partitions) {
        Objects.requireNonNull(pipeline, "pipeline");
        if (partitions < 1 || partitions > 100) {
            throw new IllegalArgumentException("partitions=" + partitions + " is outside 1..100 [PipelineTest]");
        }
        var test = new PipelineTest(pipeline, partitions);
        test.start();
        return test;
    }

    /**
     * Writes a record to a source, with the clock's time as its timestamp. The pipeline reads it with the next call that lets it go on.
     *
     * <p>To write what the pipeline cannot decode, give a topic of the same name with other codecs.
     *
     * @param topic a source of the pipeline
     * @param key the key, or null for a record without one
     * @param value the value, or null for a record without one
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @throws IllegalArgumentException when the pipeline does not read that topic
     */
    public <K, V> void pipe(Topic<K, V> topic, K key, V value) {
        pipe(topic, key, value, clock.instant());
    }

    /**
     * Writes a record to a source as {@link #pipe(Topic, Object, Object)} does, with a timestamp.
     *
     * @param topic a source of the pipeline
     * @param key the key, or null for a record without one, which goes to partition 0
     * @param value the value, or null for a record without one
     * @param eventTime the record's timestamp, kept to the millisecond, not before 1970: its event time, unless the source takes that from the value
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @throws IllegalArgumentException when the pipeline does not read that topic, or the time lies before 1970
     */
    public <K, V> void pipe(Topic<K, V> topic, K key, V value, Instant eventTime) {
        requireOpen();
        if (!topics.sources().contains(topic.name())) {
            throw new IllegalArgumentException("Pipeline " + pipeline.name() + " does not read topic " + topic.name()
                    + "; its sources are " + topics.sources());
        }
        if (eventTime.isBefore(Instant.EPOCH)) {
            throw new IllegalArgumentException("eventTime=" + eventTime + " is before 1970, which Kafka cannot keep");
        }
        kafka.load(topic.name(), encode(topic.keys(), key), encode(topic.values(), value), eventTime.toEpochMilli());
    }

    /**
     * Lets the pipeline process and commit everything piped, then reads what came to a topic since the last read of it.
     *
     * @param topic a sink, dead-letter topic or source of the pipeline; its codecs decode what is read
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @return the committed records that no read gave before, by partition, in the order of their offsets
     * @throws IllegalArgumentException when the pipeline does not name that topic
     * @throws IllegalStateException when the pipeline has stopped, with the engine's message and error as the cause, or does not come to rest; the
     *     message says what is missing
     * @throws io.wellspring.api.error.CodecException when a record is not of the topic's types; the next read gives it again
     */
    public <K, V> List<Message<K, V>> read(Topic<K, V> topic) {
        if (!topics.external().contains(topic.name())) {
            throw new IllegalArgumentException("Pipeline " + pipeline.name() + " has no topic " + topic.name()
                    + "; a test can read " + topics.external());
        }
        settle();
        Map<TopicPartition, Integer> next = new HashMap<>();
        List<Message<K, V>> messages = new ArrayList<>();
        for (TopicPartition partition : partitions(topic.name())) {
            List<ConsumerRecord<byte[], byte[]>> all = kafka.committedRecords(partition);
            for (ConsumerRecord<byte[], byte[]> found : all.subList(taken.getOrDefault(partition, 0), all.size())) {
                messages.add(new Message<>(decode(topic.keys(), found.key()), decode(topic.values(), found.value())));
            }
            next.put(partition, all.size());
        }
        taken.putAll(next);
        return messages;
    }

    /**
     * Lets the pipeline process and commit everything piped, then asks for the state of a key.
     *
     * @param stage a stage of the pipeline, the same object
     * @param key the key
     * @param <K> the type of the keys
     * @param <S> the type of the state
     * @return the committed state, empty where the key has none
     * @throws io.wellspring.api.error.ConfigException when the pipeline has no such stage
     * @throws IllegalStateException as {@link #read} does
     */
    public <K, S> Optional<S> state(Stage<K, ?, ?, S> stage, K key) {
        settle();
        return engine.state(stage, key);
    }

    /**
     * Lets the pipeline process and commit everything piped, then asks which keys a stage has parked ({@link io.wellspring.api.Policy#parkKey}).
     *
     * @param stage a stage of the pipeline, the same object
     * @param <K> the type of its keys
     * @return the keys, each with why and how many records wait, in no order; none where the stage does not park keys
     * @throws io.wellspring.api.error.ConfigException when the pipeline has no such stage
     * @throws IllegalStateException as {@link #read} does
     */
    public <K> List<ParkedKey<K>> parked(Stage<K, ?, ?, ?> stage) {
        settle();
        return engine.parked(stage);
    }

    /**
     * What time it is for the pipeline: its processing time, and the timestamp of what is piped without one.
     *
     * @return the clock's time
     */
    public Instant now() {
        return clock.instant();
    }

    /**
     * Lets the pipeline process and commit everything piped, then lets time pass in strides of at most 20 s, and after each of them lets timers
     * fire that are due.
     *
     * @param time how much
     * @throws IllegalArgumentException when it is negative
     * @throws IllegalStateException as {@link #read} does
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time=" + time + " is negative [PipelineTest]");
        }
        settle();
        for (Duration left = time; !left.isZero(); ) {
            Duration stride = left.compareTo(LONGEST_STRIDE) > 0 ? LONGEST_STRIDE : left;
            clock.advance(stride);
            nanos += stride.toNanos();
            left = left.minus(stride);
            settle();
        }
    }

    /**
     * Closes the engine in order and starts it again over the same snapshots and topics. It commits what it has processed, and goes on
     * behind it; after an engine that has stopped at a record, the new one tries that record again.
     *
     * @throws io.wellspring.api.error.WellspringException when the engine refuses to start again
     */
    public void restart() {
        requireOpen();
        engine.close(false);
        process.crash(); // of what is closed, nothing is left
        start();
    }

    /**
     * Ends the engine as {@code kill -9} does, in the middle of what it is doing: {@code steps} of its steps after what was piped last, if it takes that
     * many. Then starts it again over what is left, snapshots and topics.
     *
     * @param steps how many steps it still does; 0 for none
     * @throws io.wellspring.api.error.WellspringException when the engine refuses to start again
     */
    public void crash(int steps) {
        requireOpen();
        for (int step = 0; step < steps; step++) {
            step();
        }
        process.crash();
        start();
    }

    /**
     * Lets the pipeline process and commit everything piped, then ends the engine as {@code kill -9} does and starts it again.
     *
     * @throws IllegalStateException as {@link #read} does
     * @throws io.wellspring.api.error.WellspringException when the engine refuses to start again
     */
    public void crash() {
        settle();
        crash(0);
    }

    /** Ends the engine. A second close does nothing. */
    @Override
    public void close() {
        process.crash();
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the test of pipeline " + pipeline.name() + " is closed");
        }
    }

    private void start() {
        disk.startAnew();
        process = kafka.process(pipeline.name() + "#" + ++starts);
        var config = EngineConfig.forBootstrap("simulated")
                .stateDir(Path.of("simulated"))
                .clock(clock);
        engine = SteppedEngine.start(
                pipeline,
                config,
                new SteppedEngine.Surroundings(
                        KafkaClients.of(process::producer, process::consumer, process::admin),
                        disk,
                        () -> nanos,
                        this::pause));
    }

    private void pause() {
        nanos += STEP_NANOS;
        kafka.settle();
    }

    private int step() {
        nanos += STEP_NANOS;
        int done = engine.step();
        kafka.settle();
        return done;
    }

    /** Steps until everything is committed that need not wait for its turn, and nothing has happened for long enough that a commit would have come. */
    private void settle() {
        requireOpen();
        int atRest = 0;
        int enough = STEPS_IN_SILENCE;
        for (int steps = 0; steps < MAX_STEPS; steps++) {
            int done;
            try {
                done = step();
            } catch (RuntimeException ended) {
                throw stopped(ended);
            }
            engine.status().forEach(status -> {
                if (status instanceof TaskStatus.Failed failed) {
                    throw stopped(failed.error());
                }
            });
            if (done == 0 && (allCommitted() || engine.isIdle())) {
                atRest++;
            } else {
                atRest = 0;
                enough = STEPS_AT_REST;
            }
            if (atRest == enough) {
                return;
            }
        }
        throw new IllegalStateException("Pipeline " + pipeline.name() + " does not come to rest; its tasks: "
                + engine.status() + "; committed: " + kafka.committedOffsets(pipeline.name())
                + ". Look for an endless loop of topics; what happened last:\n  "
                + String.join("\n  ", kafka.trace(20)));
    }

    private IllegalStateException stopped(RuntimeException failure) {
        return new IllegalStateException(
                "Pipeline " + pipeline.name() + " has stopped: " + failure.getMessage(), failure);
    }

    private boolean allCommitted() {
        if (!kafka.openTransactions().isEmpty()) {
            return false;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = kafka.committedOffsets(pipeline.name());
        for (String topic : topics.inputs()) {
            for (TopicPartition partition : partitions(topic)) {
                List<ConsumerRecord<byte[], byte[]>> all = kafka.committedRecords(partition);
                OffsetAndMetadata position = committed.get(partition);
                if (!all.isEmpty()
                        && (position == null
                                || position.offset() <= all.get(all.size() - 1).offset())) {
                    return false;
                }
            }
        }
        return true;
    }

    private List<TopicPartition> partitions(String topic) {
        List<TopicPartition> found = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            found.add(new TopicPartition(topic, partition));
        }
        return found;
    }

    private static <T> byte[] encode(Codec<T> codec, T value) {
        return value == null ? null : codec.encode(value);
    }

    private static <T> T decode(Codec<T> codec, byte[] bytes) {
        return bytes == null ? null : codec.decode(bytes);
    }
}
