package io.wellspring.testkit.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A transactional producer in the words of the broker tests. */
final class TransactionalWriter implements AutoCloseable {
    private final Producer<byte[], byte[]> producer;

    TransactionalWriter(KafkaBroker broker, String id) {
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.bootstrapServers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        id),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    void commit(String topic, String... values) throws Exception {
        leaveOpen(topic, values);
        producer.commitTransaction();
    }

    void abort(String topic, String... values) throws Exception {
        leaveOpen(topic, values);
        producer.abortTransaction();
    }

    void leaveOpen(String topic, String... values) throws Exception {
        producer.beginTransaction();
        for (String value : values) {
            producer.send(new ProducerRecord<>(topic, bytes(value))).get(30, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        producer.close();
    }

    static List<String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(entry -> new String(entry.value(), UTF_8)).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
