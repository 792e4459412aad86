package io.wellspring.journal;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/** Clients that hand out one producer made before, and remember the settings asked for. */
final class HandedOutProducer implements KafkaClients {
    final Map<String, Object> settings = new HashMap<>();
    private final Producer<byte[], byte[]> producer;

    HandedOutProducer(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    @Override
    public Producer<byte[], byte[]> producer(Map<String, Object> wanted) {
        settings.putAll(wanted);
        return producer;
    }

    @Override
    public Consumer<byte[], byte[]> consumer(Map<String, Object> wanted) {
        throw new UnsupportedOperationException("only a producer");
    }

    @Override
    public Admin admin(Map<String, Object> wanted) {
        throw new UnsupportedOperationException("only a producer");
    }
}
