package io.wellspring.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** How a consumer moves through a log. */
public abstract class ReadingContract extends ClusterContract {
    /** For the suites of clusters. */
    protected ReadingContract() {}

    private void fill(TopicPartition log, int records) {
        Producer<byte[], byte[]> producer = producer(Map.of());
        for (int number = 0; number < records; number++) {
            send(producer, log, "record " + number);
        }
    }

    @Test
    void refusesAPositionBeyondTheEndAtThePollAndKeepsIt() {
        TopicPartition log = onePartition();
        fill(log, 3);
        AssignedReader reader = reader("read_committed", log);
        reader.consumer.seek(log, 8);
        assertThat(reader.consumer.position(log)).as("a seek asks nobody").isEqualTo(8);

        assertOutOfRange(reader, log, 8);
        assertOutOfRange(reader, log, 8);

        reader.consumer.seek(log, 1);
        assertThat(reader.readUpTo(3).values()).containsExactly("record 1", "record 2");
    }

    @Test
    void refusesAPositionBeforeTheStartOfTheLog() {
        TopicPartition log = onePartition();
        fill(log, 4);
        deleteBefore(log, 2);
        AssignedReader reader = reader("read_committed", log);
        reader.consumer.seek(log, 1);

        assertOutOfRange(reader, log, 1);

        reader.consumer.seek(log, 2);
        assertThat(reader.readUpTo(4).values()).containsExactly("record 2", "record 3");
    }

    private void assertOutOfRange(AssignedReader reader, TopicPartition log, long offset) {
        Throwable[] thrown = new Throwable[1];
        await("the refusal of offset " + offset, () -> {
            try {
                reader.poll();
            } catch (OffsetOutOfRangeException e) {
                thrown[0] = e;
            }
            return thrown[0] != null;
        });
        assertThat(((OffsetOutOfRangeException) thrown[0]).offsetOutOfRangePartitions())
                .isEqualTo(Map.of(log, offset));
        assertThat(reader.consumer.position(log)).isEqualTo(offset);
    }

    @Test
    void refusesToReadWithoutAnOffsetOrASeek() {
        TopicPartition log = onePartition();
        fill(log, 1);
        Consumer<byte[], byte[]> ofGroup = consumer(Map.of("group.id", name));
        ofGroup.assign(List.of(log));
        assertThatThrownBy(() -> ofGroup.poll(Duration.ofSeconds(10)))
                .isExactlyInstanceOf(NoOffsetForPartitionException.class);
        assertThatThrownBy(() -> ofGroup.position(log)).isExactlyInstanceOf(NoOffsetForPartitionException.class);
        assertThat(ofGroup.committed(Set.of(log))).containsEntry(log, null);

        Consumer<byte[], byte[]> alone = consumer(Map.of());
        alone.assign(List.of(log));
        assertThatThrownBy(() -> alone.poll(Duration.ofSeconds(10)))
                .as("without a group, too")
                .isExactlyInstanceOf(NoOffsetForPartitionException.class);
    }

    @Test
    void refusesWhatIsNotAssigned() {
        TopicPartition log = onePartition();
        Consumer<byte[], byte[]> consumer = consumer(Map.of());
        assertThatThrownBy(() -> consumer.poll(Duration.ZERO)).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> consumer.seek(log, 0)).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> consumer.position(log)).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> consumer.currentLag(log)).isExactlyInstanceOf(IllegalStateException.class);
        consumer.assign(List.of(log));
        assertThatThrownBy(() -> consumer.seek(log, -1)).isExactlyInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void startsAtTheCommittedOffset() {
        TopicPartition log = onePartition();
        fill(log, 3);
        answer(admin.alterConsumerGroupOffsets(name, Map.of(log, new OffsetAndMetadata(2, "note")))
                .all());
        Consumer<byte[], byte[]> consumer = consumer(Map.of("group.id", name));
        consumer.assign(List.of(log));

        AssignedReader reader = new AssignedReader(this, consumer);
        assertThat(reader.readUpTo(3).values()).containsExactly("record 2");
        assertThat(consumer.committed(Set.of(log))).containsEntry(log, new OffsetAndMetadata(2, "note"));
    }

    @Test
    void keepsThePositionsOfPartitionsThatAnAssignmentKeeps() {
        createTopic(name, 2, Map.of());
        TopicPartition one = new TopicPartition(name, 0);
        TopicPartition two = new TopicPartition(name, 1);
        fill(one, 3);
        AssignedReader reader = reader("read_committed", one).readUpTo(3);

        reader.consumer.assign(List.of(one, two));

        assertThat(reader.consumer.position(one)).isEqualTo(3);
    }

    @Test
    void readsNothingOfAPausedPartitionAndNothingTwiceAfterItsResume() {
        createTopic(name, 2, Map.of());
        TopicPartition paused = new TopicPartition(name, 0);
        TopicPartition running = new TopicPartition(name, 1);
        fill(paused, 2);
        fill(running, 2);
        AssignedReader reader = reader("read_committed", paused, running);
        reader.consumer.pause(List.of(paused));
        assertThat(reader.consumer.paused()).containsExactly(paused);

        await("the running one", () -> {
            reader.poll();
            return reader.records.size() >= 2;
        });
        fill(running, 1);
        await("one more", () -> {
            reader.poll();
            return reader.records.size() >= 3;
        });
        assertThat(reader.records).allMatch(read -> read.partition() == 1);
        assertThat(reader.consumer.position(paused)).isZero();

        reader.consumer.resume(List.of(paused));
        await("the paused one", () -> {
            reader.poll();
            return reader.records.size() >= 5;
        });
        assertThat(reader.values()).containsExactly("record 0", "record 1", "record 0", "record 0", "record 1");
    }

    @Test
    void readsAPausedPartitionFromWhereItWasSoughtMeanwhile() {
        TopicPartition log = onePartition();
        fill(log, 4);
        AssignedReader reader = reader("read_committed", log);
        await("a first record", () -> reader.poll() > 0);
        reader.consumer.pause(List.of(log));
        reader.consumer.seek(log, 3);
        reader.records.clear();
        reader.poll();
        assertThat(reader.records).isEmpty();

        reader.consumer.resume(List.of(log));
        assertThat(reader.readUpTo(4).values()).containsExactly("record 3");
    }

    @Test
    void givesOutAtMostMaxPollRecords() {
        TopicPartition log = onePartition();
        fill(log, 5);
        Consumer<byte[], byte[]> consumer = consumer(Map.of("max.poll.records", 2));
        consumer.assign(List.of(log));
        consumer.seek(log, 0);
        AssignedReader reader = new AssignedReader(this, consumer);

        await("all records", () -> {
            assertThat(reader.poll()).isBetween(0, 2);
            assertThat(consumer.position(log))
                    .as("what was fetched ahead does not count")
                    .isEqualTo(reader.records.size());
            return reader.records.size() == 5;
        });
    }

    @Test
    void tellsWithEachPollWhereToGoOn() {
        TopicPartition log = onePartition();
        Producer<byte[], byte[]> producer = transactional(name);
        producer.beginTransaction();
        send(producer, log, "a");
        producer.commitTransaction();
        awaitDecided(log);
        AssignedReader reader = reader("read_committed", log);

        ConsumerRecords<byte[], byte[]>[] polled = newArray();
        await("the record", () -> {
            polled[0] = reader.consumer.poll(Duration.ofMillis(50));
            return !polled[0].isEmpty();
        });

        assertThat(polled[0].nextOffsets().get(log).offset())
                .as("behind the marker that was in the same fetch")
                .isEqualTo(2);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ConsumerRecords<byte[], byte[]>[] newArray() {
        return new ConsumerRecords[1];
    }

    @Test
    void knowsItsLagOnlyAfterAFetchAndUpToTheLastStableOffset() {
        TopicPartition log = onePartition();
        fill(log, 3);
        Producer<byte[], byte[]> open = transactional(name);
        open.beginTransaction();
        send(open, log, "open");
        AssignedReader committed = reader("read_committed", log);
        AssignedReader uncommitted = reader("read_uncommitted", log);
        assertThat(committed.consumer.currentLag(log)).isEmpty();

        committed.readUpTo(3);
        assertThat(committed.consumer.currentLag(log)).isEqualTo(OptionalLong.of(0));
        committed.consumer.seek(log, 1);
        assertThat(committed.consumer.currentLag(log))
                .as("a seek forgets nothing")
                .isEqualTo(OptionalLong.of(2));

        uncommitted.readUpTo(4);
        assertThat(uncommitted.consumer.currentLag(log)).isEqualTo(OptionalLong.of(0));
        uncommitted.consumer.seek(log, 0);
        assertThat(uncommitted.consumer.currentLag(log)).isEqualTo(OptionalLong.of(4));
    }

    @Test
    void takesAnAnswerAboutBeginningsForAnEndInItsLag() {
        TopicPartition log = onePartition();
        fill(log, 3);
        AssignedReader reader = reader("read_committed", log).readUpTo(3);

        assertThat(reader.consumer.beginningOffsets(List.of(log))).containsEntry(log, 0L);

        assertThat(reader.consumer.currentLag(log))
                .as("until the next fetch; a bug of the client that the engine has to keep clear of")
                .isEqualTo(OptionalLong.of(-3));
    }

    @Test
    void movesTheStartOfTheLogWhenRecordsAreDeleted() {
        TopicPartition log = onePartition();
        fill(log, 4);
        assertThat(deleteBefore(log, 3)).isEqualTo(3);
        assertThat(deleteBefore(log, 1)).as("never back").isEqualTo(3);
        Consumer<byte[], byte[]> consumer = reader("read_committed", log).consumer;
        assertThat(consumer.beginningOffsets(List.of(log))).containsEntry(log, 3L);
        assertThat(consumer.endOffsets(List.of(log))).containsEntry(log, 4L);

        assertThatThrownBy(() -> deleteBefore(log, 9))
                .isExactlyInstanceOf(org.apache.kafka.common.errors.OffsetOutOfRangeException.class);
        assertThat(deleteBefore(log, -1)).as("-1 is the high watermark").isEqualTo(4);
        assertThat(consumer.endOffsets(List.of(log))).containsEntry(log, 4L);
    }

    private long deleteBefore(TopicPartition log, long offset) {
        return answer(admin.deleteRecords(Map.of(log, RecordsToDelete.beforeOffset(offset)))
                        .lowWatermarks()
                        .get(log))
                .lowWatermark();
    }

    @Test
    void waitsForPartitionsThatDoNotExist() {
        TopicPartition missing = new TopicPartition(name, 0);
        Consumer<byte[], byte[]> consumer = consumer(Map.of());
        assertThat(consumer.partitionsFor(name)).isEmpty();
        assertThatThrownBy(() -> consumer.endOffsets(List.of(missing), Duration.ofMillis(300)))
                .isExactlyInstanceOf(TimeoutException.class);
    }
}
