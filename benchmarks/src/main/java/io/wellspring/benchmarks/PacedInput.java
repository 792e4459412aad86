package io.wellspring.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes a part of the input plan at an even rate from a thread of its own, and notes when each record was handed to the producer. A record
 * that is behind its time goes at once, so that the rate holds over a pause of this thread; its time is the one it was due at, so that a pause
 * of the harness counts as waiting (coordinated omission, Tene).
 */
final class PacedInput implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final InputPlan plan;
    private final String topic;
    private final int from;
    private final long gapNanos;
    private final AtomicLongArray dueNanos;
    private final Thread thread;
    private volatile boolean closed;
    private volatile Exception failure;

    /**
     * Begins to write.
     *
     * @param from the number of the first record; the last one is the plan's
     * @param perSecond how many records a second
     */
    PacedInput(String bootstrapServers, InputPlan plan, String topic, int from, int perSecond) {
        this.plan = plan;
        this.topic = topic;
        this.from = from;
        this.gapNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.dueNanos = new AtomicLongArray(plan.records() - from);
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.thread = new Thread(this::write, "paced-input");
        thread.start();
    }

    private void write() {
        producer.partitionsFor(topic);
        long beganNanos = System.nanoTime();
        for (int number = from; number < plan.records() && !closed; number++) {
            long due = beganNanos + (number - from) * gapNanos;
            while (System.nanoTime() - due < 0 && !closed) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            dueNanos.set(number - from, due);
            var unused =
                    producer.send(new ProducerRecord<>(topic, plan.key(number), plan.value(number)), (to, problem) -> {
                        if (problem != null) {
                            failure = problem;
                        }
                    });
        }
    }

    /**
     * When a record was due, by {@link System#nanoTime}.
     *
     * @throws RunFailedException when a record could not be written
     */
    long dueNanos(long number) {
        if (failure != null) {
            throw new RunFailedException("the input could not be written: " + failure);
        }
        return dueNanos.get((int) (number - from));
    }

    /** Whether a record belongs to this part. */
    boolean holds(long number) {
        return number >= from;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        producer.close();
    }
}
