package io.wellspring.testkit.kafka;

import io.wellspring.api.error.ConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How a broker is started. Immutable; each method returns a changed copy.
 *
 * @param directory where its data, ports and log are kept; empty means a temporary directory that goes when the broker is
 *     closed. A directory that is named here stays, and a later broker over it has the same data and the same ports.
 * @param properties broker properties by Kafka's names, which win over the testkit's own; ports, listeners, roles and
 *     directories cannot be overridden
 * @param heapMegabytes the heap of a broker in a JVM of its own, in MiB; default 256; not used by the other kinds
 * @param startTimeout how long a start or restart may take; default one minute
 */
public record BrokerConfig(
        Optional<Path> directory, Map<String, String> properties, int heapMegabytes, Duration startTimeout) {
    private static final BrokerConfig DEFAULTS =
            new BrokerConfig(Optional.empty(), Map.of(), 256, Duration.ofMinutes(1));

    /**
     * Checks the values.
     *
     * @param directory where data, ports and log are kept; empty for a temporary directory
     * @param properties broker properties by Kafka's names
     * @param heapMegabytes 64 to 65536 MiB
     * @param startTimeout one second to one hour
     * @throws ConfigException when a value is outside its range or a property cannot be overridden
     */
    public BrokerConfig {
        properties = Map.copyOf(properties);
        if (heapMegabytes < 64 || heapMegabytes > 65_536) {
            throw new ConfigException(
                    "heapMegabytes=" + heapMegabytes + " is outside 64..65536 [BrokerConfig]; 256 unless you measured");
        }
        if (startTimeout.toMillis() < 1_000 || startTimeout.toHours() >= 1) {
            throw new ConfigException("startTimeout=" + startTimeout
                    + " is outside 1 second..1 hour [BrokerConfig]; a cold start takes about 3 seconds");
        }
        for (String name : properties.keySet()) {
            if (BrokerProperties.FIXED.contains(name)) {
                throw new ConfigException(
                        "property " + name
                                + " is set by the testkit, so that a restarted broker is found again [BrokerConfig]; leave it out");
            }
        }
    }

    /**
     * Gives the defaults: a temporary directory, the testkit's properties, 256 MiB, one minute.
     *
     * @return the defaults
     */
    public static BrokerConfig defaults() {
        return DEFAULTS;
    }

    /**
     * Keeps the data in a directory that outlives the broker.
     *
     * @param path the directory; made if missing
     * @return the changed copy
     */
    public BrokerConfig directory(Path path) {
        return new BrokerConfig(Optional.of(path), properties, heapMegabytes, startTimeout);
    }

    /**
     * Sets one broker property.
     *
     * @param name Kafka's name, such as {@code message.max.bytes}
     * @param value its value
     * @return the changed copy
     */
    public BrokerConfig property(String name, String value) {
        Map<String, String> changed = new TreeMap<>(properties);
        changed.put(name, value);
        return new BrokerConfig(directory, changed, heapMegabytes, startTimeout);
    }

    /**
     * Sets the heap of a broker in a JVM of its own.
     *
     * @param megabytes MiB, 64 to 65536
     * @return the changed copy
     */
    public BrokerConfig heapMegabytes(int megabytes) {
        return new BrokerConfig(directory, properties, megabytes, startTimeout);
    }

    /**
     * Sets how long a start may take.
     *
     * @param timeout one second to one hour
     * @return the changed copy
     */
    public BrokerConfig startTimeout(Duration timeout) {
        return new BrokerConfig(directory, properties, heapMegabytes, timeout);
    }
}
