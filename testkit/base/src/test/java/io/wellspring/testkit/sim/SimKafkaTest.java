package io.wellspring.testkit.sim;

import static io.wellspring.testkit.sim.SimFixture.poll;
import static io.wellspring.testkit.sim.SimFixture.send;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;

class SimKafkaTest {
    private final SimFixture sim = new SimFixture(3);

    /** A run with everything in it; what it did is its trace. */
    private static List<String> run(long seed) {
        SimFixture sim = new SimFixture(seed);
        sim.kafka.faults(new Faults(0.1, 0.1, 0.5));
        for (int round = 0; round < 40; round++) {
            SimProcess process = sim.kafka.process("round " + round);
            try {
                Producer<byte[], byte[]> producer = SimFixture.transactional(process, "p");
                Consumer<byte[], byte[]> member = SimFixture.member(process, "m");
                member.subscribe(List.of("t"));
                poll(member);
                producer.beginTransaction();
                send(producer, sim.first, "round " + round);
                send(producer, sim.second, "round " + round);
                producer.sendOffsetsToTransaction(
                        Map.of(sim.first, new OffsetAndMetadata(round)), member.groupMetadata());
                producer.commitTransaction();
            } catch (RuntimeException refused) {
                sim.clock.advance(Duration.ofSeconds(1));
            }
            sim.kafka.step();
            process.crash();
        }
        sim.kafka.settle();
        return sim.kafka.trace(5_000);
    }

    @Test
    void doesTheSameForTheSameSeed() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(run(seed)).as("seed %d", seed).isEqualTo(run(seed)).hasSizeGreaterThan(100);
        }
        assertThat(run(1)).isNotEqualTo(run(2));
    }

    @Test
    void makesBothOrNoneOfTwoRecordsVisibleWhateverGoesWrong() {
        for (long seed = 0; seed < 200; seed++) {
            SimFixture faulty = new SimFixture(seed);
            faulty.kafka.faults(new Faults(0.1, 0.1, 0));
            SimProcess process = faulty.kafka.process("faulty");
            try {
                Producer<byte[], byte[]> producer = SimFixture.transactional(process, "p");
                producer.beginTransaction();
                send(producer, faulty.first, "a");
                send(producer, faulty.second, "b");
                producer.commitTransaction();
            } catch (RuntimeException refused) {
                process.crash();
            }
            faulty.clock.advance(Duration.ofMinutes(1));
            faulty.kafka.settle();
            assertThat(faulty.committed(faulty.first).size())
                    .as("seed %d: %s", seed, faulty.kafka.trace(30))
                    .isEqualTo(faulty.committed(faulty.second).size())
                    .isLessThanOrEqualTo(1);
            assertThat(faulty.kafka.openTransactions()).isEmpty();
        }
    }

    @Test
    void writesABufferedRecordInALaterStep() {
        Producer<byte[], byte[]> producer = sim.kafka.producer(Map.of());
        send(producer, sim.first, "a");
        assertThat(sim.kafka.highWatermark(sim.first)).isZero();
        assertThat(sim.kafka.step()).isTrue();
        assertThat(sim.kafka.highWatermark(sim.first)).isEqualTo(1);
        assertThat(sim.kafka.step()).isFalse();
    }

    @Test
    void tellsAReaderThatItsLogWasCutAndHasGrownAgain() {
        sim.write(sim.first, "a", "b", "c");
        Consumer<byte[], byte[]> reader = sim.reader(sim.first);
        assertThat(poll(reader)).containsExactly("a", "b", "c");

        sim.kafka.truncate(sim.first, 1);
        sim.write(sim.first, "other", "other", "other");

        assertThatThrownBy(() -> poll(reader)).isInstanceOfSatisfying(LogTruncationException.class, cut -> {
            assertThat(cut.offsetOutOfRangePartitions()).containsEntry(sim.first, 3L);
            assertThat(cut.divergentOffsets().get(sim.first).offset()).isEqualTo(1);
        });
        reader.seek(sim.first, new OffsetAndMetadata(3, Optional.of(0), ""));
        assertThatThrownBy(() -> poll(reader)).isInstanceOf(LogTruncationException.class);
        reader.seek(sim.first, 1);
        assertThat(poll(reader)).containsExactly("other", "other", "other");
    }

    @Test
    void reopensATransactionWhoseMarkerIsCutOff() {
        Producer<byte[], byte[]> producer = sim.transactional("p");
        producer.beginTransaction();
        send(producer, sim.first, "a");
        producer.commitTransaction();
        sim.kafka.settle();
        assertThat(sim.committed(sim.first)).containsExactly("a");

        sim.kafka.truncate(sim.first, 1);

        assertThat(sim.kafka.lastStableOffset(sim.first)).isZero();
        assertThat(sim.committed(sim.first)).isEmpty();
    }

    @Test
    void goesOnReadingWhenALeaderChangesAndNothingIsLost() {
        sim.write(sim.first, "a");
        Consumer<byte[], byte[]> reader = sim.reader(sim.first);
        poll(reader);
        sim.kafka.elect(sim.first);
        sim.write(sim.first, "b");
        assertThat(poll(reader)).containsExactly("b");
    }

    @Test
    void refusesAPositionThatWasDeletedAndOneOfATopicMadeAnew() throws Exception {
        sim.write(sim.first, "a", "b");
        Consumer<byte[], byte[]> reader = sim.reader(sim.first);
        sim.admin.deleteRecords(Map.of(sim.first, RecordsToDelete.beforeOffset(1)));
        assertThatThrownBy(() -> poll(reader)).isInstanceOf(OffsetOutOfRangeException.class);
        reader.seek(sim.first, 1);
        assertThat(poll(reader)).containsExactly("b");

        var before =
                sim.admin.describeTopics(List.of("t")).allTopicNames().get().get("t");
        sim.admin.deleteTopics(List.of("t"));
        sim.admin.createTopics(List.of(new NewTopic("t", 2, (short) 1)));
        assertThat(sim.admin
                        .describeTopics(List.of("t"))
                        .allTopicNames()
                        .get()
                        .get("t")
                        .topicId())
                .isNotEqualTo(before.topicId());
        assertThatThrownBy(() -> poll(reader)).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void readsFewRecordsAtATimeWhenFetchesAreShort() {
        sim.write(sim.first, "a", "b", "c", "d", "e", "f");
        sim.kafka.faults(new Faults(0, 0, 1));
        Consumer<byte[], byte[]> reader = sim.reader(sim.first);
        List<String> all = new ArrayList<>();
        for (int round = 0; round < 100 && all.size() < 6; round++) {
            List<String> some = poll(reader);
            assertThat(some).hasSizeLessThanOrEqualTo(2);
            all.addAll(some);
        }
        assertThat(all).containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void saysWhatItDoesNotSimulate() {
        assertThatThrownBy(() -> sim.admin.describeAcls(null))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("Admin.describeAcls");
        assertThatThrownBy(() -> sim.kafka.consumer(Map.of("group.protocol", "consumer", "group.id", "g")))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> new Faults(1.5, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsATraceThatNamesWhatHappened() {
        Producer<byte[], byte[]> producer = sim.transactional("p");
        producer.beginTransaction();
        send(producer, sim.first, "a");
        sim.clock.advance(Duration.ofMillis(12));
        producer.commitTransaction();
        sim.kafka.settle();
        assertThat(sim.kafka.trace(3))
                .containsExactly(
                        "+12 ms  p is written at t-0@0",
                        "+12 ms  p is decided: commit, markers due [t-0]",
                        "+12 ms  p: commit marker at t-0@1");
    }

    @Test
    void readsAgainWhatALostReplyBrought() {
        sim.kafka.load(sim.first, null, "a".getBytes(UTF_8), 1);
        Consumer<byte[], byte[]> consumer = sim.reader(sim.first);
        sim.kafka.loseReply(Request.FETCH);

        assertThat(consumer.poll(Duration.ZERO)).isEmpty();
        assertThat(consumer.position(sim.first)).isZero();
        assertThat(consumer.poll(Duration.ZERO)).hasSize(1);
    }
}
