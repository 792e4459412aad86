package io.wellspring.testkit.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/**
 * The topic operations of {@link KafkaBroker}. Clients live for one operation, so that nothing outlives the broker and a
 * restart between two operations is not noticed.
 *
 * <p>Reading to the end takes two consumers, because the end a {@code read_committed} consumer is told is the last stable
 * offset: what was committed a moment ago may lie behind it, until its markers are written. So the end is asked for as
 * {@code read_uncommitted}, and then read up to as {@code read_committed}.
 */
final class TopicAccess {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Comparator<ConsumerRecord<byte[], byte[]>> BY_PARTITION_AND_OFFSET = Comparator.comparingInt(
                    (ConsumerRecord<byte[], byte[]> entry) -> entry.partition())
            .thenComparingLong(ConsumerRecord::offset);

    private final String bootstrapServers;

    TopicAccess(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    void create(String topic, int partitions, Map<String, String> config) {
        try (Admin admin = admin()) {
            NewTopic wanted = new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(config);
            get(admin.createTopics(List.of(wanted)).all(), "create topic " + topic);
            awaitOrFail("topic " + topic + " to be seen after its creation", () -> isVisible(admin, topic));
            // A broker that does not lead yet may refuse a producer's first batch and take its second: the first is
            // then out of order, and
            // tried in vain until the delivery timeout. Leaders answer this question, and only they.
            Map<TopicPartition, OffsetSpec> question = IntStream.range(0, partitions)
                    .boxed()
                    .collect(Collectors.toMap(
                            partition -> new TopicPartition(topic, partition), partition -> OffsetSpec.earliest()));
            get(admin.listOffsets(question).all(), "lead every partition of topic " + topic);
        }
    }

    void delete(String topic) {
        try (Admin admin = admin()) {
            get(admin.deleteTopics(List.of(topic)).all(), "delete topic " + topic);
            awaitOrFail("topic " + topic + " to be gone after its deletion", () -> !isVisible(admin, topic));
        }
    }

    private boolean isVisible(Admin admin, String topic) {
        try {
            get(admin.describeTopics(List.of(topic)).allTopicNames(), "describe topic " + topic);
            return true;
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    SortedMap<Integer, Long> endOffsets(String topic) {
        SortedMap<Integer, Long> ends = new TreeMap<>();
        highWatermarks(topic).forEach((partition, offset) -> ends.put(partition.partition(), offset));
        return ends;
    }

    void produce(Iterable<ProducerRecord<byte[], byte[]>> records) {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                millis(KafkaBroker.DEFAULT_WAIT),
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                millis(KafkaBroker.DEFAULT_WAIT) / 2,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                Long.valueOf(millis(KafkaBroker.DEFAULT_WAIT)));
        // The first refusal; later ones are mostly its consequences.
        AtomicReference<IllegalStateException> refusal = new AtomicReference<>();
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> entry : records) {
                var unused = producer.send(entry, (metadata, problem) -> {
                    if (problem != null) {
                        refusal.compareAndSet(null, refused(entry, problem));
                    }
                });
            }
            producer.flush();
        }
        if (refusal.get() != null) {
            throw refusal.get();
        }
    }

    private IllegalStateException refused(ProducerRecord<?, ?> entry, Exception reason) {
        return new IllegalStateException(
                "the broker at " + bootstrapServers + " refused a record for topic " + entry.topic() + ": " + reason,
                reason);
    }

    List<ConsumerRecord<byte[], byte[]>> readCommitted(String topic, Duration atMost) {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        Map<TopicPartition, Long> ends = highWatermarks(topic);
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = consumer("read_committed")) {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(ends.keySet());
            while (!reached(consumer, ends)) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new IllegalStateException("topic " + topic + " at " + bootstrapServers
                            + " was not readable to its end within " + atMost + ":" + heldUp(consumer, ends)
                            + "; is a transaction left open?");
                }
                consumer.poll(POLL).forEach(entry -> {
                    if (entry.offset() < ends.get(new TopicPartition(topic, entry.partition()))) {
                        found.add(entry);
                    }
                });
            }
        }
        found.sort(BY_PARTITION_AND_OFFSET);
        return found;
    }

    List<ConsumerRecord<byte[], byte[]>> awaitCommitted(String topic, int count, Duration atMost) {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = consumer("read_committed")) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (found.size() < count) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new IllegalStateException("topic " + topic + " at " + bootstrapServers + " holds "
                            + found.size() + " committed records after " + atMost + ", wanted " + count
                            + "; ends at " + endOffsets(topic) + ", markers and open transactions included");
                }
                consumer.poll(POLL).forEach(found::add);
            }
        }
        found.sort(BY_PARTITION_AND_OFFSET);
        return found;
    }

    private static boolean reached(Consumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            if (consumer.position(end.getKey()) < end.getValue()) {
                return false;
            }
        }
        return true;
    }

    private static String heldUp(Consumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        StringJoiner behind = new StringJoiner(",");
        ends.forEach((partition, end) -> {
            long position = consumer.position(partition);
            if (position < end) {
                behind.add(" partition " + partition.partition() + " is held up at offset " + position + " of " + end);
            }
        });
        return behind.toString();
    }

    private Map<TopicPartition, Long> highWatermarks(String topic) {
        try (Consumer<byte[], byte[]> consumer = consumer("read_uncommitted")) {
            return consumer.endOffsets(partitions(consumer, topic));
        }
    }

    private List<TopicPartition> partitions(Consumer<?, ?> consumer, String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (PartitionInfo info : consumer.partitionsFor(topic)) {
            partitions.add(new TopicPartition(topic, info.partition()));
        }
        if (partitions.isEmpty()) {
            throw new IllegalStateException(
                    "there is no topic " + topic + " at " + bootstrapServers + "; create it first");
        }
        return partitions;
    }

    private Consumer<byte[], byte[]> consumer(String isolation) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                isolation,
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false,
                // A close waits for the fetch in flight; at the default that is half a second for every read.
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                20,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                millis(KafkaBroker.DEFAULT_WAIT));
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Admin admin() {
        return Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                millis(KafkaBroker.DEFAULT_WAIT),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                millis(KafkaBroker.DEFAULT_WAIT) / 2));
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }

    private <T> T get(Future<T> answer, String what) {
        try {
            return answer.get(millis(KafkaBroker.DEFAULT_WAIT) + 1_000L, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the broker at " + bootstrapServers + " did not " + what + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the broker at " + bootstrapServers + " did not " + what + " in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the broker to " + what, e);
        }
    }

    private void awaitOrFail(String what, BooleanSupplier condition) {
        Awaitility.await(what + " at " + bootstrapServers)
                .atMost(KafkaBroker.DEFAULT_WAIT)
                .pollInterval(Duration.ofMillis(10))
                .pollDelay(Duration.ZERO)
                .until(condition::getAsBoolean);
    }
}
