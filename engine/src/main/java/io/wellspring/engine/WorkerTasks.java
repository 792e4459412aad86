package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.journal.JournalReader;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks that a worker owns or follows, from their arrival to their leaving: opened from a local snapshot or from a backup, recovered, run; begun again, later,
 * where the cluster or the disk is away; stopped where they fail. What becomes of each is published. What they do while they run, and their transactions, are the
 * worker's. Confined to its thread.
 */
final class WorkerTasks {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerTasks.class);

    private final WorkerSetup setup;
    private final StatusBoard board;
    private final Membership membership;
    private final JournalReader reader;
    private final Optional<Standbys> standbys;
    private final Optional<Restores> restores;
    private final Patience patience;
    private final ToIntFunction<String> maxRecordBytes;
    private final Delayed delayed;
    private final DiskRefusals refusals;
    private final Map<TaskId, OwnedTask> owned = new TreeMap<>();

    /** The same tasks by each partition that they read. */
    private final Map<TopicPartition, OwnedTask> ownerOf = new HashMap<>();

    /**
     * None yet.
     *
     * @param reader reads the journals of what is recovered; those of standbys are read by their own
     * @param refusals told of stores that cannot be opened
     * @param maxRecordBytes how large a record of a topic may be
     */
    WorkerTasks(
            WorkerSetup setup,
            StatusBoard board,
            Membership membership,
            JournalReader reader,
            Optional<Standbys> standbys,
            Patience patience,
            DiskRefusals refusals,
            ToIntFunction<String> maxRecordBytes) {
        this.setup = setup;
        this.board = board;
        this.membership = membership;
        this.reader = reader;
        this.standbys = standbys;
        this.patience = patience;
        this.maxRecordBytes = maxRecordBytes;
        this.restores = setup.engine().backups().map(place -> new Restores(place, setup));
        this.refusals = refusals;
        this.delayed = new Delayed(setup.nanos());
    }

    /** All of them by their names: a view. */
    Map<TaskId, OwnedTask> byId() {
        return Collections.unmodifiableMap(owned);
    }

    /** All of them: a view. */
    Collection<OwnedTask> all() {
        return Collections.unmodifiableCollection(owned.values());
    }

    List<OwnedTask> running() {
        return owned.values().stream().filter(OwnedTask::running).toList();
    }

    List<OwnedTask> following() {
        return owned.values().stream().filter(OwnedTask::following).toList();
    }

    List<OwnedTask> recovering() {
        return owned.values().stream()
                .filter(task -> task.phase() == OwnedTask.Phase.RECOVERING)
                .toList();
    }

    /** Whether a task is still the one that was opened: not let go, and not opened anew. */
    boolean holds(OwnedTask task) {
        return owned.get(task.id()) == task;
    }

    /** The task that reads a partition and runs, or null. */
    OwnedTask runningOn(TopicPartition partition) {
        OwnedTask task = ownerOf.get(partition);
        return task != null && task.running() ? task : null;
    }

    /** How many partitions the tasks read. */
    int partitions() {
        return ownerOf.size();
    }

    /** Whether each is open, and those that are no standbys run. */
    boolean settled() {
        return running().size() == owned.size() - following().size()
                && restores.map(Restores::none).orElse(true);
    }

    /** How far the open standbys are. */
    Map<TaskId, Long> standbyPositions() {
        return following().stream()
                .collect(Collectors.toMap(
                        OwnedTask::id, standby -> standby.recovery().position()));
    }

    /** Opens what is to be tried again by now, and what the search for a backup has ended of. */
    void openDue() {
        delayed.due().forEach(this::take);
        restores.ifPresent(searches -> searches.ended().forEach(this::takeRestored));
    }

    /** A task has become this worker's; where there is a standby of it that is as it should be, it goes on. */
    void arrive(TaskId id) {
        standbys.ifPresent(known -> known.promoted(id));
        OwnedTask standby = owned.get(id);
        if (standby != null
                && standby.following()
                && !standby.recovery().hasFailed()
                && standby.brokenStore().isEmpty()) {
            LOG.info(
                    "the standby of task {} takes it over at {}",
                    id,
                    standby.recovery().position());
            board.gone(id, TaskCounts.ZERO);
            standby.promote(reader);
            routeTo(standby);
            board.publish(id, standby.status());
        } else {
            letGo(List.of(id));
            take(id);
        }
    }

    /** Opens a task, or first looks for a backup where there is no local snapshot. */
    void take(TaskId id) {
        try {
            if (setup.wantsBackup(id)) {
                restores.orElseThrow().begin(id);
                publish(id, TaskStatus.Recovering.fromBackup(id));
                return;
            }
        } catch (RetryableException later) {
            openLater(id, later);
            return;
        } catch (RuntimeException failure) {
            cannotOpen(id, failure);
            return;
        }
        open(id, false);
    }

    /** A task has its state: it goes on behind it. */
    void run(OwnedTask task, Recovered recovered) {
        recovered.positions().forEach(membership::seek);
        task.run(recovered);
        delayed.forget(task.id());
        membership.resume(task.task().partitions());
        LOG.info(
                "task {} runs: recovered from {} with {} events replayed",
                task.id(),
                task.recovery().basis(),
                task.recovery().replayed());
        board.publish(task.id(), task.status());
    }

    /** The cluster or the disk is away: the recovery begins again, later. */
    void retry(OwnedTask task, RetryableException why) {
        letGo(List.of(task.id()));
        delay(task.id(), why);
    }

    /** Recovers a task anew: what it holds is of a transaction that did not come about. */
    void rewind(OwnedTask task) {
        membership.pause(task.task().partitions());
        letGo(List.of(task.id()));
        take(task.id());
    }

    /** Where the journals were cut past the local snapshot a backup may go on; the search finds out. */
    void restoreOrFail(OwnedTask task, CorruptException failure) {
        if (restores.isEmpty() || task.brokenStore().isPresent()) {
            fail(task, failure);
            return;
        }
        Map<String, Long> local = task.recovery().beganAt();
        letGo(List.of(task.id()));
        restores.get().begin(task.id(), local, failure);
        publish(task.id(), TaskStatus.Recovering.fromBackup(task.id()));
    }

    /** Stops a task that has no part in an open transaction, or rebuilds it when its store is to blame and was not put aside before. */
    void fail(OwnedTask task, RuntimeException failure) {
        if (task.task().touched()) {
            throw new IllegalStateException(
                    "Task " + task.id()
                            + " stops while it has part in an open transaction: it would be committed without it",
                    failure);
        }
        if (task.brokenStore().isPresent() && rebuilds(task, task.brokenStore().get())) {
            return;
        }
        LOG.error("{} stopped: {}", named(task.id()), failure.getMessage(), failure);
        membership.pause(task.task().partitions());
        task.fail(failure);
        publish(task.id(), task.status());
    }

    /** Inside of callbacks too, so the snapshots under way wait for the cluster all together, and not each of them. */
    void letGo(Collection<TaskId> ids) {
        patience.during(() -> ids.forEach(this::letGo));
    }

    void letAllGo() {
        letGo(List.copyOf(owned.keySet()));
    }

    void publishAll() {
        owned.values().forEach(task -> publish(task.id(), task.status()));
    }

    private void takeRestored(Restores.Ended search) {
        TaskId id = search.id();
        if (search.failure().isPresent()) {
            if (search.failure().get() instanceof RetryableException later) {
                delay(id, later);
            } else {
                cannotOpen(id, search.failure().get());
            }
            return;
        }
        BackupSearch.Found found = search.found().orElseThrow();
        if (found.restored().isPresent()) {
            LOG.info("task {} begins with backup {}", id, found.restored().get().name());
            open(id, true);
        } else if (search.fault().isPresent()) {
            CorruptException fault = search.fault().get();
            cannotOpen(id, found.needed() ? restores.orElseThrow().nothingFits(fault, found.passedOver()) : fault);
        } else {
            open(id, false);
        }
    }

    private void open(TaskId id, boolean fromBackup) {
        try {
            OwnedTask task = setup.open(id, fromBackup, membership, reader, maxRecordBytes, patience);
            owned.put(id, task);
            if (isStandby(id)) {
                task.follow(standbys.orElseThrow().reader()); // what fails here is open already
            } else {
                routeTo(task);
            }
            publish(id, task.status());
        } catch (RetryableException later) {
            letGo(List.of(id));
            openLater(id, later);
        } catch (RuntimeException failure) {
            letGo(List.of(id));
            cannotOpen(id, failure);
        }
    }

    private void routeTo(OwnedTask task) {
        task.task().partitions().forEach(partition -> ownerOf.put(partition, task));
    }

    /** Its partitions rest since they arrived; the worker's other tasks go on. */
    private void cannotOpen(TaskId id, RuntimeException failure) {
        LOG.error("{} cannot be opened: {}", named(id), failure.getMessage(), failure);
        publish(id, new TaskStatus.Failed(id.toString(), failure));
    }

    private boolean rebuilds(OwnedTask task, CorruptException broken) {
        membership.pause(task.task().partitions());
        task.closeStore();
        try {
            if (!setup.putAside(task.id(), broken)) {
                return false;
            }
        } catch (RetryableException later) {
            retry(task, later);
            return true;
        }
        letGo(List.of(task.id()));
        take(task.id());
        return true;
    }

    private void openLater(TaskId id, RetryableException disk) {
        if (!isStandby(id)) {
            refusals.refused(id, disk, setup.nanos().getAsLong());
        }
        delay(id, disk);
    }

    private void delay(TaskId id, RetryableException why) {
        long millis = delayed.add(id);
        LOG.warn("{} is tried again in {} ms: {}", named(id), millis, why.getMessage());
        publish(id, new TaskStatus.Waiting(id.toString(), why));
    }

    private void letGo(TaskId id) {
        delayed.cancel(id);
        restores.ifPresent(searches -> searches.forget(id));
        OwnedTask task = owned.remove(id);
        if (task == null) {
            board.gone(id, TaskCounts.ZERO);
        } else {
            task.task().partitions().forEach(ownerOf::remove);
            task.close();
            board.gone(id, task.task().committedCounts());
        }
    }

    /** A standby is no task of this engine's: what it does, or why it does not, is shown apart. */
    private void publish(TaskId id, TaskStatus status) {
        if (!isStandby(id)) {
            board.publish(id, status);
        } else if (owned.containsKey(id)) {
            board.publish(id, owned.get(id).standbyStatus());
        } else {
            RuntimeException error = status instanceof TaskStatus.Waiting waiting
                    ? waiting.error()
                    : status instanceof TaskStatus.Failed failed ? failed.error() : null;
            board.publish(id, new StandbyStatus(id.toString(), 0, OptionalLong.empty(), Optional.ofNullable(error)));
        }
    }

    private boolean isStandby(TaskId id) {
        return standbys.map(known -> known.has(id)).orElse(false);
    }

    private String named(TaskId id) {
        return (isStandby(id) ? "the standby of task " : "task ") + id;
    }
}
