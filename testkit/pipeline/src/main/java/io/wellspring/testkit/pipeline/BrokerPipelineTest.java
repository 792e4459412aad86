package io.wellspring.testkit.pipeline;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codec;
import io.wellspring.engine.Engine;
import io.wellspring.engine.EngineConfig;
import io.wellspring.testkit.kafka.BrokerConfig;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Tests a whole pipeline on a real broker, both in this process and gone with the test. {@link PipelineTest} does the same on a simulated cluster, in
 * milliseconds and with a clock of its own; this is for the last word.
 *
 * <pre>{@code
 * try (BrokerPipelineTest test = BrokerPipelineTest.of(pipeline)) {
 *     test.pipe(COMMANDS, "alice", new Deposit(100));
 *     assertThat(test.read(NOTICES)).containsExactly(new Message<>("alice", "100"));
 *     test.restart();
 *     assertThat(test.state(Ledger.STAGE, "alice")).contains(new Account(100));
 * }
 * }</pre>
 *
 * <p>{@link #read} and {@link #state} first wait, at most 60 s, until everything piped has been processed and committed; so a test needs no waits
 * of its own. If the pipeline stops at a record instead, they throw with the engine's message.
 *
 * <p>Starting takes a few seconds, so give a test class one pipeline where that is enough. The broker logs through this JVM's SLF4J binding; {@link EmbeddedKafka} says how to quiet it. Not
 * thread-safe.
 */
public final class BrokerPipelineTest implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);

    private final Pipeline pipeline;
    private final TestTopics topics;
    private final KafkaBroker broker;
    private final ScratchDirectory directory = ScratchDirectory.create();
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;
    private final Progress progress;
    private final Map<String, Map<Integer, Long>> nextOffsets = new HashMap<>();
    private Engine engine;

    private BrokerPipelineTest(Pipeline pipeline, KafkaBroker broker) {
        this.pipeline = pipeline;
        this.topics = TestTopics.of(pipeline.graph());
        this.broker = broker;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()));
        this.producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.progress = new Progress(pipeline.name(), topics, broker, admin);
    }

    /**
     * Starts a pipeline on a broker of its own, with one partition for each topic.
     *
     * @param pipeline the pipeline
     * @return the test, its engine running
     * @throws io.wellspring.api.error.WellspringException when the engine refuses to start
     * @throws IllegalStateException when the broker does not start; the message says why
     */
    public static BrokerPipelineTest of(Pipeline pipeline) {
        return of(pipeline, 1);
    }

    /**
     * Starts a pipeline on a broker of its own.
     *
     * @param pipeline the pipeline
     * @param partitions how many partitions its sources, sinks and dead-letter topics have, 1 to 100; all that the pipeline names are made
     * @return the test, its engine running
     * @throws IllegalArgumentException when the number of partitions is out of range
     * @throws io.wellspring.api.error.WellspringException when the engine refuses to start
     * @throws IllegalStateException when the broker does not start; the message says why
     */
    public static BrokerPipelineTest of(Pipeline pipeline, int partitions) {
        Objects.requireNonNull(pipeline, "pipeline");
        if (partitions < 1 || partitions > 100) {
            throw new IllegalArgumentException("partitions=" + partitions + " is outside 1..100 [BrokerPipelineTest]");
        }
        // A broker refuses timestamps more than an hour ahead, in journals too, unless told otherwise; tests choose
        // their event times.
        BrokerConfig anyTime =
                BrokerConfig.defaults().property("log.message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE));
        var test = new BrokerPipelineTest(pipeline, EmbeddedKafka.inProcess(anyTime));
        try {
            test.topics.external().forEach(topic -> test.broker.createTopic(topic, partitions));
            test.start();
            return test;
        } catch (RuntimeException | Error failure) {
            test.close();
            throw failure;
        }
    }

    /**
     * Writes a record to a source, with the present as its timestamp. Returns when the broker has it; the pipeline may not have read it yet.
     *
     * <p>To write what the pipeline cannot decode, give a topic of the same name with other codecs.
     *
     * @param topic a source of the pipeline
     * @param key the key, or null for a record without one
     * @param value the value, or null for a record without one
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @throws IllegalArgumentException when the pipeline does not read that topic
     * @throws IllegalStateException when the broker refuses the record
     */
    public <K, V> void pipe(Topic<K, V> topic, K key, V value) {
        send(topic, key, value, null);
    }

    /**
     * Writes a record to a source as {@link #pipe(Topic, Object, Object)} does, with a timestamp.
     *
     * @param topic a source of the pipeline
     * @param key the key, or null for a record without one
     * @param value the value, or null for a record without one
     * @param eventTime the record's timestamp, kept to the millisecond, not before 1970: its event time, unless the source takes that from the value
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @throws IllegalArgumentException when the pipeline does not read that topic, or the time lies before 1970
     * @throws IllegalStateException when the broker refuses the record
     */
    public <K, V> void pipe(Topic<K, V> topic, K key, V value, Instant eventTime) {
        send(topic, key, value, eventTime.toEpochMilli());
    }

    /**
     * Waits until everything piped is processed and committed, then reads what came to a topic since the last read of it.
     *
     * @param topic a sink, dead-letter topic or source of the pipeline; its codecs decode what is read
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @return the committed records that no read gave before, by partition, in the order of their offsets
     * @throws IllegalArgumentException when the pipeline does not name that topic
     * @throws IllegalStateException when the pipeline has stopped, with the engine's message and error as the cause, or is not done within 60 s; the
     *     message says what is missing
     * @throws io.wellspring.api.error.CodecException when a record is not of the topic's types; the next read gives it again
     */
    public <K, V> List<Message<K, V>> read(Topic<K, V> topic) {
        if (!topics.external().contains(topic.name())) {
            throw new IllegalArgumentException("Pipeline " + pipeline.name() + " has no topic " + topic.name()
                    + "; a test can read " + topics.external());
        }
        settle();
        Map<Integer, Long> next = new HashMap<>(nextOffsets.getOrDefault(topic.name(), Map.of()));
        List<Message<K, V>> messages = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> found : broker.readCommitted(topic.name(), WAIT)) {
            if (found.offset() >= next.getOrDefault(found.partition(), 0L)) {
                messages.add(new Message<>(decode(topic.keys(), found.key()), decode(topic.values(), found.value())));
                next.put(found.partition(), found.offset() + 1);
            }
        }
        nextOffsets.put(topic.name(), next);
        return messages;
    }

    /**
     * Waits until everything piped is processed and committed, then asks for the state of a key.
     *
     * @param stage a stage of the pipeline, the same object
     * @param key the key
     * @param <K> the type of the keys
     * @param <S> the type of the state
     * @return the committed state, empty where the key has none
     * @throws io.wellspring.api.error.ConfigException when the pipeline has no such stage
     * @throws IllegalStateException as {@link #read} does, or when the engine does not answer
     */
    public <K, S> Optional<S> state(Stage<K, ?, ?, S> stage, K key) {
        settle();
        var asking = "asking for the state of stage " + stage.name() + ", key " + key;
        try {
            return engine.view(stage).get(key).get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(asking + " failed: " + e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(asking + " had no answer within " + WAIT, e);
        } catch (InterruptedException e) {
            throw interrupted(asking, e);
        }
    }

    /**
     * Closes the engine in order and starts it again over the same state directory and topics. It commits what it has processed, and goes on
     * behind it; after an engine that has stopped at a record, the new one tries that record again.
     *
     * @throws io.wellspring.api.error.WellspringException when the engine refuses to start again
     */
    public void restart() {
        engine.close();
        start();
    }

    /** Ends engine and broker and deletes their files. A second close does nothing. */
    @Override
    public void close() {
        // In the reverse order: the engine first, the broker before the directory that nothing may use by then.
        try (directory;
                broker;
                admin;
                producer) {
            if (engine != null) {
                engine.close();
            }
        }
    }

    private void start() {
        engine = Engine.start(
                pipeline, EngineConfig.forBootstrap(broker.bootstrapServers()).stateDir(directory.path()));
        try {
            engine.awaitRunning(WAIT);
        } catch (InterruptedException e) {
            throw interrupted("starting pipeline " + pipeline.name(), e);
        }
    }

    private <K, V> void send(Topic<K, V> topic, K key, V value, Long timestampMillis) {
        if (!topics.sources().contains(topic.name())) {
            throw new IllegalArgumentException("Pipeline " + pipeline.name() + " does not read topic " + topic.name()
                    + "; its sources are " + topics.sources());
        }
        var sending = "sending to topic " + topic.name();
        try {
            producer.send(new ProducerRecord<>(
                            topic.name(),
                            null,
                            timestampMillis,
                            encode(topic.keys(), key),
                            encode(topic.values(), value)))
                    .get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(sending + " failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(sending + " had no answer within " + WAIT, e);
        } catch (InterruptedException e) {
            throw interrupted(sending, e);
        }
    }

    private void settle() {
        try {
            Awaitility.await()
                    .atMost(WAIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .pollInSameThread()
                    .until(this::settled);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(
                    "Pipeline " + pipeline.name() + " was not done within " + WAIT + ": " + progress.behind()
                            + "; its tasks: " + engine.status()
                            + ". Look for a step that blocks or an endless loop of topics",
                    e);
        }
    }

    private boolean settled() {
        engine.failure().ifPresent(failure -> {
            throw new IllegalStateException(
                    "Pipeline " + pipeline.name() + " has stopped: " + failure.getMessage(), failure);
        });
        return progress.done(WAIT);
    }

    private static IllegalStateException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while " + what, e);
    }

    private static <T> byte[] encode(Codec<T> codec, T value) {
        return value == null ? null : codec.encode(value);
    }

    private static <T> T decode(Codec<T> codec, byte[] bytes) {
        return bytes == null ? null : codec.decode(bytes);
    }
}
