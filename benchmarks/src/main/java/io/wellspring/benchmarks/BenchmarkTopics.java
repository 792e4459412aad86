package io.wellspring.benchmarks;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The topics of the benchmark's own broker: the input, made once, and whatever a run leaves, removed after it. */
final class BenchmarkTopics implements AutoCloseable {
    static final String INPUT = "in";
    static final int PARTITIONS = 4;
    private static final short REPLICAS = 1;
    private static final long RETRY_NANOS = 20_000_000;

    private final String bootstrapServers;
    private final Admin admin;

    BenchmarkTopics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    /** Creates a topic and waits for its leaders: before they answer, a producer's first batches may be refused out of order. */
    void create(String topic) {
        create(topic, PARTITIONS);
    }

    /** As {@link #create(String)}, with so many partitions. */
    void create(String topic, int partitions) {
        await(admin.createTopics(Set.of(new NewTopic(topic, partitions, REPLICAS)))
                .all());
        Map<TopicPartition, OffsetSpec> question = IntStream.range(0, partitions)
                .boxed()
                .collect(Collectors.toMap(
                        partition -> new TopicPartition(topic, partition), partition -> OffsetSpec.earliest()));
        while (true) {
            try {
                await(admin.listOffsets(question).all());
                return;
            } catch (IllegalStateException refused) {
                if (!(refused.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw refused;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /** Writes the whole input in the order of its numbers. */
    void produceInput(InputPlan plan) {
        produceInput(plan, INPUT, plan.records());
    }

    /** Writes the first records of the input to a new topic. */
    void produceInput(InputPlan plan, String topic, int records) {
        create(topic);
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "enable.idempotence",
                true,
                "acks",
                "all",
                "linger.ms",
                20,
                "batch.size",
                128 * 1024);
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int number = 0; number < records && failure.get() == null; number++) {
                var unused = producer.send(
                        new ProducerRecord<>(topic, plan.key(number), plan.value(number)), (written, problem) -> {
                            if (problem != null) {
                                failure.compareAndSet(null, problem);
                            }
                        });
            }
            producer.flush();
        }
        if (failure.get() != null) {
            throw new IllegalStateException("the input could not be written to " + bootstrapServers, failure.get());
        }
    }

    /** Deletes every topic but the input and Kafka's own: outputs, changelogs, journals. */
    void deleteAllButInput() {
        Set<String> names = await(admin.listTopics().names());
        Set<String> left = names.stream()
                .filter(name -> !name.equals(INPUT) && !name.startsWith("__"))
                .collect(Collectors.toSet());
        await(admin.deleteTopics(left).all());
    }

    private static <T> T await(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException(
                    "the broker refused: " + failure.getCause().getMessage(), failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the broker", interrupted);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
