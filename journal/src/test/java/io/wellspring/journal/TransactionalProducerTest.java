package io.wellspring.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.error.ConfigException;
import io.wellspring.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TransactionalProducerTest {
    private static final TopicPartition INPUT = new TopicPartition("input", 0);
    private static final ConsumerGroupMetadata MEMBER = GroupMember.of("group", 3, "member");
    private static final OffsetsOfCommit SEVEN = ends -> Map.of(INPUT, new OffsetAndMetadata(7));

    private final MockProducer<byte[], byte[]> kafka =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final SteppedExecutor committer = new SteppedExecutor();
    private final ManualClock clock = ManualClock.startingAt(Instant.EPOCH);
    private final TransactionalProducer producer = producer(kafka);

    private TransactionalProducer producer(MockProducer<byte[], byte[]> client) {
        return TransactionalProducer.open(
                new HandedOutProducer(client), "instance-0", Map.of(), Set.of("journal"), committer, clock);
    }

    private void send(String topic) {
        producer.send(topic, 0, 1L, "key".getBytes(UTF_8), "value".getBytes(UTF_8), null);
    }

    private void initialise() {
        producer.initNow();
        // What awaiting has run is still in the queue; running it again does nothing.
        committer.step();
    }

    private CommitOutcome commit() {
        producer.beginCommit(SEVEN, MEMBER);
        committer.step();
        return producer.pollCommit();
    }

    @Test
    void blocksOnTheExecutorOnly() {
        producer.beginInit();
        assertThat(producer.pollInit()).isEqualTo(new StepOutcome.Pending());
        assertThat(kafka.transactionInitialized()).isFalse();

        committer.step();

        assertThat(producer.pollInit()).isEqualTo(new StepOutcome.Done());
        assertThat(producer.state()).isEqualTo(TransactionalProducer.State.IDLE);

        send("journal");
        assertThat(producer.dirty()).isTrue();
        producer.beginCommit(SEVEN, MEMBER);
        assertThat(producer.pollCommit()).isEqualTo(new CommitOutcome.Pending());
        assertThat(kafka.transactionCommitted()).isFalse();

        committer.step();

        assertThat(producer.pollCommit())
                .isEqualTo(new CommitOutcome.Committed(Map.of(new TopicPartition("journal", 0), 1L)));
        assertThat(producer.dirty()).isFalse();
    }

    @Test
    void tellsTheEndsOfJournalsOnlyAndOfThisTransactionOnly() {
        initialise();
        send("journal");
        send("journal");
        send("output");
        assertThat(producer.transactionRecords()).isEqualTo(3);
        assertThat(producer.transactionBytes()).isEqualTo(24);
        assertThat(producer.touchedPartitions()).isEqualTo(2);
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed(Map.of(new TopicPartition("journal", 0), 2L)));

        send("output");
        assertThat(commit()).isEqualTo(new CommitOutcome.Committed(Map.of()));
        assertThat(producer.transactionRecords()).isZero();
    }

    @Test
    void handsTheEndsOfJournalsToTheMetadataOfTheOffsets() {
        initialise();
        send("journal");

        producer.beginCommit(ends -> Map.of(INPUT, new OffsetAndMetadata(7, ends.toString())), MEMBER);
        committer.step();
        producer.pollCommit();

        assertThat(kafka.consumerGroupOffsetsHistory())
                .containsExactly(Map.of("group", Map.of(INPUT, new OffsetAndMetadata(7, "{journal-0=1}"))));
    }

    @Test
    void commitsPositionsWithoutAnyRecord() {
        initialise();

        assertThat(commit()).isEqualTo(new CommitOutcome.Committed(Map.of()));

        assertThat(kafka.commitCount()).isEqualTo(1);
        assertThat(kafka.consumerGroupOffsetsHistory()).hasSize(1);
    }

    @Test
    void commitsAndAbortsAtOnceForARebalance() {
        initialise();
        send("journal");
        assertThat(producer.commitNow(SEVEN, MEMBER, 1)).isInstanceOf(CommitOutcome.Committed.class);

        send("journal");
        assertThat(producer.abortNow()).isEqualTo(new StepOutcome.Done());

        assertThat(kafka.history()).hasSize(1);
        assertThat(producer.state()).isEqualTo(TransactionalProducer.State.IDLE);
    }

    @Test
    void finishesACommitThatWasBegunBeforeTheRebalance() {
        initialise();
        send("journal");
        producer.beginCommit(SEVEN, MEMBER);

        assertThat(producer.awaitCommit()).isInstanceOf(CommitOutcome.Committed.class);

        assertThat(committer.waiting()).isEqualTo(1);
        committer.step();
        assertThat(kafka.commitCount()).as("what the executor finds is done").isEqualTo(1);
    }

    @Test
    void refusesACommitOfAConsumerThatIsNoMember() {
        initialise();
        send("journal");

        producer.beginCommit(SEVEN, GroupMember.of("group", -1, ""));
        committer.step();

        CommitOutcome.Refused refused = (CommitOutcome.Refused) producer.pollCommit();
        assertThat(refused.remedy()).isEqualTo(Remedy.ABORT_AND_REWIND);
        assertThat(refused.cause()).hasMessageContaining("no member of group group (generation -1");
        assertThat(kafka.commitCount()).isZero();
        assertThat(kafka.sentOffsets()).isFalse();
    }

    @Test
    void refusesACommitWithoutOffsets() {
        initialise();
        send("journal");

        producer.beginCommit(ends -> Map.of(), MEMBER);
        committer.step();

        CommitOutcome.Refused refused = (CommitOutcome.Refused) producer.pollCommit();
        assertThat(refused.remedy()).isEqualTo(Remedy.STOP);
        assertThat(refused.cause()).hasMessageContaining("not fenced");
        assertThat(kafka.commitCount()).isZero();
    }

    @Test
    void refusesMetadataThatTheBrokerWouldRefuse() {
        initialise();

        producer.beginCommit(ends -> Map.of(INPUT, new OffsetAndMetadata(7, "x".repeat(4097))), MEMBER);
        committer.step();

        assertThat(((CommitOutcome.Refused) producer.pollCommit()).cause())
                .hasMessageContaining("offset metadata of input-0 has 4097 characters");
    }

    @Test
    void remembersAFailedSendUntilTheCommit() {
        MockProducer<byte[], byte[]> slow =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        TransactionalProducer sender = producer(slow);
        sender.initNow();
        sender.send("journal", 0, 1L, null, new byte[10], null);
        assertThat(sender.failure()).isEmpty();

        slow.errorNext(new NotEnoughReplicasException("one of two"));

        assertThat(sender.failure()).containsInstanceOf(NotEnoughReplicasException.class);
        sender.send("journal", 0, 1L, null, new byte[10], null);
        assertThat(sender.state()).isEqualTo(TransactionalProducer.State.DOOMED);
        assertThat(slow.uncommittedRecords()).as("what follows is not sent").hasSize(1);
        CommitOutcome.Refused refused = (CommitOutcome.Refused) sender.commitNow(SEVEN, MEMBER, 3);
        assertThat(refused.remedy()).isEqualTo(Remedy.ABORT_AND_REWIND);
        assertThat(sender.abortNow()).isEqualTo(new StepOutcome.Done());
        assertThat(sender.failure()).isEmpty();
    }

    @Test
    void leavesTheTransactionAloneWhenWhatIsSentIsNoRecord() {
        initialise();
        assertThatThrownBy(() -> producer.send("journal", 0, -1L, null, new byte[1], null))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(producer.dirty()).isFalse();
        send("journal");
        assertThat(commit()).isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    void staysDoomedAfterARefusal() {
        initialise();
        producer.commitNow(ends -> Map.of(), MEMBER, 1);

        assertThat(producer.commitNow(SEVEN, MEMBER, 1)).isInstanceOf(CommitOutcome.Refused.class);
        assertThat(kafka.commitCount()).isZero();
    }

    @Test
    void ignoresTheLateAcknowledgementOfAnAbortedTransaction() {
        List<Callback> callbacks = new ArrayList<>();
        TransactionalProducer sender =
                producer(new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(
                            ProducerRecord<byte[], byte[]> sent, Callback callback) {
                        callbacks.add(callback);
                        return super.send(sent, null);
                    }
                });
        sender.initNow();
        sender.send("journal", 0, 1L, null, new byte[10], null);
        sender.abortNow();
        sender.send("output", 0, 1L, null, new byte[10], null);

        callbacks.get(0).onCompletion(null, new TimeoutException("of the aborted one"));

        assertThat(sender.failure()).isEmpty();
        assertThat(sender.commitNow(SEVEN, MEMBER, 1)).isEqualTo(new CommitOutcome.Committed(Map.of()));
    }

    @Test
    void refusesAJournalWhoseEndTheBrokerDoesNotTell() {
        List<Callback> callbacks = new ArrayList<>();
        TransactionalProducer sender =
                producer(new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(
                            ProducerRecord<byte[], byte[]> sent, Callback callback) {
                        callbacks.add(callback);
                        return super.send(sent, null);
                    }
                });
        sender.initNow();
        sender.send("journal", 0, 1L, null, new byte[10], null);

        callbacks.get(0).onCompletion(new RecordMetadata(new TopicPartition("journal", 0), -1, 0, -1, 0, 10), null);

        CommitOutcome.Refused refused = (CommitOutcome.Refused) sender.commitNow(SEVEN, MEMBER, 1);
        assertThat(refused.remedy()).isEqualTo(Remedy.ABORT_AND_REWIND);
        assertThat(refused.cause()).hasMessageContaining("journal partition 0 without its offset");
    }

    @Test
    void retriesTheSameCommitWhenItsOutcomeIsUnknown() {
        initialise();
        send("journal");
        kafka.commitTransactionException = new TimeoutException("no answer");
        assertThat(commit()).isInstanceOf(CommitOutcome.Unknown.class);
        assertThat(producer.state()).isEqualTo(TransactionalProducer.State.UNKNOWN);
        assertThat(producer.dirty()).isTrue();
        assertThatThrownBy(() -> send("journal")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(producer::beginAbort).hasMessageContaining("cannot abort while UNKNOWN");

        kafka.commitTransactionException = null;
        producer.retryCommit();
        committer.step();

        assertThat(producer.pollCommit())
                .isEqualTo(new CommitOutcome.Committed(Map.of(new TopicPartition("journal", 0), 1L)));
        assertThat(kafka.consumerGroupOffsetsHistory())
                .as("offsets are sent once")
                .hasSize(1);
    }

    @Test
    void retriesOffsetsThatGotNoAnswer() {
        initialise();
        send("journal");
        kafka.sendOffsetsToTransactionException = new TimeoutException("no answer");
        assertThat(commit()).isInstanceOf(CommitOutcome.Unknown.class);

        kafka.sendOffsetsToTransactionException = null;
        producer.retryCommit();

        assertThat(producer.awaitCommit()).isInstanceOf(CommitOutcome.Committed.class);
    }

    @Test
    void givesUpAtOnceAfterItsAttempts() {
        initialise();
        send("journal");
        kafka.commitTransactionException = new TimeoutException("no answer");

        assertThat(producer.commitNow(SEVEN, MEMBER, 3)).isInstanceOf(CommitOutcome.Unknown.class);

        assertThat(committer.waiting()).as("runs of the commit").isEqualTo(3);
    }

    @Test
    void readsNoErrorOfARetriedCommitAsAnAbort() {
        for (RuntimeException error : new RuntimeException[] {
            new ProducerFencedException("perhaps committed, then fenced"),
            new InvalidTxnStateException("perhaps"),
            new KafkaException("in an error state", new InvalidPidMappingException("perhaps")),
            new TopicAuthorizationException(Set.of("journal")),
            new CommitFailedException("perhaps")
        }) {
            MockProducer<byte[], byte[]> client =
                    new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
            TransactionalProducer sender = producer(client);
            sender.initNow();
            sender.send("journal", 0, 1L, null, new byte[10], null);
            client.commitTransactionException = new TimeoutException("no answer");
            sender.commitNow(SEVEN, MEMBER, 1);

            client.commitTransactionException = error;
            sender.retryCommit();

            assertThat(sender.awaitCommit()).as("%s", error).isInstanceOf(CommitOutcome.InDoubt.class);
            assertThat(sender.state()).isEqualTo(TransactionalProducer.State.BROKEN);
        }
    }

    @Test
    void readsNoErrorOfTheFirstCommitRequestAsAnAbortEither() {
        initialise();
        send("journal");
        kafka.commitTransactionException = new ProducerFencedException("after a reply that was lost, perhaps");

        CommitOutcome.InDoubt inDoubt = (CommitOutcome.InDoubt) commit();

        assertThat(inDoubt.remedy()).isEqualTo(Remedy.FENCED);
    }

    @Test
    void tellsAFencingFromItsOwnTimeout() {
        initialise();
        send("journal");
        kafka.sendOffsetsToTransactionException = new ProducerFencedException("epoch");
        assertThat(((CommitOutcome.Refused) commit()).remedy()).isEqualTo(Remedy.FENCED);
        assertThat(producer.state()).isEqualTo(TransactionalProducer.State.BROKEN);

        MockProducer<byte[], byte[]> client =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        TransactionalProducer stalled = producer(client);
        stalled.initNow();
        stalled.send("journal", 0, 1L, null, new byte[10], null);
        clock.advance(Duration.ofSeconds(15));
        client.sendOffsetsToTransactionException = new ProducerFencedException("epoch");

        assertThat(((CommitOutcome.Refused) stalled.commitNow(SEVEN, MEMBER, 1)).remedy())
                .isEqualTo(Remedy.REBUILD);
    }

    @Test
    void tellsWhatIsNextByTheFamilyOfTheError() {
        assertThat(Diagnosis.of(new CommitFailedException(), false)).isEqualTo(Remedy.ABORT_AND_REWIND);
        assertThat(Diagnosis.of(new TimeoutException("a batch expired"), false)).isEqualTo(Remedy.ABORT_AND_REWIND);
        assertThat(Diagnosis.of(new InvalidPidMappingException("seven days quiet"), false))
                .isEqualTo(Remedy.REBUILD);
        assertThat(Diagnosis.of(new InvalidTxnStateException("aborted by the broker"), false))
                .isEqualTo(Remedy.REBUILD);
        assertThat(Diagnosis.of(new TopicAuthorizationException("no right"), false))
                .isEqualTo(Remedy.STOP);
        assertThat(Diagnosis.of(
                        new KafkaException("state", new KafkaException("more", new TimeoutException("x"))), true))
                .isEqualTo(Remedy.ABORT_AND_REWIND);
        assertThat(Diagnosis.of(new KafkaException("no family"), false)).isEqualTo(Remedy.REBUILD);
    }

    @Test
    void initialisesAgainAfterNoAnswer() {
        kafka.initTransactionException = new TimeoutException("no broker");
        assertThat(producer.initNow())
                .isInstanceOfSatisfying(
                        StepOutcome.Failed.class,
                        failed -> assertThat(failed.remedy()).isEqualTo(Remedy.RETRY));

        kafka.initTransactionException = null;

        assertThat(producer.initNow()).isEqualTo(new StepOutcome.Done());
    }

    @Test
    void abortsAgainAfterNoAnswerAndBreaksOnAnythingElse() {
        initialise();
        send("journal");
        kafka.abortTransactionException = new TimeoutException("no broker");
        assertThat(((StepOutcome.Failed) producer.abortNow()).remedy()).isEqualTo(Remedy.RETRY);
        assertThat(producer.dirty()).isTrue();

        kafka.abortTransactionException = new InvalidTxnStateException("aborted already");

        assertThat(((StepOutcome.Failed) producer.abortNow()).remedy()).isEqualTo(Remedy.REBUILD);
        assertThat(producer.state()).isEqualTo(TransactionalProducer.State.BROKEN);
        assertThat(producer.dirty()).isFalse();
    }

    @Test
    void rejectsWhatIsOutOfOrder() {
        assertThatThrownBy(() -> send("journal")).hasMessage("instance-0: cannot send while FRESH");
        assertThatThrownBy(producer::beginAbort).hasMessage("instance-0: cannot abort while FRESH");
        initialise();
        assertThatThrownBy(producer::beginAbort).hasMessage("instance-0: cannot abort while IDLE");
        assertThatThrownBy(producer::pollCommit).hasMessage("instance-0: cannot poll a commit while IDLE");
        producer.close(Duration.ZERO);
        producer.close(Duration.ZERO);
        assertThatThrownBy(() -> send("journal")).hasMessage("instance-0: cannot send while CLOSED");
        assertThat(kafka.closed()).isTrue();
    }

    @Test
    void hasRoomUntilHalfTheBufferWaits() {
        MockProducer<byte[], byte[]> slow =
                new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        TransactionalProducer sender = TransactionalProducer.open(
                new HandedOutProducer(slow), "id", Map.of("buffer.memory", "1000"), Set.of(), committer, clock);
        sender.initNow();
        sender.send("output", 0, 1L, null, new byte[499], null);
        assertThat(sender.hasRoom()).isTrue();
        sender.send("output", 0, 1L, null, new byte[499], null);
        assertThat(sender.hasRoom()).isFalse();

        slow.completeNext();

        assertThat(sender.hasRoom()).isTrue();
    }

    @Test
    void letsUsersOverrideAllButTheIds() {
        HandedOutProducer clients = new HandedOutProducer(kafka);
        TransactionalProducer made = TransactionalProducer.open(
                clients,
                "instance-0",
                Map.of("linger.ms", "20", "transaction.timeout.ms", 60_000, "compression.type", "zstd"),
                Set.of(),
                committer,
                clock);

        assertThat(made.transactionalId()).isEqualTo("instance-0");
        assertThat(clients.settings)
                .containsEntry("transactional.id", "instance-0")
                .containsEntry("enable.idempotence", true)
                .containsEntry("linger.ms", "20")
                .containsEntry("compression.type", "zstd")
                .containsEntry("retry.backoff.ms", 2L)
                .containsEntry("delivery.timeout.ms", 60_000);
        for (String fixed : new String[] {"transactional.id", "enable.idempotence"}) {
            assertThatThrownBy(() -> ProducerSettings.of("id", Map.of(fixed, "x")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(fixed);
        }
        assertThatThrownBy(() -> ProducerSettings.of("id", Map.of("linger.ms", "soon")))
                .hasMessage("producer property linger.ms=soon is no whole number");
        assertThatThrownBy(() -> ProducerSettings.of("", Map.of())).isInstanceOf(ConfigException.class);
    }

    @Test
    void takesTheLeastOfTheLimitsForARecord() {
        assertThat(producer.maxRecordBytes(Integer.MAX_VALUE)).isEqualTo(1024 * 1024 - 1024);
        assertThat(producer.maxRecordBytes(10_000)).isEqualTo(10_000 - 1024);
        assertThat(producer.maxRecordBytes(100)).isZero();
        assertThat(TransactionalProducer.recordBytes(new byte[10], null, null)).isEqualTo(102);
        assertThat(TransactionalProducer.recordBytes(null, new byte[10], new RecordHeaders().add("name", new byte[5])))
                .isEqualTo(102 + 10 + 12 + 5);
    }
}
