package io.wellspring.journal;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A producer whose records, together with the input positions that led to them, become visible at once or not at all.
 *
 * <p>{@link State} draws its life. Kafka's transactional calls block. So a step is begun and polled; its
 * blocking calls run on the executor handed in, a thread for commits in production, the scheduler in a simulation.
 * Where the outcome is needed at once, inside a rebalance callback, the {@code ...Now} and {@link #awaitCommit()}
 * variants lend the calling thread to a step that has not started and wait for one that has.
 *
 * <p>Owned by one thread, which alone calls the methods and moves the state. It keeps the invariants I1 (no commit
 * without offsets or with the metadata of a consumer that is no member) and I4 (an unknown outcome is met by the same
 * commit only, and no error of a commit request is read as an abort). A broken producer stays broken: its owner
 * closes it and opens another with the same id.
 */
public final class TransactionalProducer {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionalProducer.class);

    /**
     * Where a producer is in its life.
     *
     * <pre>
     *   FRESH &lt;=&gt; INITIALISING -&gt; IDLE -&gt; OPEN -&gt; COMMITTING -&gt; IDLE
     *                              |       |        |  ^  |
     *                              |       |        v  |  +-&gt; DOOMED (refused: abort)
     *                              |       |      UNKNOWN
     *                              |       +-&gt; DOOMED &lt;=&gt; ABORTING -&gt; IDLE
     *                              +-&gt; COMMITTING (offsets only)
     *   any of INITIALISING, COMMITTING, ABORTING -&gt; BROKEN;  any -&gt; CLOSED
     * </pre>
     */
    public enum State {
        /** Made, or its initialisation got no answer: initialise. */
        FRESH,
        /** Initialising its id; a dead predecessor's open transaction is being aborted. */
        INITIALISING,
        /** No transaction is open. */
        IDLE,
        /** A transaction is open. */
        OPEN,
        /** A commit is running. */
        COMMITTING,
        /** A commit got no answer: retry it. */
        UNKNOWN,
        /** The open transaction can only be aborted. */
        DOOMED,
        /** An abort is running. */
        ABORTING,
        /** Of no more use: close it, open another with the same id. */
        BROKEN,
        /** Closed. */
        CLOSED;

        boolean mayBecome(State next) {
            if (next == CLOSED) {
                return this != CLOSED;
            }
            return switch (this) {
                case FRESH -> next == INITIALISING;
                case INITIALISING -> next == IDLE || next == FRESH || next == BROKEN;
                case IDLE -> next == OPEN || next == COMMITTING;
                case OPEN -> next == COMMITTING || next == DOOMED || next == ABORTING;
                case COMMITTING -> next == IDLE || next == UNKNOWN || next == DOOMED || next == BROKEN;
                case UNKNOWN -> next == COMMITTING;
                case DOOMED -> next == COMMITTING || next == ABORTING;
                case ABORTING -> next == IDLE || next == DOOMED || next == BROKEN;
                case BROKEN, CLOSED -> false;
            };
        }
    }

    private final Producer<byte[], byte[]> producer;
    private final String transactionalId;
    private final ProducerSettings settings;
    private final Set<String> journals;
    private final Executor executor;
    private final Clock clock;

    private State state = State.FRESH;
    /** Not null from the first record, or the commit of mere offsets, until the transaction is decided. */
    private OpenTransaction open;
    /** The commit that is running or whose outcome is unknown. */
    private CommitAttempt attempt;

    private FutureTask<CommitOutcome> commit;
    private FutureTask<StepOutcome> step;

    private TransactionalProducer(
            Producer<byte[], byte[]> producer,
            String transactionalId,
            ProducerSettings settings,
            Set<String> journals,
            Executor executor,
            Clock clock) {
        this.producer = producer;
        this.transactionalId = transactionalId;
        this.settings = settings;
        this.journals = journals;
        this.executor = executor;
        this.clock = clock;
    }

    /**
     * Makes a producer; {@link #beginInit()} comes next.
     *
     * @param clients where the client comes from
     * @param transactionalId the id, stable over restarts of the instance and worker
     * @param overrides producer properties by Kafka's names that win over {@link #defaults()}
     * @param journals the topics that are journals, whose ends a commit tells
     * @param executor runs the blocking calls, one after the other or not
     * @param clock tells how long a transaction has been open
     * @return the producer
     * @throws io.wellspring.api.error.ConfigException when a property is unusable or cannot be overridden
     */
    public static TransactionalProducer open(
            KafkaClients clients,
            String transactionalId,
            Map<String, Object> overrides,
            Set<String> journals,
            Executor executor,
            Clock clock) {
        ProducerSettings settings = ProducerSettings.of(transactionalId, overrides);
        return new TransactionalProducer(
                clients.producer(settings.properties()),
                transactionalId,
                settings,
                Set.copyOf(journals),
                executor,
                clock);
    }

    /**
     * The producer properties that hold unless they are overridden. {@code delivery.timeout.ms} is not among them: it
     * is the transaction timeout, or what linger and request timeout need together.
     *
     * @return properties by Kafka's names
     */
    public static Map<String, Object> defaults() {
        return ProducerSettings.defaults();
    }

    /**
     * Starts to initialise the id: aborts what a predecessor left open, finishes what it was committing, fences it.
     *
     * @throws IllegalStateException unless fresh
     */
    public void beginInit() {
        require(state == State.FRESH, "initialise");
        begin(producer::initTransactions);
        move(State.INITIALISING);
    }

    /**
     * How far the initialisation is.
     *
     * @return the outcome; after {@code Failed} with {@link Remedy#RETRY} begin again, after any other failure the
     *     producer is broken
     * @throws IllegalStateException if none is running
     */
    public StepOutcome pollInit() {
        require(state == State.INITIALISING, "poll an initialisation");
        return pollStep(State.FRESH);
    }

    /**
     * Initialises and waits, at most {@code max.block.ms}.
     *
     * @return the outcome
     * @throws IllegalStateException unless fresh
     */
    public StepOutcome initNow() {
        beginInit();
        awaitTask(step);
        return pollInit();
    }

    /**
     * Adds a record to the transaction, beginning one when none is open. Returns at once unless the client's buffer
     * is full or the topic unknown to it, at most after {@code max.block.ms}; {@link #hasRoom()} tells before. A
     * failure, now or later, does not throw: it dooms the transaction, whose commit is then refused; what is sent to
     * a doomed transaction is dropped, as an abort is all that is left for it.
     *
     * @param topic where to
     * @param partition which partition, or null to leave that to the client's partitioner
     * @param timestampMillis the record's time, in milliseconds since 1970
     * @param key the key, or null
     * @param value the value, or null
     * @param headers the headers, or null
     * @throws IllegalStateException while a commit or abort is not decided, or before initialisation
     * @throws IllegalArgumentException when the partition or the time is negative; nothing was changed then
     */
    public void send(
            String topic, Integer partition, long timestampMillis, byte[] key, byte[] value, Iterable<Header> headers) {
        // First, because it rejects what is no record at all.
        var sent = new ProducerRecord<>(topic, partition, timestampMillis, key, value, headers);
        if (state != State.OPEN) {
            if (state == State.DOOMED) {
                return;
            }
            require(state == State.IDLE, "send");
            openTransaction();
            move(State.OPEN);
        }
        if (open.failure() != null) {
            move(State.DOOMED);
            return;
        }
        open.sent(key, value);
        try {
            // The callback tells more than the future does.
            var unused = producer.send(sent, open);
        } catch (KafkaException | IllegalStateException e) {
            open.failed(e);
            move(State.DOOMED);
        }
    }

    private void openTransaction() {
        open = new OpenTransaction(journals, clock.millis());
        try {
            producer.beginTransaction();
        } catch (KafkaException | IllegalStateException e) {
            open.failed(e);
        }
    }

    /**
     * Starts to commit: waits for every send, asks for the offsets, sends them to the group's coordinator, commits.
     * Legal also when nothing was sent, because a position that moves without output must move in a transaction, too.
     *
     * <p>The metadata of a consumer that is no member at the moment is no error but an outcome: {@code Refused} with
     * {@link Remedy#ABORT_AND_REWIND}, since its membership may have been lost a moment ago (invariant I1).
     *
     * @param offsets gives the positions to commit; called on the executor
     * @param group the consumer's group metadata at this moment
     * @throws IllegalStateException unless idle, open or doomed
     */
    public void beginCommit(OffsetsOfCommit offsets, ConsumerGroupMetadata group) {
        require(state == State.IDLE || state == State.OPEN || state == State.DOOMED, "commit");
        if (open == null) {
            openTransaction();
        }
        if (group.generationId() < 0 || group.memberId().isEmpty()) {
            open.failed(
                    new CommitFailedException("the consumer is no member of group " + group.groupId() + " (generation "
                            + group.generationId() + ", member id '" + group.memberId()
                            + "'), so a commit would not be fenced; abort, and go on once it has joined again"));
        }
        attempt = new CommitAttempt(producer, open, offsets, group, clock, settings.transactionTimeoutMillis());
        runAttempt();
    }

    /**
     * Goes on with a commit whose outcome is unknown: the same calls on the same producer.
     *
     * @throws IllegalStateException unless the last poll said {@code Unknown}
     */
    public void retryCommit() {
        require(state == State.UNKNOWN, "retry a commit");
        runAttempt();
    }

    private void runAttempt() {
        commit = new FutureTask<>(attempt::run);
        executor.execute(commit);
        move(State.COMMITTING);
    }

    /**
     * How far the commit is. Tells a decision once; then the state has moved on: {@code Committed} to idle, {@code
     * Refused} to doomed or broken, {@code InDoubt} to broken.
     *
     * @return the outcome
     * @throws IllegalStateException if no commit is running
     */
    public CommitOutcome pollCommit() {
        require(state == State.COMMITTING, "poll a commit");
        if (!commit.isDone()) {
            return new CommitOutcome.Pending();
        }
        CommitOutcome outcome = valueOf(commit);
        commit = null;
        if (outcome instanceof CommitOutcome.Committed) {
            decided(State.IDLE);
        } else if (outcome instanceof CommitOutcome.Unknown unknown) {
            LOG.warn(
                    "{}: no answer to a commit, its outcome is unknown until it is retried",
                    transactionalId,
                    unknown.cause());
            move(State.UNKNOWN);
        } else if (outcome instanceof CommitOutcome.Refused refused) {
            boolean abortable = refused.remedy() == Remedy.ABORT_AND_REWIND || refused.remedy() == Remedy.STOP;
            attempt = null;
            if (abortable) {
                move(State.DOOMED);
            } else {
                decided(State.BROKEN);
            }
        } else {
            decided(State.BROKEN);
        }
        return outcome;
    }

    /**
     * Waits for a commit that was begun: runs it on this thread if the executor has not started it. Bounded by the
     * client's settings ({@code delivery.timeout.ms} and twice {@code max.block.ms}).
     *
     * @return the outcome; {@code Pending} only if the executor's thread did not come back within that bound
     * @throws IllegalStateException if no commit is running
     */
    public CommitOutcome awaitCommit() {
        require(state == State.COMMITTING, "wait for a commit");
        awaitTask(commit);
        return pollCommit();
    }

    /**
     * Commits and waits, for a rebalance callback, which must not return with the transaction undecided (invariant
     * I3). An unknown outcome is retried until it is known or the attempts are used up.
     *
     * @param offsets gives the positions to commit
     * @param group the consumer's group metadata at this moment
     * @param attempts how often to try, at least once; each is bounded as {@link #awaitCommit()} is
     * @return the outcome; {@code Unknown} if no attempt was answered
     * @throws IllegalStateException unless idle, open or doomed
     */
    public CommitOutcome commitNow(OffsetsOfCommit offsets, ConsumerGroupMetadata group, int attempts) {
        beginCommit(offsets, group);
        CommitOutcome outcome = awaitCommit();
        for (int made = 1; made < attempts && outcome instanceof CommitOutcome.Unknown; made++) {
            retryCommit();
            outcome = awaitCommit();
        }
        return outcome;
    }

    /**
     * Starts to abort the open transaction.
     *
     * @throws IllegalStateException unless open or doomed
     */
    public void beginAbort() {
        require(state == State.OPEN || state == State.DOOMED, "abort");
        begin(producer::abortTransaction);
        move(State.ABORTING);
    }

    /**
     * How far the abort is.
     *
     * @return the outcome; after {@code Failed} with {@link Remedy#RETRY} begin again, after any other failure the
     *     producer is broken, and the transaction is as good as aborted: it ends at the latest when its timeout does
     *     or the id is initialised again
     * @throws IllegalStateException if none is running
     */
    public StepOutcome pollAbort() {
        require(state == State.ABORTING, "poll an abort");
        return pollStep(State.DOOMED);
    }

    /**
     * Aborts and waits, at most {@code max.block.ms}. For a rebalance callback.
     *
     * @return the outcome
     * @throws IllegalStateException unless open or doomed
     */
    public StepOutcome abortNow() {
        beginAbort();
        awaitTask(step);
        return pollAbort();
    }

    private void begin(Runnable blockingCall) {
        boolean outlived = open != null && clock.millis() - open.begunAtMillis() >= settings.transactionTimeoutMillis();
        step = new FutureTask<>(() -> {
            try {
                blockingCall.run();
                return new StepOutcome.Done();
            } catch (RuntimeException e) {
                return new StepOutcome.Failed(e, Diagnosis.isNoAnswer(e) ? Remedy.RETRY : broken(e, outlived));
            }
        });
        executor.execute(step);
    }

    /** A transaction that cannot be aborted by its producer is ended by the next one. */
    private static Remedy broken(RuntimeException error, boolean outlived) {
        Remedy remedy = Diagnosis.of(error, outlived);
        return remedy == Remedy.ABORT_AND_REWIND ? Remedy.REBUILD : remedy;
    }

    private StepOutcome pollStep(State again) {
        if (!step.isDone()) {
            return new StepOutcome.Pending();
        }
        StepOutcome outcome = valueOf(step);
        step = null;
        if (outcome instanceof StepOutcome.Failed failed) {
            if (failed.remedy() == Remedy.RETRY) {
                move(again);
            } else {
                decided(State.BROKEN);
            }
        } else {
            decided(State.IDLE);
        }
        return outcome;
    }

    private void awaitTask(FutureTask<?> task) {
        // Does nothing where the executor was first.
        task.run();
        try {
            task.get(settings.commitBoundMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("{}: waited in vain; the poll that follows tells why", transactionalId, e);
        }
    }

    private static <T> T valueOf(FutureTask<T> done) {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a step of the producer failed by an error outside of Kafka", e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted, though the step was done", e);
        }
    }

    private void decided(State next) {
        open = null;
        attempt = null;
        move(next);
    }

    private void move(State next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(
                    transactionalId + ": a producer that is " + state + " cannot become " + next);
        }
        LOG.debug("{}: {} -> {}", transactionalId, state, next);
        state = next;
    }

    private void require(boolean legal, String what) {
        if (!legal) {
            throw new IllegalStateException(transactionalId + ": cannot " + what + " while " + state);
        }
    }

    /**
     * Where this producer is in its life.
     *
     * @return the state; an asynchronous failure shows in {@link #failure()} first
     */
    public State state() {
        return state;
    }

    /**
     * The id that fences.
     *
     * @return the transactional id
     */
    public String transactionalId() {
        return transactionalId;
    }

    /**
     * Whether a transaction is open or not decided.
     *
     * @return true from the first record until the commit or abort is known
     */
    public boolean dirty() {
        return open != null;
    }

    /**
     * Why the open transaction can only be aborted.
     *
     * @return the first failure of a send; empty while all is well
     */
    public Optional<Throwable> failure() {
        return open == null ? Optional.empty() : Optional.ofNullable(open.failure());
    }

    /**
     * The size of the open transaction.
     *
     * @return how many records were sent in it
     */
    public int transactionRecords() {
        return open == null ? 0 : open.records();
    }

    /**
     * The size of the open transaction.
     *
     * @return the bytes of the keys and values sent in it
     */
    public long transactionBytes() {
        return open == null ? 0 : open.sentBytes();
    }

    /**
     * The width of the open transaction, which sets what its commit costs.
     *
     * @return how many partitions acknowledged a record of it so far
     */
    public int touchedPartitions() {
        return open == null ? 0 : open.touchedPartitions();
    }

    /**
     * Whether a send can be expected not to wait for the client's buffer.
     *
     * @return true while what waits for an acknowledgement takes less than half of {@code buffer.memory}
     */
    public boolean hasRoom() {
        return open == null || open.bytesInFlight() < settings.bufferBytes() / 2;
    }

    /**
     * The largest record that may be sent to a topic; a larger one would doom the transaction, so it has to be
     * refused before.
     *
     * @param topicMaxMessageBytes the topic's {@code max.message.bytes}
     * @return the largest permitted value of {@link #recordBytes}: the least of that, {@code max.request.size} and
     *     {@code buffer.memory}, less a margin; never negative
     */
    public int maxRecordBytes(int topicMaxMessageBytes) {
        return settings.maxRecordBytes(topicMaxMessageBytes);
    }

    /**
     * Estimates what a record takes, not below the truth and uncompressed.
     *
     * @param key the key, or null
     * @param value the value, or null
     * @param headers the headers, or null
     * @return bytes
     */
    public static long recordBytes(byte[] key, byte[] value, Iterable<Header> headers) {
        return ProducerSettings.recordBytes(key, value, headers);
    }

    /**
     * Closes the client; an open transaction is aborted, one that is committing stays undecided. Harmless when
     * repeated.
     *
     * @param atMost how long to wait for what is in flight; zero gives it up at once
     */
    public void close(Duration atMost) {
        if (state == State.CLOSED) {
            return;
        }
        decided(State.CLOSED);
        producer.close(atMost);
    }
}
