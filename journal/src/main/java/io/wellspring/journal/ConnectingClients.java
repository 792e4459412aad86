package io.wellspring.journal;

import io.wellspring.api.error.ConfigException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The clients of kafka-clients. Serializers are handed in as objects, so properties cannot change them. */
final class ConnectingClients implements KafkaClients {
    private final Map<String, Object> common;

    ConnectingClients(Map<String, Object> common) {
        this.common = Map.copyOf(common);
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        return made(
                "producer",
                settings,
                all -> new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return made(
                "consumer",
                settings,
                all -> new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    @Override
    public Admin admin(Map<String, Object> settings) {
        return made("admin client", settings, Admin::create);
    }

    private <C> C made(String client, Map<String, Object> settings, Function<Map<String, Object>, C> make) {
        Map<String, Object> all = new HashMap<>(common);
        all.putAll(settings);
        try {
            return make.apply(all);
        } catch (KafkaException e) {
            // The constructors wrap what they dislike; the innermost message is the one that names the property.
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new ConfigException(
                    "the " + client + " of Kafka refuses its settings: " + root.getMessage()
                            + "; correct the client properties in the configuration",
                    e);
        }
    }
}
