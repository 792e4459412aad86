package io.wellspring.examples.run;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A Kafka cluster from the outside, as the person who checks a pipeline sees it: loads inputs, watches committed offsets, reads outputs. Plain
 * clients and nothing of Wellspring. Every call is bounded in time. Used by one thread.
 */
public final class Cluster implements AutoCloseable {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration READ_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int BATCH_BYTES = 128 * 1024;

    private final String bootstrap;
    private final Admin admin;

    private Cluster(String bootstrap, Admin admin) {
        this.bootstrap = bootstrap;
        this.admin = admin;
    }

    /**
     * Connects.
     *
     * @param bootstrap {@code host:port}
     * @return the cluster, which answered
     * @throws UsageException when nobody answers there
     */
    public static Cluster connect(String bootstrap) {
        Admin admin = null;
        try {
            admin = Admin.create(Map.of(
                    "bootstrap.servers",
                    bootstrap,
                    "default.api.timeout.ms",
                    millis(CALL_TIMEOUT),
                    "request.timeout.ms",
                    millis(CALL_TIMEOUT) / 2));
            admin.describeCluster().nodes().get(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return new Cluster(bootstrap, admin);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunException("Interrupted while connecting to " + bootstrap, interrupted);
        } catch (ExecutionException | TimeoutException | RuntimeException nobody) {
            if (admin != null) {
                admin.close(Duration.ZERO);
            }
            throw new UsageException("No Kafka broker answers at " + bootstrap + " (" + reason(nobody)
                    + "). Check --bootstrap, or leave it out to run on an embedded broker");
        }
    }

    /**
     * Creates topics that keep everything, and waits until they can be written to: a broker that does not lead a partition yet may refuse a
     * producer's first batch and take its second, and then the first is out of order for ever.
     *
     * @param partitions of each
     * @param topics their names
     */
    public void createTopics(int partitions, List<String> topics) {
        List<NewTopic> wanted = topics.stream()
                .map(topic -> new NewTopic(topic, Optional.of(partitions), Optional.empty())
                        .configs(Map.of("retention.ms", "-1", "message.timestamp.type", "CreateTime")))
                .toList();
        get(admin.createTopics(wanted).all(), "create the topics " + topics);
        awaitLeaders(partitions, topics);
    }

    /** The question is answered by leaders only; a broker that has not heard of a new topic refuses it, and is asked again. */
    private void awaitLeaders(int partitions, List<String> topics) {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        for (String topic : topics) {
            for (int partition = 0; partition < partitions; partition++) {
                question.put(new TopicPartition(topic, partition), OffsetSpec.earliest());
            }
        }
        long deadlineNanos = System.nanoTime() + CALL_TIMEOUT.toNanos();
        while (true) {
            try {
                get(admin.listOffsets(question).all(), "hear from the leaders of the new topics " + topics);
                return;
            } catch (RunException refused) {
                boolean unknownYet = refused.getCause() != null
                        && refused.getCause().getCause() instanceof UnknownTopicOrPartitionException;
                if (!unknownYet || System.nanoTime() - deadlineNanos > 0) {
                    throw refused;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /**
     * Creates those of the topics that do not exist.
     *
     * @param partitions of each that is created
     * @param topics their names
     */
    public void createMissingTopics(int partitions, List<String> topics) {
        Set<String> existing = get(admin.listTopics().names(), "list topics");
        List<String> missing =
                topics.stream().filter(topic -> !existing.contains(topic)).toList();
        createTopics(partitions, missing);
    }

    /**
     * Deletes what a run left: topics whose names begin so, and its consumer group. What cannot be deleted stays.
     *
     * @param prefixes of the topics' names
     * @param group the consumer group
     * @return why something stays, empty where nothing does
     */
    public Optional<String> delete(Collection<String> prefixes, String group) {
        try {
            Set<String> all = get(admin.listTopics().names(), "list topics");
            List<String> ours = all.stream()
                    .filter(topic -> prefixes.stream().anyMatch(topic::startsWith))
                    .toList();
            get(admin.deleteTopics(ours).all(), "delete the topics " + ours);
            get(admin.deleteConsumerGroups(List.of(group)).all(), "delete the consumer group " + group);
            return Optional.empty();
        } catch (RunException refused) {
            return Optional.of(refused.getMessage());
        }
    }

    /**
     * Sends records and waits until the broker has all of them.
     *
     * @param records in the order in which they are sent
     * @param progress is told the number sent
     * @return how many there were
     * @throws RunException when one is refused
     */
    public long load(Iterator<ProducerRecord<byte[], byte[]>> records, Progress progress) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "linger.ms",
                20,
                "batch.size",
                BATCH_BYTES,
                "delivery.timeout.ms",
                4 * millis(CALL_TIMEOUT),
                "request.timeout.ms",
                millis(CALL_TIMEOUT) / 2);
        AtomicReference<Exception> refusal = new AtomicReference<>();
        long sent = 0;
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            while (records.hasNext() && refusal.get() == null) {
                var unused = producer.send(records.next(), (metadata, problem) -> {
                    if (problem != null) {
                        refusal.compareAndSet(null, problem);
                    }
                });
                progress.at(++sent);
            }
            producer.flush();
        }
        if (refusal.get() != null) {
            throw new RunException(
                    "The broker at " + bootstrap + " refused a record: "
                            + refusal.get().getMessage(),
                    refusal.get());
        }
        return sent;
    }

    /**
     * Where the topics end, transaction markers included.
     *
     * @param topics their names
     * @return the high watermark of each partition
     */
    public Map<TopicPartition, Long> ends(List<String> topics) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted")) {
            return ends(consumer, topics);
        }
    }

    /**
     * What a consumer group has committed.
     *
     * @param group the group
     * @return the offset of each partition that has one; nothing where the group does not exist yet
     */
    public Map<TopicPartition, Long> committed(String group) {
        Map<TopicPartition, OffsetAndMetadata> found;
        try {
            found = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            throw interrupted("ask for the offsets of group " + group, interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            if (failure.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw new RunException(
                    "Cannot ask " + bootstrap + " for the offsets of group " + group + ": " + reason(failure), failure);
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition, offset.offset());
            }
        });
        return offsets;
    }

    /**
     * Reads every committed record that lies before the present end of a topic, waiting for transactions that are still open.
     *
     * @param topic its name
     * @param reader takes the records, those of a partition in order
     * @return how many there were
     * @throws RunException when the end was not reached in time
     */
    public long read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        long deadlineNanos = System.nanoTime() + READ_TIMEOUT.toNanos();
        Map<TopicPartition, Long> ends = ends(List.of(topic));
        long records = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
            consumer.assign(ends.keySet());
            consumer.seekToBeginning(ends.keySet());
            while (!reached(consumer, ends)) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    throw new RunException("Topic " + topic + " at " + bootstrap
                            + " could not be read to its end within " + READ_TIMEOUT + ". Is a transaction left open?");
                }
                for (ConsumerRecord<byte[], byte[]> entry : consumer.poll(POLL)) {
                    reader.accept(entry);
                    records++;
                }
            }
        }
        return records;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "isolation.level",
                isolation,
                "allow.auto.create.topics",
                false,
                "max.poll.records",
                5_000,
                "default.api.timeout.ms",
                millis(CALL_TIMEOUT),
                // A close waits for the fetch in flight, by default half a second.
                "fetch.max.wait.ms",
                20);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<TopicPartition, Long> ends(KafkaConsumer<?, ?> consumer, List<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            for (PartitionInfo partition : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, partition.partition()));
            }
        }
        return consumer.endOffsets(partitions);
    }

    private static boolean reached(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private <T> T get(KafkaFuture<T> future, String what) {
        try {
            return future.get(CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            throw interrupted(what, interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw new RunException("Cannot " + what + " at " + bootstrap + ": " + reason(failure), failure);
        }
    }

    private static RunException interrupted(String what, InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new RunException("Interrupted on the way to " + what, interrupted);
    }

    private static String reason(Exception failure) {
        Throwable cause =
                failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static int millis(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
