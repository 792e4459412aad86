package io.wellspring.testkit.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A single real Kafka broker that a test, a demonstration or a benchmark owns.
 *
 * <p>Whatever stands behind it, it is on loopback or in a container of this machine, has replication factor 1, never
 * creates a topic by itself and removes no record by age. Methods may be called by several threads; those that start and
 * end the broker run one at a time. Every method is bounded in time and fails with a message that names the broker.
 */
public interface KafkaBroker extends AutoCloseable {
    /** How long a topic operation or a read waits when no bound is given. */
    Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    /**
     * Says where clients connect; the same before and after {@link #restart}.
     *
     * @return {@code host:port}
     */
    String bootstrapServers();

    /**
     * Says whether the broker takes requests, as far as this process can see.
     *
     * @return false after {@link #stop}, {@link #kill} or {@link #close}, and when its process ended by itself
     */
    boolean isRunning();

    /**
     * Stops the broker in order, keeping its data. Does nothing if it is not running.
     *
     * @throws UnsupportedOperationException if a broker of this kind cannot come back
     */
    void stop();

    /**
     * Ends the broker at once as a crash would (SIGKILL), keeping its data. Does nothing if it is not running.
     *
     * @throws UnsupportedOperationException if a broker of this kind cannot be killed; one in a JVM of its own can
     */
    void kill();

    /**
     * Starts the broker again over its data, at its address; stops it first if it is running.
     *
     * @throws UnsupportedOperationException if a broker of this kind cannot come back
     * @throws IllegalStateException if it was closed or does not start; the message says why
     */
    void restart();

    /** Stops the broker for good and removes what it left, unless it was given a directory to keep. A second close does nothing. */
    @Override
    void close();

    /**
     * Creates a topic and waits until clients can see it.
     *
     * @param topic its name
     * @param partitions how many
     * @param config topic settings by Kafka's names, such as {@code cleanup.policy}; may be empty
     * @throws IllegalStateException if it exists or the broker refuses
     */
    default void createTopic(String topic, int partitions, Map<String, String> config) {
        new TopicAccess(bootstrapServers()).create(topic, partitions, config);
    }

    /**
     * Creates a topic with the broker's default settings.
     *
     * @param topic its name
     * @param partitions how many
     * @throws IllegalStateException if it exists or the broker refuses
     */
    default void createTopic(String topic, int partitions) {
        createTopic(topic, partitions, Map.of());
    }

    /**
     * Deletes a topic and waits until clients can no longer see it.
     *
     * @param topic its name
     * @throws IllegalStateException if there is none
     */
    default void deleteTopic(String topic) {
        new TopicAccess(bootstrapServers()).delete(topic);
    }

    /**
     * Reads the high watermark of each partition: the offset after its last record, transaction markers included.
     *
     * @param topic its name
     * @return partition to offset
     */
    default SortedMap<Integer, Long> endOffsets(String topic) {
        return new TopicAccess(bootstrapServers()).endOffsets(topic);
    }

    /**
     * Sends records without a transaction and waits until the broker has all of them.
     *
     * @param records what to send, in this order
     * @throws IllegalStateException if one is refused
     */
    default void produce(Iterable<ProducerRecord<byte[], byte[]>> records) {
        new TopicAccess(bootstrapServers()).produce(records);
    }

    /**
     * Sends one record without a transaction and waits until the broker has it. For many, {@link #produce(Iterable)} is
     * far faster.
     *
     * @param topic where to
     * @param key its key, or null
     * @param value its value, or null
     * @throws IllegalStateException if it is refused
     */
    default void produce(String topic, byte[] key, byte[] value) {
        produce(List.of(new ProducerRecord<>(topic, key, value)));
    }

    /**
     * Reads every committed record that lies before the present end of a topic. Records of a transaction that is still
     * open are waited for until it is decided.
     *
     * @param topic its name
     * @param atMost how long to wait for open transactions and the broker
     * @return the records, by partition and then by offset; aborted ones are not among them
     * @throws IllegalStateException if the end was not reached in time; the message names what is held up and where
     */
    default List<ConsumerRecord<byte[], byte[]>> readCommitted(String topic, Duration atMost) {
        return new TopicAccess(bootstrapServers()).readCommitted(topic, atMost);
    }

    /**
     * Reads as {@link #readCommitted(String, Duration)} does, waiting at most {@link #DEFAULT_WAIT}.
     *
     * @param topic its name
     * @return the records, by partition and then by offset
     * @throws IllegalStateException if the end was not reached in time
     */
    default List<ConsumerRecord<byte[], byte[]>> readCommitted(String topic) {
        return readCommitted(topic, DEFAULT_WAIT);
    }

    /**
     * Waits until a topic holds a number of committed records, then reads all that are committed by then.
     *
     * @param topic its name
     * @param count how many records at least
     * @param atMost how long to wait
     * @return the records, by partition and then by offset; {@code count} or more
     * @throws IllegalStateException if there were fewer at the end of the wait; the message says how many
     */
    default List<ConsumerRecord<byte[], byte[]>> awaitCommitted(String topic, int count, Duration atMost) {
        return new TopicAccess(bootstrapServers()).awaitCommitted(topic, count, atMost);
    }
}
