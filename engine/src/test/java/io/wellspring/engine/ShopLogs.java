package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalFormat;
import io.wellspring.journal.KafkaClients;
import io.wellspring.testkit.sim.SimKafka;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The topics of a simulated pipeline, read past all clients. Of what is deleted of them a copy is kept: all that was ever committed can be looked at.
 *
 * @param pipeline its name
 * @param partitions how many partitions each of its topics has
 * @param deleted what was deleted, by partition and offset
 */
record ShopLogs(
        SimKafka kafka,
        String pipeline,
        int partitions,
        Map<TopicPartition, TreeMap<Long, ConsumerRecord<byte[], byte[]>>> deleted) {
    ShopLogs(SimKafka kafka, String pipeline, int partitions) {
        this(kafka, pipeline, partitions, new HashMap<>());
    }

    /** Clients that keep a copy of what they delete. */
    KafkaClients keeping(KafkaClients real) {
        return new Sabotages.Clients(real) {
            @Override
            public Admin admin(Map<String, Object> settings) {
                return Between.put(Admin.class, super.admin(settings), call -> {
                    if (call.is("deleteRecords")) {
                        ((Map<?, ?>) call.arguments[0])
                                .forEach((partition, before) ->
                                        keep((TopicPartition) partition, ((RecordsToDelete) before).beforeOffset()));
                    }
                    return call.make();
                });
            }
        };
    }

    private void keep(TopicPartition partition, long before) {
        kafka.decidedRecords(partition).stream()
                .filter(record -> before < 0 || record.offset() < before)
                .forEach(record -> deleted.computeIfAbsent(partition, none -> new TreeMap<>())
                        .put(record.offset(), record));
    }

    /** Behind the last record that was deleted of a partition, or that would have been had the request arrived. */
    long beginning(TopicPartition partition) {
        return deleted.containsKey(partition) ? deleted.get(partition).lastKey() + 1 : 0;
    }

    private List<ConsumerRecord<byte[], byte[]>> withDeleted(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> present) {
        if (!deleted.containsKey(partition)) {
            return present;
        }
        var all = new TreeMap<>(deleted.get(partition));
        present.forEach(record -> all.put(record.offset(), record));
        return List.copyOf(all.values());
    }

    void make(Topic<?, ?>... topics) {
        kafka.admin(Map.of())
                .createTopics(Stream.of(topics)
                        .map(topic -> new NewTopic(topic.name(), partitions, (short) 1))
                        .toList());
    }

    /** Writes input; returns its offset. */
    long load(Topic<?, ?> topic, int partition, String key, byte[] value, long timeMillis) {
        return kafka.load(new TopicPartition(topic.name(), partition), key.getBytes(UTF_8), value, timeMillis);
    }

    int partitionOf(String key) {
        return KeyPartitions.of(key.getBytes(UTF_8), partitions);
    }

    String journal(Stage<?, ?, ?, ?> stage) {
        return pipeline + "-" + stage.name() + "-journal";
    }

    int count(Topic<?, ?> topic) {
        return (int) all(topic.name()).count();
    }

    Stream<ConsumerRecord<byte[], byte[]>> all(String topic) {
        return IntStream.range(0, partitions).boxed().flatMap(partition -> records(topic, partition).stream());
    }

    /** What a reader of committed records sees. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic, int partition) {
        var place = new TopicPartition(topic, partition);
        return withDeleted(place, kafka.committedRecords(place));
    }

    /** What is committed, whether or not a reader may see it yet. */
    List<ConsumerRecord<byte[], byte[]>> decided(String topic, int partition) {
        var place = new TopicPartition(topic, partition);
        return withDeleted(place, kafka.decidedRecords(place));
    }

    /** The journal of a stage in a partition, as far as it is committed. */
    List<JournalEntry> entries(Stage<?, ?, ?, ?> stage, int partition) {
        return decided(journal(stage), partition).stream()
                .map(JournalFormat::decode)
                .toList();
    }

    static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    static void requireSame(String what, Object found, Object expected) {
        require(found.equals(expected), "%s are %s, and should be %s", what, found, expected);
    }

    /** What there is so far has to be the beginning of what there has to be. */
    static void requireBegins(String what, List<?> found, List<?> expected) {
        for (int i = 0; i < found.size(); i++) {
            require(
                    i < expected.size() && found.get(i).equals(expected.get(i)),
                    "number %d of %s is %s, and should be %s; before it came %s",
                    i,
                    what,
                    found.get(i),
                    i < expected.size() ? expected.get(i) : "missing",
                    found.subList(Math.max(0, i - 8), i));
        }
    }

    @SuppressWarnings("AnnotateFormatMethod")
    static void require(boolean holds, String format, Object... arguments) {
        if (!holds) {
            throw new AssertionError(String.format(format, arguments));
        }
    }
}
