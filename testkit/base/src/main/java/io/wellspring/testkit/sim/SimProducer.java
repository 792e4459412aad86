package io.wellspring.testkit.sim;

import io.wellspring.testkit.sim.SimTransactions.Identity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ConcurrentTransactionsException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * A producer with the state machine of the real one ({@link TransactionPhase}).
 *
 * <p>A send is buffered and arrives in a later step, or when a call needs it. A call without an answer throws TimeoutException and stays
 * <em>unanswered</em>: as in the real client its request is asked again in the background, only the same call may follow it, and that
 * call tells the outcome.
 */
final class SimProducer implements Producer<byte[], byte[]> {
    private final SimCluster cluster;
    private final SimProcess process;
    private final ProducerSettings settings;
    private final String name;
    private final SendQueue queue = new SendQueue();
    private final Deque<Runnable> unansweredOffsets = new ArrayDeque<>();

    private TransactionPhase phase = TransactionPhase.UNINITIALIZED;
    private RuntimeException lastError;
    private Identity identity = new Identity(-1, (short) -1);
    /** Whether the cluster may know of the open transaction; otherwise its end needs no request. */
    private boolean started;

    private Unanswered unanswered;
    private boolean closed;
    private int stickyPartition;

    SimProducer(SimCluster cluster, SimProcess process, Map<String, Object> configs) {
        this.cluster = cluster;
        this.process = process;
        this.settings = ProducerSettings.of(configs);
        this.name = "producer " + settings.transactionalId().orElse("without id") + " of " + process;
    }

    /** A call that got no answer yet, and what became of it since. */
    private static final class Unanswered {
        private final String operation;
        private final Runnable request;
        private boolean done;
        private RuntimeException refusal;

        private Unanswered(String operation, Runnable request) {
            this.operation = operation;
            this.request = request;
        }
    }

    SimProcess process() {
        return process;
    }

    // Transactions

    @Override
    public void initTransactions() {
        call("initTransactions", () -> become(TransactionPhase.INITIALIZING), () -> {
            identity = untilDecided(
                    Request.INIT_TRANSACTIONS,
                    () -> cluster.transactions.init(id(), settings.transactionTimeoutMillis()));
            become(TransactionPhase.READY);
        });
    }

    @Override
    public void beginTransaction() {
        requireTransactional();
        requireNothingUnanswered("beginTransaction");
        failIfError();
        become(TransactionPhase.IN_TRANSACTION);
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        if (groupMetadata == null) {
            throw new IllegalArgumentException("Consumer group metadata could not be null");
        }
        if (groupMetadata.generationId() > 0 && groupMetadata.memberId().isEmpty()) {
            throw new IllegalArgumentException(
                    "Passed in group metadata " + groupMetadata + " has generationId > 0 but the member id is unknown");
        }
        requireTransactional();
        if (offsets.isEmpty()) {
            return;
        }
        requireNothingUnanswered("sendOffsetsToTransaction");
        failIfError();
        if (phase != TransactionPhase.IN_TRANSACTION) {
            throw new IllegalStateException(
                    "Cannot send offsets if a transaction is not in progress (currentState= " + phase + ")");
        }
        started = true;
        Map<TopicPartition, OffsetAndMetadata> sent = Map.copyOf(offsets);
        unansweredOffsets.addLast(() -> offsets(sent, groupMetadata));
        try {
            sendUnansweredOffsets();
        } catch (NoAnswer late) {
            throw timedOut("TxnOffsetCommitHandler");
        }
    }

    private void sendUnansweredOffsets() {
        while (!unansweredOffsets.isEmpty()) {
            unansweredOffsets.getFirst().run();
            unansweredOffsets.removeFirst();
        }
    }

    private void offsets(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata from) {
        try {
            untilDecided(Request.TRANSACTION_OFFSETS, () -> {
                cluster.commitInTransaction(id(), identity, offsets, from);
                return identity;
            });
        } catch (NoAnswer late) {
            throw late;
        } catch (UnknownTopicOrPartitionException unknown) {
            // Asked again and again by the real client, until the call's time is over.
            throw new NoAnswer(Request.TRANSACTION_OFFSETS + " of " + name);
        } catch (FencedInstanceIdException refused) {
            throw refuseOffsets(false, refused);
        } catch (UnknownMemberIdException | IllegalGenerationException refused) {
            throw refuseOffsets(
                    false,
                    new CommitFailedException(
                            "Transaction offset Commit failed due to consumer group metadata mismatch: "
                                    + refused.getMessage()));
        } catch (InvalidProducerEpochException | ProducerFencedException refused) {
            throw refuseOffsets(true, fenced());
        } catch (ApiException refused) {
            throw refuseOffsets(
                    true, new KafkaException("Unexpected error in TxnOffsetCommitResponse: " + refused.getMessage()));
        }
    }

    private RuntimeException refuseOffsets(boolean fatal, RuntimeException why) {
        unansweredOffsets.clear();
        return fatal ? fatal(why) : abortable(why);
    }

    @Override
    public void commitTransaction() {
        call("commitTransaction", () -> become(TransactionPhase.COMMITTING), () -> {
            flushQueue();
            if (phase != TransactionPhase.COMMITTING) {
                throw lastError;
            }
            end(true);
        });
    }

    @Override
    public void abortTransaction() {
        call(
                "abortTransaction",
                () -> {
                    RuntimeException why = lastError;
                    become(TransactionPhase.ABORTING);
                    failQueue(why == null ? new TransactionAbortedException() : why);
                },
                () -> end(false));
    }

    private void end(boolean commit) {
        if (started) {
            sendUnansweredOffsets();
            try {
                identity =
                        untilDecided(Request.END_TRANSACTION, () -> cluster.transactions.end(id(), identity, commit));
            } catch (InvalidProducerEpochException | ProducerFencedException refused) {
                throw fatal(fenced());
            } catch (InvalidTxnStateException refused) {
                throw fatal(refused);
            } catch (ApiException refused) {
                throw fatal(refused);
            }
        }
        started = false;
        become(TransactionPhase.READY);
    }

    /** Asks until the transaction's predecessor is decided, which a real client does by waiting and asking again. */
    private Identity untilDecided(Request request, Supplier<Identity> asked) {
        while (true) {
            try {
                return cluster.ask(request, name, asked);
            } catch (ConcurrentTransactionsException busy) {
                boolean moved = cluster.transactions
                        .deciding(id())
                        .filter(cluster::markOneOf)
                        .isPresent();
                if (!moved) {
                    throw new NoAnswer(request + " of " + name);
                }
            }
        }
    }

    /** Makes a call whose answer may stay away: then only the same call may follow, and goes on with it. */
    private void call(String operation, Runnable begin, Runnable request) {
        requireTransactional();
        if (unanswered == null) {
            if (!(phase == TransactionPhase.ABORTABLE && operation.equals("abortTransaction"))) {
                failIfError();
            }
            begin.run();
            unanswered = new Unanswered(operation, request);
        } else {
            requireNothingUnanswered(operation);
        }
        Unanswered made = unanswered;
        askAgain();
        if (!made.done) {
            throw timedOut(operation);
        }
        unanswered = null;
        if (made.refusal != null) {
            throw made.refusal;
        }
    }

    private void askAgain() {
        if (!unanswered.done) {
            try {
                unanswered.request.run();
                unanswered.done = true;
            } catch (NoAnswer late) {
                cluster.trace("%s has no answer to %s", name, unanswered.operation);
            } catch (RuntimeException refused) {
                unanswered.done = true;
                unanswered.refusal = refused;
            }
        }
    }

    private TimeoutException timedOut(String awaited) {
        return new TimeoutException(
                "Timeout expired after " + settings.maxBlockMillis() + "ms while awaiting " + awaited);
    }

    private void requireNothingUnanswered(String operation) {
        if (unanswered != null && !unanswered.operation.equals(operation)) {
            throw new IllegalStateException("Cannot attempt operation `" + operation
                    + "` because the previous call to `" + unanswered.operation + "` timed out and must be retried");
        }
    }

    // Sends

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> message) {
        return send(message, null);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> message, Callback callback) {
        requireOpen();
        try {
            return buffer(message, callback);
        } catch (ApiException refused) {
            // As the real client does: told by the future and the callback, not thrown.
            QueuedSend failed =
                    queued(message, new TopicPartition(message.topic(), RecordMetadata.UNKNOWN_PARTITION), 0, callback);
            failed.fail(refused);
            doom(refused);
            return failed.future;
        }
    }

    private Future<RecordMetadata> buffer(ProducerRecord<byte[], byte[]> message, Callback callback) {
        int partitions = cluster.partitions(message.topic()).size();
        if (partitions == 0) {
            throw new TimeoutException("Topic " + message.topic() + " not present in metadata after "
                    + settings.maxBlockMillis() + " ms.");
        }
        if (message.partition() != null && message.partition() >= partitions) {
            throw new TimeoutException("Partition " + message.partition() + " of topic " + message.topic()
                    + " with partition count " + partitions + " is not present in metadata after "
                    + settings.maxBlockMillis() + " ms.");
        }
        int bytes = ProducerSettings.batchBytes(message.key(), message.value(), message.headers());
        if (bytes > settings.maxRequestBytes()) {
            throw new RecordTooLargeException("The message is " + bytes + " bytes when serialized which is larger than "
                    + settings.maxRequestBytes() + ", which is the value of the max.request.size configuration.");
        }
        QueuedSend send =
                queued(message, new TopicPartition(message.topic(), partition(message, partitions)), bytes, callback);
        if (settings.transactionalId().isPresent()) {
            failIfError();
            if (phase != TransactionPhase.IN_TRANSACTION) {
                if (phase == TransactionPhase.READY) {
                    // The real client has buffered it before it looks, so it goes out with the next transaction.
                    queue.add(queued(message, send.to, bytes, null));
                }
                throw new IllegalStateException(
                        "Cannot add partition " + send.to + " to transaction while in state " + phase);
            }
            requireNothingUnanswered("send");
            started = true;
        }
        queue.add(send);
        return send.future;
    }

    private QueuedSend queued(ProducerRecord<byte[], byte[]> message, TopicPartition to, int bytes, Callback callback) {
        long time = message.timestamp() == null ? cluster.nowMillis() : message.timestamp();
        return new QueuedSend(
                to, new SimLog.Content(message.key(), message.value(), message.headers(), time), bytes, callback);
    }

    private int partition(ProducerRecord<byte[], byte[]> message, int partitions) {
        if (message.partition() != null) {
            return message.partition();
        }
        if (message.key() != null) {
            return BuiltInPartitioner.partitionForKey(message.key(), partitions);
        }
        if (cluster.chance(0.125)) {
            stickyPartition = cluster.random.nextInt(1 << 20);
        }
        return stickyPartition % partitions;
    }

    @Override
    public void flush() {
        if (!closed) {
            process.requireAlive("flush");
            flushQueue();
        }
    }

    private void flushQueue() {
        while (sending() && !queue.isEmpty()) {
            List<QueuedSend> possible = deliverable();
            if (!possible.isEmpty()) {
                deliver(possible.get(cluster.random.nextInt(possible.size())), true);
            } else if (settings.transactionalId().isEmpty()
                    || cluster.transactions
                            .deciding(id())
                            .filter(cluster::markOneOf)
                            .isEmpty()) {
                expire(queue.heads().get(0));
            }
        }
    }

    private boolean sending() {
        return settings.transactionalId().isEmpty()
                || phase == TransactionPhase.IN_TRANSACTION
                || phase == TransactionPhase.COMMITTING;
    }

    private List<QueuedSend> deliverable() {
        if (!sending() || cluster.away()) {
            return List.of();
        }
        return queue.heads().stream().filter(this::isDeliverable).toList();
    }

    /** A record of the next transaction waits for the markers of the one before. */
    private boolean isDeliverable(QueuedSend head) {
        return settings.transactionalId().isEmpty()
                || cluster.transactions.deciding(id()).isEmpty()
                || cluster.log(head.to)
                        .filter(log -> log.hasOpen(identity.producerId(), identity.epoch()))
                        .isPresent();
    }

    private void deliver(QueuedSend send, boolean awaited) {
        boolean told = cluster.lossDue(Request.PRODUCE);
        try {
            long time = cluster.ask(Request.PRODUCE, name, () -> {
                if (!send.arrived()) {
                    send.arriveAt(cluster.produce(settings.transactionalId(), identity, send));
                }
                return cluster.timeOf(send);
            });
            queue.remove(send);
            send.succeed(time);
        } catch (NoAnswer late) {
            // The real client asks again until its delivery timeout; the broker knows the repetition for one.
            if (told || cluster.chance(0.5)) {
                expire(send);
            } else if (awaited) {
                cluster.trace("%s sends to %s again", name, send.to);
            }
        } catch (UnknownTopicOrPartitionException gone) {
            expire(send);
        } catch (ApiException refused) {
            queue.remove(send);
            cluster.trace("%s may not write to %s: %s", name, send.to, refused.getMessage());
            send.fail(refused);
            doom(refused);
        }
    }

    private void expire(QueuedSend send) {
        queue.remove(send);
        TimeoutException late = new TimeoutException(
                "Expiring 1 record(s) for " + send.to + ": the delivery timeout has passed since batch creation");
        send.fail(late);
        doom(late);
    }

    /** What the client can do by itself now, each as one step. */
    List<Runnable> background() {
        List<Runnable> possible = new ArrayList<>();
        if (closed || process.crashed()) {
            return possible;
        }
        for (QueuedSend send : deliverable()) {
            possible.add(() -> deliver(send, false));
        }
        if (unanswered != null && !unanswered.done && !waitsForHeldMarkers()) {
            possible.add(this::askAgain);
        } else if (unanswered == null
                && !unansweredOffsets.isEmpty()
                && phase == TransactionPhase.IN_TRANSACTION
                && !waitsForHeldMarkers()) {
            possible.add(this::offsetsAgain);
        }
        return possible;
    }

    private void offsetsAgain() {
        try {
            sendUnansweredOffsets();
        } catch (NoAnswer late) {
            cluster.trace("%s has no answer to its offsets", name);
        } catch (RuntimeException refused) {
            cluster.trace("%s has its offsets refused: %s", name, refused.getMessage());
        }
    }

    private boolean waitsForHeldMarkers() {
        return cluster.markersHeld() && cluster.transactions.deciding(id()).isPresent();
    }

    // Errors

    private void doom(RuntimeException why) {
        if (why instanceof ProducerFencedException) {
            fatal(why);
        } else if (settings.transactionalId().isPresent() && phase.mayBecome(TransactionPhase.ABORTABLE)) {
            abortable(
                    why instanceof RetriableException
                            ? new TransactionAbortableException(
                                    "Transaction Request was aborted after exhausting retries.")
                            : why);
        }
    }

    private RuntimeException abortable(RuntimeException why) {
        phase = TransactionPhase.ABORTABLE;
        return failed(why);
    }

    private RuntimeException fatal(RuntimeException why) {
        phase = TransactionPhase.FATAL;
        return failed(why);
    }

    private RuntimeException failed(RuntimeException why) {
        lastError = why;
        cluster.trace("%s is %s: %s", name, phase, why.getMessage());
        failQueue(why);
        return why;
    }

    private void failQueue(RuntimeException why) {
        queue.removeAll().forEach(send -> send.fail(why));
    }

    private ProducerFencedException fenced() {
        return new ProducerFencedException(
                "There is a newer producer with the same transactionalId " + id() + " which fences the current one.");
    }

    private void failIfError() {
        if (phase != TransactionPhase.ABORTABLE && phase != TransactionPhase.FATAL) {
            return;
        }
        if (lastError instanceof ProducerFencedException) {
            throw new ProducerFencedException("Producer with transactionalId '" + id() + "' and " + identity
                    + " has been fenced by another producer with the same transactionalId");
        }
        if (lastError instanceof InvalidProducerEpochException) {
            throw new InvalidProducerEpochException("Producer with transactionalId '" + id() + "' and " + identity
                    + " attempted to produce with an old epoch");
        }
        throw new KafkaException("Cannot execute transactional method because we are in an error state", lastError);
    }

    private void become(TransactionPhase next) {
        if (!phase.mayBecome(next)) {
            throw new IllegalStateException("TransactionalId " + id() + ": Invalid transition attempted from state "
                    + phase + " to state " + next);
        }
        phase = next;
        lastError = null;
    }

    private String id() {
        return settings.transactionalId().orElse("");
    }

    private void requireTransactional() {
        if (settings.transactionalId().isEmpty()) {
            throw new IllegalStateException("Cannot use transactional methods without enabling transactions by setting"
                    + " the transactional.id configuration property");
        }
        requireOpen();
    }

    private void requireOpen() {
        process.requireAlive("produce");
        if (closed) {
            throw new IllegalStateException("Cannot perform operation after producer has been closed");
        }
    }

    // The end

    @Override
    public void close() {
        close(Duration.ofMillis(Long.MAX_VALUE));
    }

    @Override
    public void close(Duration timeout) {
        if (closed || process.crashed()) {
            closed = true;
            return;
        }
        if (timeout.isZero()) {
            vanish();
            failQueue(new KafkaException("Producer is closed forcefully."));
        } else {
            flushQueue();
            if (unanswered != null) {
                askAgain();
            } else if (phase == TransactionPhase.IN_TRANSACTION || phase == TransactionPhase.ABORTABLE) {
                try {
                    abortTransaction();
                } catch (RuntimeException refused) {
                    cluster.trace("%s could not abort when it was closed: %s", name, refused.getMessage());
                }
            }
        }
        closed = true;
        cluster.unregister(this);
    }

    /** Ends without a word: of what is buffered a part may have been sent. */
    void vanish() {
        if (closed) {
            return;
        }
        if (process.crashed()) {
            closed = true;
            cluster.unregister(this);
        }
        while (!cluster.away()) {
            List<QueuedSend> possible = deliverable();
            if (possible.isEmpty() || cluster.random.nextInt(4) == 0) {
                return;
            }
            QueuedSend last = possible.get(cluster.random.nextInt(possible.size()));
            queue.remove(last);
            try {
                last.arriveAt(cluster.produce(settings.transactionalId(), identity, last));
            } catch (ApiException refused) {
                cluster.trace("what %s sent last is refused: %s", name, refused.getMessage());
            }
        }
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        requireOpen();
        List<PartitionInfo> partitions = cluster.partitions(topic);
        if (partitions.isEmpty()) {
            throw new TimeoutException(
                    "Topic " + topic + " not present in metadata after " + settings.maxBlockMillis() + " ms.");
        }
        return partitions;
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        throw Unsupported.call("Producer.registerMetricForSubscription");
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        throw Unsupported.call("Producer.unregisterMetricFromSubscription");
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        throw Unsupported.call("Producer.clientInstanceId");
    }
}
