package io.wellspring.testkit.sim;

import io.wellspring.testkit.sim.SimLog.Read;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * A Kafka cluster in one object, for tests that want every order of events and none of the waiting. Its clients are Kafka's interfaces
 * and behave as those of Kafka 4.4 do on one broker: transactions whose markers are written one by one after the commit has returned,
 * offsets that are pending until then, fencing, timeouts, groups of the classic protocol with static members.
 *
 * <p>One thread, no real time. The cluster goes on only in {@link #step} and inside of calls of its clients; of all that could happen
 * next the seed picks one. The same seed, the same calls and the same times of the clock give the same run. Time passes only when the
 * clock handed in is moved, also for calls that time out.
 *
 * <pre>{@code
 * ManualClock clock = ManualClock.startingAt(Instant.EPOCH);
 * SimKafka kafka = SimKafka.seeded(42, clock);
 * SimProcess one = kafka.process("one");
 * Producer<byte[], byte[]> producer = one.producer(Map.of("transactional.id", "a"));
 * ...
 * one.crash();
 * clock.advance(Duration.ofSeconds(45));
 * kafka.settle();
 * kafka.trace(50).forEach(System.out::println);
 * }</pre>
 *
 * <p>Not modelled: replicas (the high watermark is the end of the log), batches and compression, quotas, rights, retention, compaction,
 * the {@code consumer} group protocol, share groups, a client's fetching ahead.
 */
public final class SimKafka {
    private static final int MAX_SETTLING_STEPS = 1_000_000;

    private final SimCluster cluster;
    private final SimProcess main;

    private SimKafka(SimCluster cluster) {
        this.cluster = cluster;
        this.main = new SimProcess("main", cluster);
    }

    /**
     * Makes an empty cluster.
     *
     * @param seed picks among all that could happen
     * @param clock the cluster's time; nothing here moves it
     * @return the cluster
     */
    public static SimKafka seeded(long seed, Clock clock) {
        return new SimKafka(new SimCluster(seed, clock));
    }

    /**
     * A new process, whose clients can crash or stall together.
     *
     * @param name names it in the trace
     * @return the process
     */
    public SimProcess process(String name) {
        return new SimProcess(name, cluster);
    }

    /**
     * A producer of raw bytes, of a process that never crashes.
     *
     * @param settings its properties by Kafka's names; where to connect is not looked at
     * @return a new producer
     * @throws org.apache.kafka.common.config.ConfigException when a setting is unusable
     */
    public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        return main.producer(settings);
    }

    /**
     * A consumer of raw bytes, of a process that never crashes.
     *
     * @param settings its properties by Kafka's names; where to connect is not looked at
     * @return a new consumer, neither subscribed nor assigned
     * @throws org.apache.kafka.common.config.ConfigException when a setting is unusable
     */
    public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return main.consumer(settings);
    }

    /**
     * An admin client of a process that never crashes.
     *
     * @param settings its properties; none is looked at
     * @return a new admin client
     */
    public Admin admin(Map<String, Object> settings) {
        return main.admin(settings);
    }

    /**
     * Sets what a topic's setting is by default, for topics that are made from now on.
     *
     * @param name the setting, by Kafka's name
     * @param value its value
     */
    public void topicDefault(String name, String value) {
        cluster.topicDefault(name, value);
    }

    /**
     * Takes a right away from all clients: requests of this kind are answered from now on as a broker answers a principal that has not got it.
     *
     * @param request {@link ApiKeys#DESCRIBE_PRODUCERS}, {@link ApiKeys#DELETE_RECORDS}, and {@link ApiKeys#INIT_PRODUCER_ID} of an admin client,
     *     which are refused, or {@link ApiKeys#LIST_TRANSACTIONS}, whose answer leaves out what the client may not describe: here everything
     * @throws IllegalArgumentException for another request
     */
    public void deny(ApiKeys request) {
        cluster.deny(request);
    }

    // Going on

    /**
     * Lets one thing happen that could happen now, picked by the seed: a record arrives, a marker is written, a session ends, a
     * transaction is given up, a client asks again.
     *
     * @return whether there was anything
     */
    public boolean step() {
        return cluster.step();
    }

    /**
     * Takes steps until nothing can happen before somebody calls or the clock moves.
     *
     * @return how many steps
     */
    public int settle() {
        int steps = 0;
        while (cluster.step()) {
            if (++steps == MAX_SETTLING_STEPS) {
                throw new IllegalStateException(
                        "the cluster does not settle; what it did last:\n" + String.join("\n", trace(20)));
            }
        }
        return steps;
    }

    // What goes wrong

    /**
     * Sets what goes wrong by chance from now on.
     *
     * @param faults how often
     */
    public void faults(Faults faults) {
        cluster.faults(faults);
    }

    /**
     * Lets the next request of a kind be lost. Several calls count up.
     *
     * @param request the kind
     */
    public void loseRequest(Request request) {
        cluster.lose(request, false);
    }

    /**
     * Lets the next request of a kind be carried out, and its reply be lost. Several calls count up.
     *
     * @param request the kind
     */
    public void loseReply(Request request) {
        cluster.lose(request, true);
    }

    /** Lets no marker be written until {@link #releaseMarkers}. */
    public void holdMarkers() {
        cluster.holdMarkers(true);
    }

    /** Lets markers be written again. */
    public void releaseMarkers() {
        cluster.holdMarkers(false);
    }

    /**
     * Makes the cluster unreachable for everybody.
     *
     * @param how how long, by the clock; zero brings it back
     */
    public void away(Duration how) {
        cluster.awayUntil(cluster.nowMillis() + how.toMillis());
    }

    /**
     * Cuts the tail of a log off, as the election of a leader that lacked it does. The leader epoch rises.
     *
     * @param partition whose log
     * @param end the new end; nothing is cut where the log is shorter
     */
    public void truncate(TopicPartition partition, long end) {
        SimLog log = cluster.requireLog(partition);
        log.truncate(end);
        cluster.trace("%s is cut to %d, leader epoch %d", partition, end, log.leaderEpoch());
    }

    /**
     * Elects a leader for a partition; nothing is lost, the leader epoch rises.
     *
     * @param partition which
     */
    public void elect(TopicPartition partition) {
        cluster.requireLog(partition).newLeader();
        cluster.trace("%s has a new leader", partition);
    }

    /**
     * Lets a group's coordinator come back with what it knew before a static member last took the place of an earlier one with its instance id, as it does
     * where it goes down before that is written. The member is fenced.
     *
     * @param group the group
     * @param instanceId whose last joining is forgotten
     * @throws IllegalStateException when it has taken nobody's place
     */
    public void forgetLastJoining(String group, String instanceId) {
        cluster.group(group).forgetLastJoining(instanceId);
    }

    // What others do

    /**
     * Writes a record at the end of a log, whatever faults there are: input from somebody who is not part of the test.
     *
     * @param partition where
     * @param key its key, or null
     * @param value its value, or null
     * @param timestampMillis its time, in milliseconds since 1970
     * @return its offset
     */
    public long load(TopicPartition partition, byte[] key, byte[] value, long timestampMillis) {
        return cluster.load(partition, new SimLog.Content(key, value, new RecordHeaders(), timestampMillis));
    }

    /**
     * Writes a record at the end of a topic as {@link #load(TopicPartition, byte[], byte[], long)} does, in the partition that a producer chooses.
     *
     * @param topic where
     * @param key its key, or null, which goes to partition 0
     * @param value its value, or null
     * @param timestampMillis its time, in milliseconds since 1970
     * @return its offset
     */
    public long load(String topic, byte[] key, byte[] value, long timestampMillis) {
        int partitions = cluster.partitions(topic).size();
        int partition = key == null ? 0 : BuiltInPartitioner.partitionForKey(key, partitions);
        return load(new TopicPartition(topic, partition), key, value, timestampMillis);
    }

    // Looking inside

    /**
     * What happened last.
     *
     * @param lines how many lines at most; 5,000 are kept
     * @return a line for each thing, with the time since the cluster was made
     */
    public List<String> trace(int lines) {
        return cluster.trace(lines);
    }

    /**
     * Adds a line to the trace.
     *
     * @param line what the caller did or saw
     */
    public void note(String line) {
        cluster.trace("%s", line);
    }

    /**
     * The records that a read_committed consumer would read by now.
     *
     * @param partition where
     * @return the records up to the last stable offset
     */
    public List<ConsumerRecord<byte[], byte[]>> committedRecords(TopicPartition partition) {
        SimLog log = cluster.requireLog(partition);
        Read read = log.read(log.start(), true, Integer.MAX_VALUE);
        return read.records();
    }

    /**
     * The end of a log.
     *
     * @param partition where
     * @return its high watermark
     */
    public long highWatermark(TopicPartition partition) {
        return cluster.requireLog(partition).highWatermark();
    }

    /**
     * How far a log is decided.
     *
     * @param partition where
     * @return its last stable offset
     */
    public long lastStableOffset(TopicPartition partition) {
        return cluster.requireLog(partition).lastStableOffset();
    }

    /**
     * The records that are committed, whether or not a read_committed consumer may read them yet: markers may be missing, or a transaction
     * before them may be open.
     *
     * @param partition where
     * @return the records, in the order of their offsets
     */
    public List<ConsumerRecord<byte[], byte[]>> decidedRecords(TopicPartition partition) {
        return cluster.requireLog(partition).committed(cluster.transactions::isCommitting);
    }

    /**
     * What a group has committed, without what is pending.
     *
     * @param group its id
     * @return the offsets; empty for a group that is not known
     */
    public Map<TopicPartition, OffsetAndMetadata> committedOffsets(String group) {
        return cluster.findGroup(group).map(found -> found.offsets.committed()).orElse(Map.of());
    }

    /**
     * The transactions that are open, or decided with markers still to be written.
     *
     * @return their transactional ids, in the order in which the ids came up
     */
    public List<String> openTransactions() {
        return cluster.transactions.all().stream()
                .filter(each -> each.deciding() || each.state() == SimTransaction.State.ONGOING)
                .map(SimTransaction::id)
                .toList();
    }
}
