package io.wellspring.journal;

import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/**
 * Makes the clients through which everything else talks to a cluster. Handing in another implementation hands in another cluster,
 * for example a simulated one.
 *
 * <p>Implementations may be called by any thread. Who asks for a client owns it and closes it.
 */
public interface KafkaClients {
    /**
     * A producer of raw bytes.
     *
     * @param settings the producer's properties (Kafka's names); they override the common ones
     * @return a new producer, owned by the caller
     * @throws io.wellspring.api.error.ConfigException when the client refuses the settings
     */
    Producer<byte[], byte[]> producer(Map<String, Object> settings);

    /**
     * A consumer of raw bytes, neither subscribed nor assigned.
     *
     * @param settings the consumer's properties (Kafka's names); they override the common ones
     * @return a new consumer, owned by the caller
     * @throws io.wellspring.api.error.ConfigException when the client refuses the settings
     */
    Consumer<byte[], byte[]> consumer(Map<String, Object> settings);

    /**
     * An admin client.
     *
     * @param settings the admin client's properties (Kafka's names); they override the common ones
     * @return a new admin client, owned by the caller
     * @throws io.wellspring.api.error.ConfigException when the client refuses the settings
     */
    Admin admin(Map<String, Object> settings);

    /**
     * Real clients, which connect to a real cluster.
     *
     * @param common what all of them share, at least {@code bootstrap.servers}
     * @return clients that use these properties unless a call overrides them
     */
    static KafkaClients connecting(Map<String, Object> common) {
        return new ConnectingClients(common);
    }

    /**
     * Clients that something else makes, for example the process of a simulation.
     *
     * @param producers makes producers of their properties
     * @param consumers makes consumers of their properties
     * @param admins makes admin clients of their properties
     * @return clients that ask these functions, which have to do what is said above
     */
    static KafkaClients of(
            Function<Map<String, Object>, Producer<byte[], byte[]>> producers,
            Function<Map<String, Object>, Consumer<byte[], byte[]>> consumers,
            Function<Map<String, Object>, Admin> admins) {
        return new KafkaClients() {
            @Override
            public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
                return producers.apply(settings);
            }

            @Override
            public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                return consumers.apply(settings);
            }

            @Override
            public Admin admin(Map<String, Object> settings) {
                return admins.apply(settings);
            }
        };
    }
}
