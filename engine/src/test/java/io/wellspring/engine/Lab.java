package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.Pipeline;
import io.wellspring.api.Topic;
import io.wellspring.api.codec.Codecs;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalFormat;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What one test works with: topics, a state directory and engines under names of its own, on a broker that all tests share. */
final class Lab implements AutoCloseable {
    static final Duration WAIT = Duration.ofSeconds(40);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final String name;
    final Topic<String, Long> commands;
    final Topic<String, Long> orders;
    final Topic<String, String> notices;
    final Path directory;
    private final List<Engine> engines = new ArrayList<>();

    Lab(Path directory) {
        this(directory, "lab" + NUMBER.incrementAndGet());
    }

    /** A lab of another process. */
    Lab(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        this.commands = Topic.of(name + "-commands", Codecs.utf8(), Codecs.int64());
        this.orders = Topic.of(name + "-orders", Codecs.utf8(), Codecs.int64());
        this.notices = Topic.of(name + "-notices", Codecs.utf8(), Codecs.utf8());
    }

    /** The broker, started once and stopped with the JVM. */
    private static final class Shared {
        static final KafkaBroker KAFKA = start();

        private static KafkaBroker start() {
            KafkaBroker kafka = EmbeddedKafka.inProcess();
            Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "stop-shared-kafka"));
            return kafka;
        }
    }

    static KafkaBroker kafka() {
        return Shared.KAFKA;
    }

    /** Makes the topics of {@link #ledger}. */
    Lab withTopics(int partitions) {
        kafka().createTopic(commands.name(), partitions);
        kafka().createTopic(orders.name(), partitions);
        kafka().createTopic(notices.name(), partitions);
        return this;
    }

    /** Commands and orders, merged by time into the accounts; their notices go out. */
    Pipeline ledger() {
        return ledger(name, commands, orders, notices);
    }

    static Pipeline ledger(
            String name, Topic<String, Long> commands, Topic<String, Long> orders, Topic<String, String> notices) {
        return Pipeline.named(name, p -> {
            var accounts = p.from(commands).merge(p.from(orders)).stage(Accounts.STAGE);
            accounts.out(Accounts.NOTICES).to(notices);
        });
    }

    EngineConfig config() {
        return config(directory);
    }

    static EngineConfig config(Path directory) {
        return config(kafka().bootstrapServers(), directory);
    }

    static EngineConfig config(String bootstrap, Path directory) {
        return EngineConfig.forClient(Map.of("bootstrap.servers", bootstrap, "session.timeout.ms", "6000"))
                .stateDir(directory);
    }

    static EngineConfig config(String bootstrap, Path directory, GroupProtocol protocol) {
        return protocol == GroupProtocol.CLASSIC
                ? config(bootstrap, directory)
                : EngineConfig.forBootstrap(bootstrap).stateDir(directory).groupProtocol(protocol);
    }

    Engine start(Pipeline pipeline, EngineConfig config) throws InterruptedException {
        Engine engine = startOnly(pipeline, config);
        engine.awaitRunning(WAIT);
        return engine;
    }

    /** Starts an engine whose tasks may fail. */
    Engine startOnly(Pipeline pipeline, EngineConfig config) {
        Engine engine = Engine.start(pipeline, config);
        engines.add(engine);
        return engine;
    }

    static ProducerRecord<byte[], byte[]> command(Topic<?, ?> topic, String key, long value, long timeMillis) {
        return new ProducerRecord<>(
                topic.name(),
                null,
                timeMillis,
                key.getBytes(UTF_8),
                Codecs.int64().encode(value));
    }

    void add(Topic<?, ?> topic, String key, long... values) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (long value : values) {
            records.add(command(topic, key, value, 1_000));
        }
        kafka().produce(records);
    }

    /** The committed values of a topic as text, by key, in order; waits for that many. */
    static Map<String, List<String>> texts(Topic<?, String> topic, int count) {
        Map<String, List<String>> texts = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> found : settled(topic.name(), count)) {
            String key = found.key() == null ? "" : new String(found.key(), UTF_8);
            texts.computeIfAbsent(key, none -> new ArrayList<>()).add(new String(found.value(), UTF_8));
        }
        return texts;
    }

    /** All committed records of a topic once there are that many; more than that are shown too. */
    static List<ConsumerRecord<byte[], byte[]>> settled(String topic, int count) {
        kafka().awaitCommitted(topic, count, WAIT);
        return kafka().readCommitted(topic, WAIT);
    }

    /** The journal of a stage as it is committed. */
    static List<ConsumerRecord<byte[], byte[]>> journal(String pipeline, String stage) {
        return kafka().readCommitted(pipeline + "-" + stage + "-journal", WAIT);
    }

    static JournalEntry entry(ConsumerRecord<byte[], byte[]> journaled) {
        return JournalFormat.decode(journaled);
    }

    /** Ends all engines for good, snapshots written. */
    void endAll() {
        engines.forEach(Engine::leave);
    }

    @Override
    public void close() {
        endAll();
    }
}
