package io.wellspring.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wellspring.api.Stage;
import io.wellspring.api.Topic;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalFormat;
import io.wellspring.testkit.sim.SimKafka;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The topics of a simulated pipeline, read past all clients.
 *
 * @param pipeline its name
 * @param partitions how many partitions each of its topics has
 */
record ShopLogs(SimKafka kafka, String pipeline, int partitions) {
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
        return kafka.committedRecords(new TopicPartition(topic, partition));
    }

    /** What is committed, whether or not a reader may see it yet. */
    List<ConsumerRecord<byte[], byte[]>> decided(String topic, int partition) {
        return kafka.decidedRecords(new TopicPartition(topic, partition));
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
