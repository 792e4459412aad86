package io.wellspring.testkit.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A cluster with one topic of two partitions, and clients with the settings that Wellspring uses. */
final class SimFixture {
    final ManualClock clock = ManualClock.startingAt(Instant.parse("2026-01-01T00:00:00Z"));
    final SimKafka kafka;
    final Admin admin;
    final TopicPartition first = new TopicPartition("t", 0);
    final TopicPartition second = new TopicPartition("t", 1);

    SimFixture(long seed) {
        kafka = SimKafka.seeded(seed, clock);
        admin = kafka.admin(Map.of());
        admin.createTopics(List.of(new NewTopic("t", 2, (short) 1)));
    }

    static Producer<byte[], byte[]> transactional(SimProcess process, String id) {
        Producer<byte[], byte[]> producer =
                process.producer(Map.of("transactional.id", id, "transaction.timeout.ms", 15_000));
        producer.initTransactions();
        return producer;
    }

    Producer<byte[], byte[]> transactional(String id) {
        return transactional(kafka.process("process of " + id), id);
    }

    static void send(Producer<byte[], byte[]> producer, TopicPartition to, String value) {
        var unused = producer.send(new ProducerRecord<>(to.topic(), to.partition(), null, value.getBytes(UTF_8)));
    }

    void write(TopicPartition to, String... values) {
        Producer<byte[], byte[]> plain = kafka.producer(Map.of());
        for (String value : values) {
            send(plain, to, value);
        }
        plain.close();
    }

    Consumer<byte[], byte[]> reader(TopicPartition of) {
        Consumer<byte[], byte[]> reader =
                kafka.consumer(Map.of("isolation.level", "read_committed", "auto.offset.reset", "none"));
        reader.assign(List.of(of));
        reader.seek(of, 0);
        return reader;
    }

    static Consumer<byte[], byte[]> member(SimProcess process, String instance) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "group.id",
                "g",
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest",
                "isolation.level",
                "read_committed",
                "session.timeout.ms",
                10_000,
                "partition.assignment.strategy",
                CooperativeStickyAssignor.class.getName()));
        if (instance != null) {
            settings.put("group.instance.id", instance);
        }
        return process.consumer(settings);
    }

    static List<String> poll(Consumer<byte[], byte[]> consumer) {
        List<String> values = new ArrayList<>();
        consumer.poll(Duration.ZERO).forEach(read -> values.add(text(read)));
        return values;
    }

    static String text(ConsumerRecord<byte[], byte[]> read) {
        return new String(read.value(), UTF_8);
    }

    List<String> committed(TopicPartition partition) {
        return kafka.committedRecords(partition).stream().map(SimFixture::text).toList();
    }
}
