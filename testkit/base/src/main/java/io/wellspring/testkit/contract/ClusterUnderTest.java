package io.wellspring.testkit.contract;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * The cluster that a {@link ClusterContract} is run on: a real broker, or something that claims to behave like one.
 *
 * <p>The scenarios use one thread. They never wait inside a condition: between two looks at one they call {@link #settle()} and {@link
 * #elapse}, so a simulated cluster gets its steps and its time there and within blocking calls of its clients.
 *
 * <p>What it has to be set to: topics are never created by themselves, {@code group.min.session.timeout.ms} is at most 1,000 ms, {@code
 * group.initial.rebalance.delay.ms} 0, and transactions past their timeout are looked for at least once a second.
 */
public interface ClusterUnderTest {
    /**
     * A producer of raw bytes.
     *
     * @param settings its properties by Kafka's names, without where to connect
     * @return a new producer, closed by the contract
     */
    Producer<byte[], byte[]> producer(Map<String, Object> settings);

    /**
     * A consumer of raw bytes.
     *
     * @param settings its properties by Kafka's names, without where to connect
     * @return a new consumer, closed by the contract
     */
    Consumer<byte[], byte[]> consumer(Map<String, Object> settings);

    /**
     * An admin client.
     *
     * @param settings its properties by Kafka's names, without where to connect
     * @return a new admin client, closed by the contract
     */
    Admin admin(Map<String, Object> settings);

    /** Runs what the cluster and its clients have in hand; nothing on a cluster that runs by itself. */
    void settle();

    /**
     * Lets time pass between two looks at a condition. A simulation moves its clock on and runs what became due.
     *
     * @param time how much, a few milliseconds
     */
    void elapse(Duration time);

    /**
     * Says whether a scenario cannot be run here. It is skipped then, with the reason, so that what a simulation lacks is seen in
     * its test report.
     *
     * @param scenario the name of the test method
     * @return why not; empty when it can, the default
     */
    default Optional<String> cannotRun(String scenario) {
        return Optional.empty();
    }
}
