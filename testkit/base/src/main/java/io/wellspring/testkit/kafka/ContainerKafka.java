package io.wellspring.testkit.kafka;

import io.wellspring.api.error.ConfigException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Starts brokers in Docker containers, for tests that want the published image instead of the Maven artifacts.
 *
 * <p>Needs {@code org.testcontainers:testcontainers-kafka} on the class path, which the testkit does not bring along. Such a
 * broker can be closed, but neither stopped and restarted nor killed: Docker would give it another port. Use
 * {@link EmbeddedKafka} for that.
 */
public final class ContainerKafka implements KafkaBroker {
    /** The image that is used when none is named: the version of the testkit's own Kafka. */
    public static final String DEFAULT_IMAGE = "apache/kafka:4.4.0";

    private final KafkaContainer container;

    private ContainerKafka(KafkaContainer container) {
        this.container = container;
    }

    /**
     * Asks whether Docker answers, so that a test can skip and say so where it does not. The first call may take seconds.
     *
     * @return whether containers can be started here
     */
    public static boolean dockerAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /**
     * Starts a broker of the default image.
     *
     * @return the broker, running
     * @throws RuntimeException Testcontainers' own, if Docker does not answer or the container does not start
     */
    public static ContainerKafka start() {
        return start(DEFAULT_IMAGE, BrokerConfig.defaults());
    }

    /**
     * Starts a broker.
     *
     * @param image an {@code apache/kafka} image with its tag
     * @param config properties and start timeout; a heap is not set, and a directory is refused
     * @return the broker, running
     * @throws ConfigException if the configuration names a directory
     * @throws RuntimeException Testcontainers' own, if Docker does not answer or the container does not start
     */
    @SuppressWarnings("resource") // the container's start returns itself; close() closes it
    public static ContainerKafka start(String image, BrokerConfig config) {
        if (config.directory().isPresent()) {
            throw new ConfigException("directory=" + config.directory().get()
                    + " has no meaning for a broker in a container [BrokerConfig]; use EmbeddedKafka to keep data");
        }
        KafkaContainer container = new KafkaContainer(
                        DockerImageName.parse(image).asCompatibleSubstituteFor("apache/kafka"))
                .withEnv(environment(config.properties()))
                .withStartupTimeout(config.startTimeout());
        try {
            container.start();
            return new ContainerKafka(container);
        } catch (RuntimeException | Error e) {
            container.close();
            throw e;
        }
    }

    /** Spells properties as the image wants them: {@code KAFKA_}, upper case, dot as one underscore, dash as two, underscore as three. */
    static Map<String, String> environment(Map<String, String> overrides) {
        Map<String, String> properties = BrokerProperties.singleNode();
        properties.putAll(overrides);
        Map<String, String> environment = new TreeMap<>();
        properties.forEach((name, value) -> environment.put(
                "KAFKA_"
                        + name.replace("_", "___")
                                .replace("-", "__")
                                .replace(".", "_")
                                .toUpperCase(Locale.ROOT),
                value));
        return environment;
    }

    @Override
    public String bootstrapServers() {
        return container.getBootstrapServers();
    }

    @Override
    public boolean isRunning() {
        return container.isRunning();
    }

    @Override
    public void stop() {
        throw cannotComeBack("stopped and restarted");
    }

    @Override
    public void kill() {
        throw cannotComeBack("killed");
    }

    @Override
    public void restart() {
        throw cannotComeBack("restarted");
    }

    private static UnsupportedOperationException cannotComeBack(String what) {
        return new UnsupportedOperationException(
                "a broker in a container cannot be " + what + "; start it with EmbeddedKafka.ownJvm()");
    }

    @Override
    public void close() {
        container.close();
    }

    @Override
    public String toString() {
        return "ContainerKafka[" + container.getDockerImageName() + "]";
    }
}
