package io.wellspring.engine;

import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.port.SnapshotMark;
import io.wellspring.api.port.SnapshotMark.InputMark;
import io.wellspring.api.port.SnapshotMark.JournalMark;
import io.wellspring.journal.JournalReader;
import io.wellspring.journal.OffsetMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task in the hands of a worker, from arrival to departure.
 *
 * <pre>
 * FOLLOWING --> RECOVERING --> RUNNING
 *     |             |             |
 *     +-----------> +-> FAILED <--+        each of them --> CLOSED
 * </pre>
 *
 * <p>FOLLOWING is a standby: a task that another instance owns. After an abort the task is closed and opened anew: there is one path back.
 */
final class OwnedTask {
    private static final Logger LOG = LoggerFactory.getLogger(OwnedTask.class);

    private final Task task;
    private final WatchedStore store;
    private final Recovery recovery;
    private final Snapshots snapshots;
    private final Cluster cluster;
    private Phase phase = Phase.RECOVERING;
    private List<JournalMark> carried = List.of();
    private Map<String, Long> journalEnds = Map.of();
    /** Of the journals that have no event yet since the recovery. */
    private final Map<String, Integer> journalEpochs = new HashMap<>();

    private Map<TopicPartition, Long> committed = Map.of();
    private RuntimeException error;

    OwnedTask(Cluster cluster, Task task, WatchedStore store, Recovery recovery, Snapshots snapshots) {
        this.cluster = cluster;
        this.task = task;
        this.store = store;
        this.recovery = recovery;
        this.snapshots = snapshots;
    }

    /** Where a task stands. */
    enum Phase {
        FOLLOWING,
        RECOVERING,
        RUNNING,
        FAILED,
        CLOSED
    }

    Task task() {
        return task;
    }

    TaskId id() {
        return task.id();
    }

    Phase phase() {
        return phase;
    }

    boolean following() {
        return phase == Phase.FOLLOWING;
    }

    /** Whether its tables and its store are in use. */
    boolean open() {
        return phase != Phase.FAILED && phase != Phase.CLOSED;
    }

    boolean running() {
        return phase == Phase.RUNNING;
    }

    Recovery recovery() {
        return recovery;
    }

    Snapshots snapshots() {
        return snapshots;
    }

    /** Whether the task's store was found corrupt since it was opened, and how. */
    Optional<CorruptException> brokenStore() {
        return store.broken();
    }

    /** Why the task cannot go on although what it has in memory is sound; for the worker to look at between two transactions. */
    Optional<RuntimeException> fault() {
        return brokenStore()
                .<RuntimeException>map(broken -> broken)
                .or(() -> snapshots.unencodable().map(this::stopped));
    }

    private RuntimeException stopped(CodecException refused) {
        return new TaskStopped("Task " + id() + " stopped: " + refused.getMessage(), refused);
    }

    TaskStatus status() {
        return switch (phase) {
            case FOLLOWING, RECOVERING -> recovery.status();
            case RUNNING ->
                task.resting()
                        .<TaskStatus>map(why -> new TaskStatus.Waiting(id().toString(), why))
                        .orElseGet(() -> new TaskStatus.Running(
                                id().toString(),
                                recovery.basis(),
                                recovery.replayed(),
                                task.committedCounts(),
                                task.tables().parkedKeys(),
                                snapshots.refusal().map(refused -> refused)));
            case FAILED, CLOSED -> new TaskStatus.Failed(id().toString(), error);
        };
    }

    /** How the standby is that this is. */
    StandbyStatus standbyStatus() {
        return phase == Phase.FAILED
                ? new StandbyStatus(id().toString(), recovery.position(), OptionalLong.empty(), Optional.of(error))
                : recovery.standbyStatus();
    }

    /** Makes a standby of it, before it was recovered. */
    void follow(JournalReader standbys) {
        recovery.follow(standbys);
        enter(Phase.FOLLOWING);
    }

    /** Makes the standby a task that is recovered, from where it has read to. */
    void promote(JournalReader recoveries) {
        recovery.promote(recoveries);
        enter(Phase.RECOVERING);
    }

    /** Takes up work where the recovery ended. */
    void run(Recovered recovered) {
        carried = recovered.carried();
        journalEnds = recovered.journalEnds();
        journalEpochs.putAll(recovered.journalEpochs());
        committed = recovered.positions();
        task.buffers().forEach(buffer -> buffer.reset(recovered.positions().get(buffer.partition())));
        task.start(recovered.watermarkMillis(), recovered.ahead());
        enter(Phase.RUNNING);
    }

    void fail(RuntimeException why) {
        error = why;
        recovery.close();
        task.orders().abandon();
        enter(Phase.FAILED);
    }

    /**
     * What the commit under way says of this task.
     *
     * @param positions the task's positions, taken when the commit began
     * @param nonce names this start of this instance
     * @param ends the journal ends that the transaction reached
     */
    Map<TopicPartition, OffsetAndMetadata> offsets(
            Map<TopicPartition, InputPosition> positions,
            String nonce,
            long watermarkMillis,
            Map<TopicPartition, Long> ends) {
        Map<String, Long> reached = endsAfter(ends);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        positions.forEach((partition, position) -> offsets.put(
                partition,
                new OffsetAndMetadata(
                        position.offset(),
                        new OffsetMetadata(nonce, watermarkMillis, reached, position.ahead()).encode())));
        return offsets;
    }

    /** Takes over what was committed. */
    void committed(Map<TopicPartition, InputPosition> positions, Map<TopicPartition, Long> ends) {
        Map<String, Long> after = endsAfter(ends);
        journalEpochs.keySet().removeIf(stage -> !after.get(stage).equals(journalEnds.get(stage)));
        journalEnds = after;
        Map<TopicPartition, Long> offsets = new HashMap<>();
        positions.forEach((partition, position) -> offsets.put(partition, position.offset()));
        committed = offsets;
        task.committed();
    }

    /** Where an input was committed last. */
    long committed(TopicPartition input) {
        return committed.get(input);
    }

    /**
     * Whether a restart could begin behind what is committed: what lies between holds no record.
     *
     * @param consumed the consumer's position, empty while it is in doubt
     */
    boolean hasMoved(Function<TopicPartition, OptionalLong> consumed) {
        return task.buffers().stream().anyMatch(buffer -> {
            long before = committed.get(buffer.partition());
            long now = consumed.apply(buffer.partition()).orElse(before);
            return task.position(buffer, now).offset() > before;
        });
    }

    /** The committed positions of the repartition topics among the inputs. */
    Map<TopicPartition, Long> committedRepartitions() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (PartitionBuffer buffer : task.buffers()) {
            if (buffer.input().internal()) {
                positions.put(buffer.partition(), committed.get(buffer.partition()));
            }
        }
        return positions;
    }

    /** Whether a snapshot could be taken now: the tables are those of one point in the journals, and nothing is open. */
    boolean betweenTransactions() {
        return switch (phase) {
            case FOLLOWING, RECOVERING -> recovery.hasMark();
            case RUNNING -> !task.touched();
            case FAILED, CLOSED -> false;
        };
    }

    /** The sum of the ends of the task's own events in its journals. */
    long reached() {
        return journalEnds.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What a snapshot taken now would be a snapshot of. */
    SnapshotMark mark() {
        if (phase == Phase.RECOVERING || phase == Phase.FOLLOWING) {
            return recovery.mark();
        }
        List<JournalMark> journals = new ArrayList<>(carried);
        for (StageRuntime stage : task.stages()) {
            journals.add(new JournalMark(
                    stage.name(),
                    stage.journal(),
                    cluster.topics().get(stage.journal()).topicId(),
                    journalEnds.getOrDefault(stage.name(), 0L),
                    journalEpochs.getOrDefault(stage.name(), MarkEpochs.UNKNOWN),
                    stage.codecs()));
        }
        List<InputMark> inputs = new ArrayList<>();
        committed.forEach((partition, position) -> inputs.add(new InputMark(partition.topic(), position)));
        return new SnapshotMark(
                cluster.topology().pipeline(),
                id().toString(),
                journals,
                inputs,
                task.watermarkMillis(),
                task.context().persistedNowMillis());
    }

    /** Lets go of files that are of no use any more; a snapshot under way ends before. */
    void closeStore() {
        snapshots.awaitWrite();
        store.close();
    }

    /** Lets go of the task's files; a snapshot under way ends before. */
    void close() {
        if (phase != Phase.CLOSED) {
            enter(Phase.CLOSED);
            recovery.close();
            task.orders().abandon();
            closeStore();
        }
    }

    private Map<String, Long> endsAfter(Map<TopicPartition, Long> ends) {
        Map<String, Long> after = new HashMap<>(journalEnds);
        for (StageRuntime stage : task.stages()) {
            Long end = ends.get(new TopicPartition(stage.journal(), id().partition()));
            if (end != null) {
                requireGrowth(stage, end);
                after.put(stage.name(), end);
            }
        }
        return after;
    }

    /** A journal whose next event lies before the last one has lost it: what the state holds was lost while its owner ran. */
    private void requireGrowth(StageRuntime stage, long end) {
        long before = journalEnds.getOrDefault(stage.name(), 0L);
        if (end <= before) {
            throw new CorruptException("Task " + id() + " had events in journal " + stage.journal() + " up to offset "
                    + (before - 1) + ", and its next one was put at " + (end - 1)
                    + ": the journal lost its tail (an unclean leader election). The transaction is aborted");
        }
    }

    private void enter(Phase next) {
        boolean legal = switch (next) {
            case FOLLOWING -> phase == Phase.RECOVERING;
            case RECOVERING -> phase == Phase.FOLLOWING;
            case RUNNING -> phase == Phase.RECOVERING;
            case FAILED -> open();
            case CLOSED -> phase != Phase.CLOSED;
        };
        if (!legal) {
            throw new IllegalStateException("task " + id() + " cannot go from " + phase + " to " + next);
        }
        LOG.debug("task {}: {} -> {}", id(), phase, next);
        phase = next;
    }
}
