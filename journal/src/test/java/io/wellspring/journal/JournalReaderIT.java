package io.wellspring.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import io.wellspring.testkit.kafka.EmbeddedKafka;
import io.wellspring.testkit.kafka.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

class JournalReaderIT {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private static KafkaBroker broker;
    private static KafkaClients clients;
    private static Admin admin;

    private JournalScribe scribe;
    private JournalReader reader;
    private RecordingVisitor visitor;
    private TopicPartition journal;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.inProcess();
        clients = KafkaClients.connecting(Map.of("bootstrap.servers", broker.bootstrapServers()));
        admin = clients.admin(Map.of());
    }

    @AfterAll
    static void closeBroker() {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void createJournal(TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName();
        new JournalTopics(admin, broker.bootstrapServers(), BOUND).ensureJournal(name, 2);
        journal = new TopicPartition(name, 0);
        scribe = new JournalScribe(clients, name);
        reader = reader(Map.of());
        visitor = new RecordingVisitor();
    }

    @AfterEach
    void close() {
        reader.close();
        scribe.close();
    }

    @Test
    void deliversEntriesInOrderWithTheirOffsetsFromThePositionGiven() {
        scribe.committed(journal, "a", "b");
        scribe.committed(journal, "c");

        reader.start(journal, 1, -1, visitor);
        pollUntilComplete(journal);

        assertThat(visitor.events).containsExactly("b", "c");
        assertThat(visitor.offsets).containsExactly(1L, 3L);
        assertThat(visitor.lastEpoch).isNotNegative();
        assertThat(progress(journal)).isEqualTo(new ReplayProgress(1, 5, OptionalLong.of(5), 2, true));
    }

    @Test
    void passesOverAbortedEntriesAndTrailingMarkersUpToTheHighWatermark() {
        scribe.aborted(journal, "void");
        scribe.committed(journal, "kept");
        scribe.aborted(journal, "void", "void");

        reader.start(journal, 0, -1, visitor);
        pollUntilComplete(journal);

        assertThat(visitor.events).containsExactly("kept");
        assertThat(progress(journal))
                .as("four records and three markers")
                .isEqualTo(new ReplayProgress(0, 7, OptionalLong.of(7), 1, true));
    }

    @Test
    void completesAnEmptyJournalAndAnEmptyTail() {
        TopicPartition other = new TopicPartition(journal.topic(), 1);
        scribe.committed(other, "old");

        reader.start(journal, 0, -1, visitor);
        reader.start(other, 2, 0, visitor);
        pollUntilComplete(journal);
        pollUntilComplete(other);

        assertThat(visitor.events).isEmpty();
        assertThat(visitor.failure).isNull();
    }

    @Test
    void isHeldBackByAnOpenTransactionAndCompletesOnceItIsCommitted() {
        scribe.committed(journal, "first");
        scribe.begin();
        scribe.effect(journal, "key", "undecided");
        scribe.flush();

        reader.start(journal, 0, -1, visitor);
        pollUntil(() -> progress(journal).end().isPresent() && progress(journal).at() == 2);
        reader.poll(Duration.ofMillis(300));

        assertThat(progress(journal)).isEqualTo(new ReplayProgress(0, 2, OptionalLong.of(3), 1, false));

        scribe.commit();
        pollUntilComplete(journal);

        assertThat(visitor.events).containsExactly("first", "undecided");
    }

    @Test
    void isHeldBackByAnOpenTransactionAndCompletesOnceItIsAborted() {
        scribe.begin();
        scribe.effect(journal, "key", "undecided");
        scribe.flush();

        reader.start(journal, 0, -1, visitor);
        pollUntil(() -> progress(journal).end().isPresent());
        assertThat(progress(journal).complete()).isFalse();

        scribe.abort();
        pollUntilComplete(journal);

        assertThat(visitor.events).isEmpty();
    }

    @Test
    void takesTheHighWatermarkForTheEndNotTheLastStableOffset() {
        scribe.committed(journal, "first");
        scribe.begin();
        scribe.effect(journal, "key", "undecided");
        scribe.flush();

        LogRange range = new JournalEnds(admin, broker.bootstrapServers(), BOUND)
                .await(List.of(journal))
                .get(journal);

        assertThat(range).isEqualTo(new LogRange(0, 3));
        try (var consumer = clients.consumer(Map.of("isolation.level", "read_committed"))) {
            assertThat(consumer.endOffsets(List.of(journal)))
                    .as("the last stable offset")
                    .containsEntry(journal, 2L);
        }
        scribe.abort();
    }

    @Test
    void goesOnWithWhatIsWrittenAfterTheEnd() {
        scribe.committed(journal, "before");
        reader.start(journal, 0, -1, visitor);
        pollUntilComplete(journal);

        scribe.committed(journal, "after");
        pollUntil(() -> progress(journal).at() == 4);

        assertThat(visitor.events).containsExactly("before", "after");
        assertThat(progress(journal)).isEqualTo(new ReplayProgress(0, 4, OptionalLong.of(2), 2, true));
    }

    @Test
    void refusesAJournalThatWasCutPastThePosition() throws Exception {
        scribe.committed(journal, "a", "b", "c", "d");
        cutBefore(3);

        reader.start(journal, 1, -1, visitor);
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.failure)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("journal " + journal + " begins at offset 3 and is needed from 1")
                .hasMessageContaining("backup of position 3 or later")
                .hasMessageContaining("a replay from the beginning is possible only for a journal that begins at 0");
        assertThat(visitor.events).isEmpty();
        assertThat(reader.progress(journal)).isEmpty();
    }

    @Test
    void refusesAJournalThatIsCutWhileItIsReplayed() throws Exception {
        for (int i = 0; i < 10; i++) {
            scribe.committed(journal, "event " + i);
        }
        reader.close();
        reader = reader(Map.of("max.poll.records", 1, "max.partition.fetch.bytes", 1, "fetch.max.bytes", 1));
        reader.start(journal, 0, -1, visitor);
        pollUntil(() -> !visitor.events.isEmpty() && progress(journal).end().isPresent());

        cutBefore(19);
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.failure)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("begins at offset 19 and is needed from ");
        assertThat(visitor.events).hasSizeLessThan(9);
    }

    @Test
    void refusesAJournalThatIsShorterThanTheState() {
        scribe.committed(journal, "a");

        reader.start(journal, 80, -1, visitor);
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.failure)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("journal " + journal + " ends at offset 2 and is needed from 80")
                .hasMessageContaining("the journal lost its tail, or the state is of another cluster");
    }

    @Test
    void anEntryThatCannotBeReadEndsItsOwnReplayOnly() {
        TopicPartition other = new TopicPartition(journal.topic(), 1);
        scribe.begin();
        scribe.effect(journal, "alice", "fine");
        scribe.raw(journal, "alice", "nonsense".getBytes(UTF_8));
        scribe.effect(journal, "alice", "never reached");
        scribe.effect(other, "bob", "elsewhere");
        scribe.commit();

        RecordingVisitor others = new RecordingVisitor();
        reader.start(journal, 0, -1, visitor);
        reader.start(other, 0, -1, others);
        pollUntilComplete(other);
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.events).containsExactly("fine");
        assertThat(visitor.failure)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(journal + "@1, key \"alice\", is no envelope")
                .hasMessageContaining("restore the topic");
        assertThat(others.events).containsExactly("elsewhere");
        assertThat(others.failure).isNull();
    }

    @Test
    void anEntryThatCannotBeAppliedEndsTheReplayWithItsPlaceAndKey() {
        scribe.committed(journal, "a", "b");

        reader.start(journal, 0, -1, failingAt(1, offset -> {
            throw new CodecException("unknown event tag 7");
        }));
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.failure)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining("journal record " + journal + "@1, key \"key\", cannot be applied")
                .hasMessageContaining("unknown event tag 7")
                .hasMessageContaining("Bring back the code that wrote it");
        assertThat(visitor.events).containsExactly("a");
    }

    @Test
    void passesOnAnErrorThatSaysWhatHappensNext() {
        scribe.committed(journal, "a");
        RetryableException diskFull = new RetryableException("disk full");

        reader.start(journal, 0, -1, failingAt(0, offset -> {
            throw diskFull;
        }));
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.failure).isSameAs(diskFull);
    }

    @Test
    void refusesAnEffectWithAHole() {
        scribe.begin();
        scribe.event(journal, "alice", "first", 0, 3);
        scribe.event(journal, "alice", "third", 2, 3);
        scribe.commit();

        reader.start(journal, 0, -1, visitor);
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.failure)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(
                        "@1, key \"alice\", is event 2 of an effect of 3, and event 1 of an effect is due");
    }

    @Test
    void refusesAJournalThatEndsInsideAnEffect() {
        scribe.begin();
        scribe.event(journal, "alice", "first", 0, 2);
        scribe.commit();

        reader.start(journal, 0, -1, visitor);
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.failure)
                .isInstanceOf(CorruptException.class)
                .hasMessageContaining(
                        "journal " + journal + " ends at offset 2 inside an effect, whose event 1 is missing");
    }

    @Test
    void goesOnWhereTheEndLiesInsideAnEffectThatWasBeingWritten() {
        scribe.begin();
        scribe.event(journal, "alice", "first", 0, 2);
        scribe.flush();
        reader.close();
        reader = reader(Map.of("max.poll.records", 1));
        reader.start(journal, 0, -1, visitor);
        pollUntil(() -> progress(journal).end().equals(OptionalLong.of(1)));

        scribe.event(journal, "alice", "second", 1, 2);
        scribe.commit();
        pollUntilComplete(journal);

        assertThat(visitor.events).containsExactly("first", "second");
    }

    @Test
    void deliversNothingMoreAfterAVisitorStoppedItsReplay() {
        scribe.committed(journal, "a", "b", "c");
        reader.start(journal, 0, -1, failingAt(1, offset -> reader.stop(journal)));

        pollUntil(() -> reader.progress(journal).isEmpty());

        assertThat(visitor.events).containsExactly("a");
        assertThat(visitor.failure).isNull();
        assertThat(reader.poll(Duration.ZERO)).isZero();
    }

    @Test
    void beginsAnewWhenAVisitorStopsAndStartsItsReplay() {
        scribe.committed(journal, "a", "b", "c");
        RecordingVisitor second = new RecordingVisitor();
        reader.start(journal, 0, -1, failingAt(1, offset -> {
            reader.stop(journal);
            reader.start(journal, 0, -1, second);
        }));

        pollUntilComplete(journal);

        assertThat(visitor.events).containsExactly("a");
        assertThat(second.events).containsExactly("a", "b", "c");
    }

    @Test
    @Timeout(30)
    void boundsTheEntriesOfOnePoll() {
        scribe.committed(journal, "a", "b", "c", "d", "e");
        reader.close();
        reader = reader(Map.of("max.poll.records", 2));
        reader.start(journal, 0, -1, visitor);

        List<Integer> delivered = new ArrayList<>();
        while (!progress(journal).complete()) {
            delivered.add(reader.poll(Duration.ofMillis(100)));
        }

        assertThat(delivered).allMatch(count -> count <= 2);
        assertThat(visitor.events).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void saysThatAJournalIsGone() {
        TopicPartition missing = new TopicPartition("missing.journal", 0);

        reader.start(missing, 0, -1, visitor);
        pollUntil(() -> visitor.failure != null);

        assertThat(visitor.failure)
                .isInstanceOf(RetryableException.class)
                .hasMessageContaining("journal missing.journal-0 is not known at " + broker.bootstrapServers());
    }

    @Test
    void saysWithinTheBoundThatTheClusterIsAway() throws Exception {
        String nowhere = UnusedAddress.find();
        KafkaClients lost = KafkaClients.connecting(Map.of("bootstrap.servers", nowhere));
        Admin lostAdmin = lost.admin(Map.of());
        reader.close();
        reader = new JournalReader(lost, new JournalEnds(lostAdmin, nowhere, Duration.ofMillis(500)), Map.of());
        try {
            reader.start(journal, 0, -1, visitor);
            pollUntil(() -> visitor.failure != null);

            assertThat(visitor.failure)
                    .isInstanceOf(RetryableException.class)
                    .hasMessageContaining("the range of journal " + journal + " from " + nowhere + " within 500 ms");
        } finally {
            lostAdmin.close(Duration.ZERO);
        }
    }

    @Test
    void refusesToReplayAJournalTwiceAtOnce() {
        reader.start(journal, 0, -1, visitor);

        assertThatThrownBy(() -> reader.start(journal, 0, -1, visitor))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(journal + " is being replayed already");
    }

    private ReplayVisitor failingAt(long badOffset, LongConsumer then) {
        return new ReplayVisitor() {
            @Override
            public void visit(long offset, int leaderEpoch, JournalEntry entry) {
                if (offset == badOffset) {
                    then.accept(offset);
                } else {
                    visitor.visit(offset, leaderEpoch, entry);
                }
            }

            @Override
            public void failed(WellspringException why) {
                visitor.failed(why);
            }
        };
    }

    private JournalReader reader(Map<String, Object> settings) {
        return new JournalReader(clients, new JournalEnds(admin, broker.bootstrapServers(), BOUND), settings);
    }

    private ReplayProgress progress(TopicPartition partition) {
        return reader.progress(partition).orElseThrow(() -> new AssertionError(visitor.failure));
    }

    private void pollUntilComplete(TopicPartition partition) {
        pollUntil(() -> progress(partition).complete());
    }

    private void pollUntil(Callable<Boolean> settled) {
        await().pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(BOUND)
                .until(() -> {
                    reader.poll(Duration.ofMillis(50));
                    return settled.call();
                });
    }

    private void cutBefore(long offset) throws Exception {
        admin.deleteRecords(Map.of(journal, RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }
}
