package io.wellspring.examples.payments;

import io.wellspring.examples.run.RunException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends records at a steady rate on a thread of its own, until it is told to stop; while the broker is away they wait, and what is late is caught up
 * with. An idempotent producer with one request in flight and a delivery timeout longer than any outage: every record arrives once, and those of
 * a partition in their order. The audit does not believe that but looks.
 */
final class LiveLoad implements AutoCloseable {
    private static final Duration DELIVERY = Duration.ofMinutes(10);
    private static final Duration FLUSH_BOUND = Duration.ofMinutes(2);
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int LINGER_MILLIS = 5;
    private static final int REQUEST_TIMEOUT_MILLIS = 10_000;

    private final Iterator<ProducerRecord<byte[], byte[]>> records;
    private final int perSecond;
    private final Producer<byte[], byte[]> producer;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicReference<Exception> refusal = new AtomicReference<>();
    private final Thread thread = new Thread(this::run, "live-load");
    private final AtomicLong sent = new AtomicLong();

    private LiveLoad(String bootstrap, Iterator<ProducerRecord<byte[], byte[]>> records, int perSecond) {
        this.records = records;
        this.perSecond = perSecond;
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "enable.idempotence",
                true,
                "max.in.flight.requests.per.connection",
                1,
                "linger.ms",
                LINGER_MILLIS,
                "request.timeout.ms",
                REQUEST_TIMEOUT_MILLIS,
                "delivery.timeout.ms",
                Math.toIntExact(DELIVERY.toMillis()),
                "max.block.ms",
                DELIVERY.toMillis());
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        thread.setDaemon(true);
    }

    static LiveLoad start(String bootstrap, Iterator<ProducerRecord<byte[], byte[]>> records, int perSecond) {
        var load = new LiveLoad(bootstrap, records, perSecond);
        load.thread.start();
        return load;
    }

    /** How many records were handed to the producer so far. */
    long sent() {
        return sent.get();
    }

    /**
     * Checks that nothing was refused.
     *
     * @throws RunException when the broker has a record not, or for sure not once
     */
    void check() {
        Exception refused = refusal.get();
        if (refused != null) {
            throw new RunException("The load could not be kept up: " + refused.getMessage(), refused);
        }
    }

    /**
     * Stops, and waits until the broker has everything.
     *
     * @return how many records there are
     */
    long stop() {
        stopping.set(true);
        try {
            thread.join(FLUSH_BOUND.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RunException("Interrupted while the load was ending", interrupted);
        }
        check();
        if (thread.isAlive()) {
            throw new RunException(
                    "The broker has not taken the last of " + sent.get() + " records within " + FLUSH_BOUND);
        }
        return sent.get();
    }

    @Override
    public void close() {
        stopping.set(true);
        producer.close(Duration.ZERO);
    }

    private void run() {
        long startNanos = System.nanoTime();
        try {
            while (!stopping.get() && refusal.get() == null) {
                long due = (System.nanoTime() - startNanos) / 1_000_000L * perSecond / 1_000;
                while (sent.get() < due && !stopping.get()) {
                    send(records.next());
                }
                LockSupport.parkNanos(REST_NANOS);
            }
            producer.flush();
        } catch (RuntimeException failure) {
            refusal.compareAndSet(null, failure);
        }
    }

    private void send(ProducerRecord<byte[], byte[]> next) {
        var unused = producer.send(next, (metadata, problem) -> {
            if (problem != null) {
                refusal.compareAndSet(null, problem);
            }
        });
        sent.incrementAndGet();
    }
}
