package io.wellspring.testkit.contract;

import io.wellspring.testkit.kafka.BrokerConfig;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A real broker in this JVM, with Kafka's own clients. */
final class RealCluster implements ClusterUnderTest, AutoCloseable {
    private final KafkaBroker broker = EmbeddedKafka.inProcess(
            BrokerConfig.defaults().property("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200"));

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        return new KafkaProducer<>(connected(settings), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(connected(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Admin admin(Map<String, Object> settings) {
        return Admin.create(connected(settings));
    }

    private Map<String, Object> connected(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", broker.bootstrapServers());
        return all;
    }

    @Override
    public void settle() {
        // It runs by itself.
    }

    /** The pause between two looks at a condition; a real clock needs no help, but the broker shares this machine. */
    @Override
    public void elapse(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    @Override
    public void close() {
        broker.close();
    }
}
