package io.wellspring.testkit.contract;

import io.wellspring.testkit.ManualClock;
import io.wellspring.testkit.sim.SimKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** The simulated cluster, under a clock that moves only between two looks. */
final class SimulatedCluster implements ClusterUnderTest {
    private final ManualClock clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimKafka kafka;

    SimulatedCluster(long seed) {
        kafka = SimKafka.seeded(seed, clock);
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        return kafka.producer(settings);
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return kafka.consumer(settings);
    }

    @Override
    public Admin admin(Map<String, Object> settings) {
        return kafka.admin(settings);
    }

    @Override
    public void settle() {
        kafka.settle();
    }

    @Override
    public void elapse(Duration time) {
        clock.advance(time);
        kafka.settle();
    }
}
