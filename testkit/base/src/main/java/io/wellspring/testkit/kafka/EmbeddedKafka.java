package io.wellspring.testkit.kafka;

/**
 * Starts real KRaft brokers from their Maven artifacts: one node that is broker and controller, on loopback, at a port
 * that stays the same over restarts.
 *
 * <p>Choose {@link #inProcess()} where speed matters (a restart takes 0.3 s) and {@link #ownJvm()} where the broker is to
 * be killed or must not share heap and garbage collector with what is measured.
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
        return EmbeddedBroker.start(config, (home, properties, same) -> {
            InProcessNode.keepThisJvm();
            return InProcessNode.start(home, properties);
        });
    }

    /**
     * Starts a broker in a JVM of its own with a temporary directory.
     *
     * @return the broker, running
     * @throws IllegalStateException if it does not start; the message has the end of its log
     */
    public static KafkaBroker ownJvm() {
        return ownJvm(BrokerConfig.defaults());
    }

    /**
     * Starts a broker in a JVM of its own: this JVM's {@code java} and class path, with a heap of its own. It can be killed,
     * logs errors to {@code broker.log} in its directory, and ends with this JVM, however this JVM ends.
     *
     * @param config directory, properties, heap and bounds
     * @return the broker, running
     * @throws IllegalStateException if it does not start; the message has the end of its log
     */
    public static KafkaBroker ownJvm(BrokerConfig config) {
        return EmbeddedBroker.start(config, OwnJvmNode::start);
    }
}
