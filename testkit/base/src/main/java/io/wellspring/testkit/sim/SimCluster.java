package io.wellspring.testkit.sim;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.TimestampType;

/**
 * The cluster behind the simulated clients: its topics, its coordinators, and what is under way.
 *
 * <p>Nothing happens but in {@link #step} and inside of calls. A step looks at all that could happen now (a record in a producer's buffer
 * arrives, a marker is written, a session ends, ...), in an order that depends on nothing but what happened before, and the seed picks
 * one. A call that has to wait for something takes such steps until it is there, or throws what the real client throws after its
 * timeout, since no time passes inside of calls.
 */
final class SimCluster {
    /** The brokers' default. */
    static final int OFFSET_METADATA_MAX_BYTES = 4_096;

    private static final Set<ApiKeys> DENIABLE = EnumSet.of(
            ApiKeys.DESCRIBE_PRODUCERS, ApiKeys.LIST_TRANSACTIONS, ApiKeys.INIT_PRODUCER_ID, ApiKeys.DELETE_RECORDS);

    private final Set<ApiKeys> denied = EnumSet.noneOf(ApiKeys.class);

    static final Node NODE = new Node(1, "simulated", 9092);
    static final String CLUSTER_ID = "simulated";
    private static final int TRACE_LINES = 5_000;

    final Random random;
    final SimTransactions transactions = new SimTransactions(this);
    private final Clock clock;
    private final long startMillis;
    private final Map<String, SimTopic> topics = new TreeMap<>();
    private final Map<String, SimGroup> groups = new TreeMap<>();
    private final List<SimProducer> producers = new ArrayList<>();
    private final Map<String, String> topicDefaults = new TreeMap<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final Map<Request, Deque<Boolean>> losses = new TreeMap<>();
    private Faults faults = Faults.NONE;
    private boolean markersHeld;
    private long awayUntilMillis = Long.MIN_VALUE;
    private long topicNumber;
    private int metadataVersion;

    SimCluster(long seed, Clock clock) {
        this.random = new Random(seed);
        this.clock = clock;
        this.startMillis = clock.millis();
    }

    long nowMillis() {
        return clock.millis();
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    @SuppressWarnings("AnnotateFormatMethod") // The annotation is in a library that the testkit does not need else.
    void trace(String format, Object... arguments) {
        if (trace.size() == TRACE_LINES) {
            trace.removeFirst();
        }
        trace.addLast("+" + (nowMillis() - startMillis) + " ms  " + String.format(format, arguments));
    }

    List<String> trace(int lines) {
        List<String> all = new ArrayList<>(trace);
        return all.subList(Math.max(0, all.size() - lines), all.size());
    }

    // Faults

    void faults(Faults now) {
        faults = now;
    }

    void lose(Request request, boolean carriedOut) {
        losses.computeIfAbsent(request, unused -> new ArrayDeque<>()).addLast(carriedOut);
    }

    void holdMarkers(boolean held) {
        markersHeld = held;
    }

    boolean markersHeld() {
        return markersHeld;
    }

    void awayUntil(long millis) {
        awayUntilMillis = millis;
        trace(away() ? "the cluster is away" : "the cluster is back");
    }

    boolean away() {
        return nowMillis() < awayUntilMillis;
    }

    /** How many records a read brings at most. */
    int fetchBound() {
        return chance(faults.shortFetch()) ? random.nextInt(3) : Integer.MAX_VALUE;
    }

    /** Whether a loss of this kind was asked for by a test, rather than by chance. */
    boolean lossDue(Request request) {
        Deque<Boolean> due = losses.get(request);
        return due != null && !due.isEmpty();
    }

    /** Takes a request to the cluster and its answer back. */
    <T> T ask(Request request, String asker, Supplier<T> asked) {
        if (away()) {
            throw new NoAnswer(request + " of " + asker);
        }
        boolean lostRequest;
        boolean lostReply;
        if (lossDue(request)) {
            lostReply = losses.get(request).removeFirst();
            lostRequest = !lostReply;
        } else {
            lostRequest = chance(faults.lostRequest());
            lostReply = !lostRequest && chance(faults.lostReply());
        }
        if (lostRequest) {
            trace("%s of %s is lost", request, asker);
            throw new NoAnswer(request + " of " + asker);
        }
        if (!lostReply) {
            return asked.get();
        }
        try {
            var unused = asked.get();
        } catch (RuntimeException refused) {
            trace("the reply to %s of %s, a refusal, is lost: %s", request, asker, refused);
            throw new NoAnswer(request + " of " + asker);
        }
        trace("the reply to %s of %s is lost", request, asker);
        throw new NoAnswer(request + " of " + asker);
    }

    // Topics

    int metadataVersion() {
        return metadataVersion;
    }

    Set<String> topicNames() {
        return Collections.unmodifiableSet(topics.keySet());
    }

    Optional<SimTopic> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    SimTopic requireTopic(String name) {
        return topic(name)
                .orElseThrow(() -> new UnknownTopicOrPartitionException(
                        "This server does not host this topic-partition: " + name));
    }

    Optional<SimLog> log(TopicPartition partition) {
        return topic(partition.topic())
                .filter(topic -> partition.partition() >= 0
                        && partition.partition() < topic.logs().size())
                .map(topic -> topic.logs().get(partition.partition()));
    }

    SimLog requireLog(TopicPartition partition) {
        return log(partition)
                .orElseThrow(() -> new UnknownTopicOrPartitionException(
                        "This server does not host this topic-partition: " + partition));
    }

    void topicDefault(String name, String value) {
        topicDefaults.put(name, value);
    }

    SimTopic createTopic(String name, int partitions, Map<String, String> settings) {
        Topic.validate(name);
        if (topics.containsKey(name)) {
            throw new TopicExistsException("Topic '" + name + "' already exists.");
        }
        Map<String, String> all = new TreeMap<>(topicDefaults);
        all.putAll(settings);
        SimTopic topic = new SimTopic(name, new Uuid(0x5157_0000L, ++topicNumber), partitions, all);
        topics.put(name, topic);
        metadataVersion++;
        trace("topic %s is created with %d partitions", name, partitions);
        return topic;
    }

    /** Deletes a topic, and with it what groups have committed for it. */
    void deleteTopic(String name) {
        SimTopic gone = requireTopic(name);
        topics.remove(name);
        metadataVersion++;
        List<TopicPartition> partitions =
                gone.logs().stream().map(log -> log.partition).toList();
        groups.values().forEach(group -> group.offsets.delete(partitions));
        partitions.forEach(transactions::forget);
        trace("topic %s is deleted", name);
    }

    void metadataChanged() {
        metadataVersion++;
    }

    List<PartitionInfo> partitions(String topic) {
        return topic(topic).map(found -> found.partitions(NODE)).orElse(List.of());
    }

    Cluster view(Collection<String> names) {
        List<PartitionInfo> partitions = new ArrayList<>();
        Map<String, Uuid> ids = new LinkedHashMap<>();
        for (String name : names) {
            partitions.addAll(partitions(name));
            topic(name).ifPresent(topic -> ids.put(name, topic.id));
        }
        return new Cluster(CLUSTER_ID, List.of(NODE), partitions, Set.of(), Set.of(), Set.of(), NODE, ids);
    }

    // Writes

    /** Appends a record, as a member of its producer's transaction where there is one; gives its offset. */
    long produce(Optional<String> transactionalId, SimTransactions.Identity producer, QueuedSend send) {
        SimTopic topic = requireTopic(send.to.topic());
        SimLog log = requireLog(send.to);
        if (send.batchBytes > topic.number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)) {
            throw new RecordTooLargeException("The request included a message larger than the max message size the"
                    + " server will accept: " + send.batchBytes + " bytes for " + send.to);
        }
        long aheadMillis = send.content.timestampMillis() - nowMillis();
        if (topic.timestampType() == TimestampType.CREATE_TIME
                && aheadMillis > topic.number(TopicConfig.MESSAGE_TIMESTAMP_AFTER_MAX_MS_CONFIG)) {
            throw new InvalidTimestampException("Timestamp " + send.content.timestampMillis() + " of message for "
                    + send.to + " is " + aheadMillis + " ms ahead of the broker's time");
        }
        SimLog.Content content = new SimLog.Content(
                copy(send.content.key()), copy(send.content.value()), send.content.headers(), timeOf(send));
        long offset;
        if (transactionalId.isEmpty()) {
            offset = log.append(content);
        } else {
            log.checkEpoch(producer.producerId(), producer.epoch());
            if (!log.hasOpen(producer.producerId(), producer.epoch())) {
                transactions.add(transactionalId.get(), producer, SimTransaction.Place.of(send.to));
            }
            offset = log.append(content, producer.producerId(), producer.epoch());
        }
        trace("%s is written at %s@%d", transactionalId.orElse("a record"), send.to, offset);
        return offset;
    }

    /** Appends a record past all checks and faults; gives its offset. */
    long load(TopicPartition partition, SimLog.Content content) {
        long offset = requireLog(partition)
                .append(new SimLog.Content(
                        copy(content.key()), copy(content.value()), content.headers(), content.timestampMillis()));
        trace("a record is loaded at %s@%d", partition, offset);
        return offset;
    }

    private static byte[] copy(byte[] bytes) {
        return bytes == null ? null : bytes.clone();
    }

    long timeOf(QueuedSend send) {
        return topic(send.to.topic())
                        .filter(topic -> topic.timestampType() == TimestampType.LOG_APPEND_TIME)
                        .isPresent()
                ? nowMillis()
                : send.content.timestampMillis();
    }

    /** Adds a group's offsets to a transaction. The producer is checked before the group. */
    void commitInTransaction(
            String transactionalId,
            SimTransactions.Identity producer,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata from) {
        offsets.keySet().forEach(this::requireLog);
        offsets.forEach((partition, offset) -> requireShort(offset));
        Optional<SimGroup> known = findGroup(from.groupId());
        known.ifPresent(group -> group.offsets.checkEpoch(producer));
        if (known.isEmpty() || !known.get().offsets.hasOpen(producer)) {
            transactions.add(transactionalId, producer, SimTransaction.Place.of(from.groupId()));
        }
        if (known.isEmpty() && from.generationId() >= 0) {
            throw new IllegalGenerationException("there is no group " + from.groupId());
        }
        SimGroup group = group(from.groupId());
        group.validateCommit(from, true);
        group.offsets.commitPending(producer, offsets);
        trace("%s sends offsets of %s: %s", transactionalId, from.groupId(), offsets);
    }

    void deny(ApiKeys request) {
        if (!DENIABLE.contains(request)) {
            throw new IllegalArgumentException(request + " cannot be denied; " + DENIABLE + " can");
        }
        denied.add(request);
    }

    boolean denies(ApiKeys request) {
        return denied.contains(request);
    }

    static void requireShort(OffsetAndMetadata offset) {
        if (offset.metadata().length() > OFFSET_METADATA_MAX_BYTES) {
            throw new OffsetMetadataTooLarge("The metadata field of the offset request was too large.");
        }
    }

    // Groups

    SimGroup group(String id) {
        return groups.computeIfAbsent(id, unused -> new SimGroup(id, this));
    }

    Optional<SimGroup> findGroup(String id) {
        return Optional.ofNullable(groups.get(id));
    }

    Collection<SimGroup> groups() {
        return groups.values();
    }

    void deleteGroup(String id) {
        groups.remove(id);
    }

    // Steps

    void register(SimProducer producer) {
        producers.add(producer);
    }

    void unregister(SimProducer producer) {
        producers.remove(producer);
    }

    boolean step() {
        List<Runnable> possible = possible();
        if (possible.isEmpty()) {
            return false;
        }
        possible.get(random.nextInt(possible.size())).run();
        return true;
    }

    private List<Runnable> possible() {
        List<Runnable> possible = new ArrayList<>();
        if (away()) {
            return possible;
        }
        for (SimProducer producer : producers) {
            if (producer.process().stoppedMillis().isEmpty()) {
                possible.addAll(producer.background());
            }
        }
        for (SimTransaction transaction : transactions.all()) {
            if (!markersHeld) {
                for (SimTransaction.Place place : transaction.markersDue()) {
                    possible.add(() -> transactions.mark(transaction, place));
                }
            }
            if (transactions.isLate(transaction)) {
                possible.add(() -> transactions.timeOut(transaction));
            }
        }
        for (SimGroup group : groups.values()) {
            for (SimMember member : group.expired()) {
                possible.add(() -> group.leave(
                        member.id,
                        member.heartbeats.leaves() ? "it was not polled for too long" : "its session ended"));
            }
            if (group.rebalanceIsLate()) {
                possible.add(group::endLateRebalance);
            }
        }
        return possible;
    }

    /** Writes one marker of a transaction that is decided, chosen by the seed. */
    boolean markOneOf(SimTransaction transaction) {
        if (markersHeld || away() || transaction.markersDue().isEmpty()) {
            return false;
        }
        List<SimTransaction.Place> due = transaction.markersDue();
        transactions.mark(transaction, due.get(random.nextInt(due.size())));
        return true;
    }

    /** Lets the cluster go on while a client waits in a call. */
    void whileWaiting(Duration atMost) {
        if (!atMost.isZero()) {
            for (int steps = random.nextInt(4); steps > 0 && step(); steps--) {
                // Each step is an end in itself.
            }
        }
    }
}
