package io.wellspring.testkit.kafka;

/**
 * Starts real KRaft brokers from their Maven artifacts: one node that is broker and controller, on loopback, at a port
 * that stays the same over restarts.
 *
 * <p>A broker in this JVM logs through this JVM's SLF4J binding. With slf4j-simple, quiet it by the system properties (or
 * lines of {@code simplelogger.properties}) {@code org.slf4j.simpleLogger.log.org.apache.kafka=error},
 * {@code org.slf4j.simpleLogger.log.kafka=error} and {@code org.slf4j.simpleLogger.log.state.change.logger=error}.
 */
public final class EmbeddedKafka {
    private EmbeddedKafka() {}

    /**
     * Starts a broker in this JVM with a temporary directory.
     *
     * @return the broker, running
     * @throws IllegalStateException if it does not start; the message says why
     */
    public static KafkaBroker inProcess() {
        return inProcess(BrokerConfig.defaults());
    }

    /**
     * Starts a broker in this JVM. It cannot be killed, only stopped.
     *
     * <p>From then on Kafka's {@code Exit} procedures throw instead of ending this JVM.
     *
     * @param config directory, properties and bounds
     * @return the broker, running
     * @throws IllegalStateException if it does not start; the message says why
     */
    public static KafkaBroker inProcess(BrokerConfig config) {
        return EmbeddedBroker.start(config, (home, properties, same) -> InProcessNode.start(home, properties));
    }
}
