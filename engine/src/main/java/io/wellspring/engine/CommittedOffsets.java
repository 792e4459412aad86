package io.wellspring.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Asks for the committed offsets of a worker's tasks, of one after the other. A consumer of the classic protocol (4.4) remembers one such question that it has
 * no answer to yet, and throws the answer away when it is asked another one before. So a task that has asked goes on asking until it has
 * its answer; two that took turns would wait for ever where an answer takes longer than a call does. After a while others have their turn, since
 * the offsets may wait for a transaction.
 *
 * <p>All questions between two polls together wait for a bound, so that a thousand tasks do not hold up those that run. Confined to the worker's thread.
 */
final class CommittedOffsets {
    private static final Duration CALL = Duration.ofMillis(50);
    private static final long TASK_NANOS = Duration.ofMillis(500).toNanos();
    private static final long POLL_NANOS = Duration.ofMillis(100).toNanos();

    private final Consumer<byte[], byte[]> consumer;
    private final LongSupplier nanos;
    private TaskId asking;
    private long askedNanos;
    private long waitedNanos;

    CommittedOffsets(Consumer<byte[], byte[]> consumer, LongSupplier nanos) {
        this.consumer = consumer;
        this.nanos = nanos;
    }

    /** Says that the consumer is polled. */
    void polled() {
        waitedNanos = 0;
    }

    /** See {@link Membership#committed}. */
    Optional<Map<TopicPartition, OffsetAndMetadata>> ask(Task task) {
        long began = nanos.getAsLong();
        boolean othersTurn = asking != null && !asking.equals(task.id()) && began - askedNanos < TASK_NANOS;
        if (othersTurn || waitedNanos >= POLL_NANOS) {
            return Optional.empty();
        }
        if (!task.id().equals(asking)) {
            asking = task.id();
            askedNanos = began;
        }
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = consumer.committed(Set.copyOf(task.partitions()), CALL);
            asking = null;
            return Optional.of(offsets);
        } catch (TimeoutException later) {
            if (nanos.getAsLong() - askedNanos >= TASK_NANOS) {
                asking = null;
            }
            return Optional.empty();
        } finally {
            waitedNanos += nanos.getAsLong() - began;
        }
    }
}
