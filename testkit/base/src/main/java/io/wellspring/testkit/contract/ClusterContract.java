package io.wellspring.testkit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * What a Kafka cluster does, as far as Wellspring relies on it. The scenarios are in the subclasses, one for each theme, and assert what
 * Kafka 4.4.0 was <em>seen</em> to do, also where its documentation promises less; docs/kafka-observed.md lists the surprises. They run on
 * a real broker and on the simulated one, so that neither the simulation nor our picture of Kafka goes astray unseen.
 *
 * <p>A test of a cluster extends each of the subclasses and says which cluster that is. Several may share one cluster: every scenario has
 * topics, groups and transactional ids of its own.
 */
@Timeout(120)
public abstract class ClusterContract {
    /** How long anything awaited may take. In rounds, too, as a simulation's time is not this machine's. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int MAX_ROUNDS = 5_000;
    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Deque<AutoCloseable> clients = new ArrayDeque<>();
    private ClusterUnderTest cluster;
    /** Names this scenario's topic, group and transactional ids. */
    String name;

    Admin admin;

    /** For the suites of clusters. */
    protected ClusterContract() {}

    /**
     * Gives the cluster under test; called once for each scenario.
     *
     * @return the cluster, which may be new or have been used by other scenarios
     */
    protected abstract ClusterUnderTest cluster();

    @BeforeEach
    void prepare(TestInfo test) {
        String scenario = test.getTestMethod().orElseThrow().getName();
        name = getClass().getSimpleName() + "-" + scenario;
        cluster = cluster();
        Optional<String> reason = cluster.cannotRun(scenario);
        assumeTrue(reason.isEmpty(), () -> "skipped on this cluster: " + reason.orElseThrow());
        admin = keep(cluster.admin(Map.of("retry.backoff.ms", 2, "retry.backoff.max.ms", 10)));
    }

    @AfterEach
    void closeClients() throws Exception {
        while (!clients.isEmpty()) {
            clients.pop().close();
        }
    }

    private <T extends AutoCloseable> T keep(T client) {
        clients.push(client);
        return client;
    }

    /** A transactional producer, initialised. */
    final Producer<byte[], byte[]> transactional(String id, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        Producer<byte[], byte[]> producer = producer(all);
        producer.initTransactions();
        return producer;
    }

    final Producer<byte[], byte[]> transactional(String id) {
        return transactional(id, Map.of());
    }

    /** Any producer; a retry is soon, and no call blocks for long. */
    final Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 2,
                ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 10,
                ProducerConfig.LINGER_MS_CONFIG, 0,
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000));
        all.putAll(settings);
        Producer<byte[], byte[]> producer = cluster.producer(all);
        clients.push(() -> producer.close(Duration.ZERO));
        return producer;
    }

    /** A consumer that neither commits nor resets positions by itself. */
    final Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(Map.of(
                ConsumerConfig.RETRY_BACKOFF_MS_CONFIG,
                2,
                ConsumerConfig.RETRY_BACKOFF_MAX_MS_CONFIG,
                10,
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                20,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                "classic"));
        all.putAll(settings);
        Consumer<byte[], byte[]> consumer = cluster.consumer(all);
        clients.push(() -> consumer.close(CloseOptions.timeout(Duration.ZERO)));
        return consumer;
    }

    /** A consumer at the start of partitions. */
    final AssignedReader reader(String isolation, TopicPartition... partitions) {
        Consumer<byte[], byte[]> consumer = consumer(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation));
        consumer.assign(List.of(partitions));
        for (TopicPartition partition : partitions) {
            consumer.seek(partition, 0);
        }
        return new AssignedReader(this, consumer);
    }

    /** Creates the scenario's topic. */
    final String topic(int partitions) {
        createTopic(name, partitions, Map.of());
        return name;
    }

    final void createTopic(String topic, int partitions, Map<String, String> config) {
        answer(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
                .all());
        TopicPartition last = new TopicPartition(topic, partitions - 1);
        await("the leaders of " + topic, () -> {
            Throwable refusal = catchThrowable(() -> end(last, IsolationLevel.READ_UNCOMMITTED));
            if (refusal != null) {
                assertThat(refusal).isInstanceOf(UnknownTopicOrPartitionException.class);
            }
            return refusal == null;
        });
    }

    /** The scenario's topic with one partition. */
    final TopicPartition onePartition() {
        return new TopicPartition(topic(1), 0);
    }

    static ProducerRecord<byte[], byte[]> entry(TopicPartition to, String value) {
        return new ProducerRecord<>(to.topic(), to.partition(), null, value.getBytes(UTF_8));
    }

    /** Group metadata as a consumer that is no member has it; it fences nobody out. */
    static ConsumerGroupMetadata ofNoMember(String group) {
        return metadata(group, -1, "", null);
    }

    /** Group metadata that no consumer gave. */
    @SuppressWarnings("removal") // There will be no other way to make a zombie's than to be one.
    static ConsumerGroupMetadata metadata(String group, int generation, String memberId, String instanceId) {
        return new ConsumerGroupMetadata(group, generation, memberId, Optional.ofNullable(instanceId));
    }

    /** Sends a record and waits until it is in the log. */
    final RecordMetadata send(Producer<byte[], byte[]> producer, TopicPartition to, String value) {
        Future<RecordMetadata> sent = producer.send(entry(to, value));
        producer.flush();
        return answer(sent);
    }

    /** Sends a record that is refused, and gives the failure of its future. */
    final Throwable refusedSend(Producer<byte[], byte[]> producer, TopicPartition to) {
        Future<RecordMetadata> sent = producer.send(entry(to, "refused"));
        producer.flush();
        return refusal(sent);
    }

    /**
     * Waits until a refused record has doomed its producer. The client tells the record's future first; what is called between the two
     * may still pass.
     */
    final void awaitFailed(Producer<byte[], byte[]> producer, TopicPartition to) {
        await("the refusal to reach the producer", () -> {
            try {
                return producer.send(entry(to, "refused")).isDone();
            } catch (KafkaException e) {
                return true;
            }
        });
    }

    /** Waits for an answer, which is no refusal. Refusals are thrown as they are, without the future's wrapping. */
    final <T> T answer(Future<T> asked) {
        await("an answer", asked::isDone);
        try {
            return asked.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException refusal) {
                throw refusal;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits for an answer, which has to be a refusal. */
    final Throwable refusal(Future<?> asked) {
        Throwable refused = catchThrowable(() -> answer(asked));
        assertThat(refused).as("a refusal").isNotNull();
        return refused;
    }

    /** The high watermark of a partition, or its last stable offset. */
    final long end(TopicPartition partition, IsolationLevel isolation) {
        return answer(admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
                        .partitionResult(partition))
                .offset();
    }

    final long highWatermark(TopicPartition partition) {
        return end(partition, IsolationLevel.READ_UNCOMMITTED);
    }

    final long lastStableOffset(TopicPartition partition) {
        return end(partition, IsolationLevel.READ_COMMITTED);
    }

    /** Waits until the markers of every transaction have been written: a commit returns before. */
    final void awaitDecided(TopicPartition... partitions) {
        for (TopicPartition partition : partitions) {
            await("the markers of " + partition, () -> lastStableOffset(partition) == highWatermark(partition));
        }
    }

    /** Waits for a condition, polling members of groups between two looks at it. */
    final void await(String what, BooleanSupplier seen, GroupMember... polled) {
        await(what, seen, List.of(polled));
    }

    final void await(String what, BooleanSupplier seen, Collection<GroupMember> polled) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        for (int round = 0; !seen.getAsBoolean(); round++) {
            if (round == MAX_ROUNDS || System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("not seen within " + round + " rounds: " + what + "; members " + polled);
            }
            polled.forEach(GroupMember::poll);
            cluster.settle();
            cluster.elapse(PAUSE);
        }
    }
}
