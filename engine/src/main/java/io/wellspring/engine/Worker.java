package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import io.wellspring.journal.JournalReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's work: one consumer, one transactional producer, many tasks. A <em>duty cycle</em>: {@link #doWork} does a bounded amount and
 * returns how much, and never blocks longer than asked; a thread loops over it, a simulation steps it.
 *
 * <p>While a commit is under way nothing new is processed, since its records would belong to the next transaction. Whatever goes wrong with
 * a transaction ends in one way: abort, let go of every task it touched, and recover them.
 */
final class Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int RECORDS_PER_TURN = 500;

    /** Polls of the journals in a turn, and for how long at most: the tasks that run wait meanwhile. */
    private static final int REPLAYS_PER_TURN = 20;

    private static final Duration REPLAY_TURN = Duration.ofMillis(20);
    private static final Duration IDLE_WAIT = Duration.ofMillis(20);
    private static final Duration SHORT_WAIT = Duration.ofMillis(1);
    private static final long STATUS_EVERY_NANOS = 100_000_000;

    private final WorkerSetup setup;
    private final StatusBoard board;
    private final Membership membership;
    private final JournalReader reader;
    private final Commits commits;
    private final Map<TaskId, OwnedTask> owned = new TreeMap<>();

    /** The same tasks by each partition that they read. */
    private final Map<TopicPartition, OwnedTask> ownerOf = new HashMap<>();

    private final WaitingRoom waitingRoom;
    private long waitingBytes;
    private final Patience patience;
    private final Delayed delayed;
    private final SnapshotTurn snapshots;
    private final Optional<BackupTurn> backups;
    private final Optional<Restores> restores;
    private final Optional<Standbys> standbys;
    private final Queue<Runnable> questions = new ConcurrentLinkedQueue<>();
    private final Fencings fencings;
    private long statusNanos;
    private TaskId grown;
    private final Optional<UnownedTasks> unowned;
    private Regroup regroup;
    private volatile boolean closed;

    Worker(WorkerSetup setup, StatusBoard board) {
        this.setup = setup;
        this.board = board;
        this.delayed = new Delayed(setup.nanos());
        this.fencings = new Fencings(setup);
        this.patience = new Patience(setup.nanos());
        this.waitingRoom = new WaitingRoom(setup.bufferBytes());
        this.backups = setup.engine()
                .backups()
                .map(place -> new BackupTurn(place, setup.nanos().getAsLong()));
        this.restores = setup.engine().backups().map(place -> new Restores(place, setup));
        this.snapshots = new SnapshotTurn(
                setup.config().snapshotEvents(),
                setup.config().tableBytes(),
                setup.engine().tables().share());
        this.regroup = setup.engine().regroup() ? Regroup.WANTED : Regroup.DONE;
        this.unowned = setup.unownedTasks();
        this.reader = setup.openReader(Map.of());
        Optional<Standbys> holder = Optional.empty();
        Commits opened = null;
        try {
            if (setup.config().standbys() > 0) {
                holder = Optional.of(new Standbys(setup, this::standbyPositions));
            }
            this.standbys = holder;
            opened = new Commits(setup, new Transactions());
            this.commits = opened;
            this.membership = new Membership(
                    round -> setup.openConsumer(round, this.standbys),
                    setup.topology().groups(),
                    new Arrivals(),
                    setup.nanos());
        } catch (RuntimeException refused) {
            if (opened != null) {
                opened.abandon();
            }
            holder.ifPresent(Standbys::close);
            reader.close();
            throw refused;
        }
    }

    /**
     * Does what can be done now.
     *
     * @return how much was done; 0 means that nothing is left to do until something comes in
     * @throws WellspringException when the worker cannot go on
     */
    int doWork() {
        int work = answerQuestions();
        work += commits.poll();
        ConsumerRecords<byte[], byte[]> polled = poll(commits.ready() ? pollWait() : SHORT_WAIT);
        refuseGrowth();
        regroup();
        ownAll();
        work += route(polled);
        if (commits.ready()) {
            delayed.due().forEach(this::take);
            restores.ifPresent(searches -> searches.ended().forEach(this::takeRestored));
            stopFaulty();
            work += recover();
            work += snapshots.take(owned.values(), setup.nanos().getAsLong());
            backups.ifPresent(turn -> turn.take(owned, setup.nanos().getAsLong()));
            work += process();
            commits.commitIfDue(membership.metadata(), drained());
        }
        work += follow();
        publishStatus();
        return work;
    }

    /** Hands in a question to be answered by the worker's thread, between two records. */
    void ask(Runnable question) {
        questions.add(question);
        if (closed) {
            answerQuestions(); // the thread is gone, and with it all tasks: the answers say so
        }
    }

    /** The task, if this worker owns it and it is running; for the worker's thread only. */
    Task running(TaskId id) {
        OwnedTask task = closed ? null : owned.get(id);
        return task != null && task.running() ? task.task() : null;
    }

    /**
     * Commits or aborts what is open, writes snapshots, and ends the membership.
     *
     * @param leave whether the group is left for good
     */
    void close(boolean leave) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            commits.finish(membership.metadata());
            patience.end();
            for (OwnedTask task : owned.values()) {
                if ((task.running() || task.following()) && task.betweenTransactions()) {
                    task.snapshots().writeNow(task::mark);
                }
            }
        } finally {
            patience.end();
            closeAll(leave);
        }
    }

    /** Closes each of them, whatever becomes of the others. */
    private void closeAll(boolean leave) {
        try {
            letGo(List.copyOf(owned.keySet()));
        } finally {
            snapshots.close();
            answerQuestions();
            try {
                commits.close();
            } finally {
                try {
                    membership.close(leave);
                } finally {
                    standbys.ifPresent(Standbys::close);
                    reader.close();
                }
            }
        }
    }

    /** Gives up what is open, so that {@link #close} commits nothing of it. */
    void abandon() {
        commits.abandon();
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
        try {
            return membership.poll(atMost);
        } catch (FencedInstanceIdException fenced) {
            if (setup.config().groupProtocol() == GroupProtocol.CONSUMER) {
                throw setup.heldPlace(fenced); // such a consumer does not join again
            }
            fenced(fenced);
            return ConsumerRecords.empty();
        } catch (UnreleasedInstanceIdException held) {
            throw setup.heldPlace(held);
        } catch (GroupIdNotFoundException | InconsistentGroupProtocolException otherProtocol) {
            throw setup.otherProtocol(otherProtocol);
        } catch (OffsetOutOfRangeException cut) {
            boolean lostTail = cut instanceof LogTruncationException;
            cut.offsetOutOfRangePartitions().forEach((partition, offset) -> failCut(partition, offset, lostTail));
            return ConsumerRecords.empty();
        } catch (KafkaException thrown) {
            // What a callback throws comes out of the client in an exception that says nothing of it.
            throw thrown.getCause() instanceof WellspringException ours ? ours : thrown;
        }
    }

    /**
     * Another member has this one's place. It may be a start that is over already, so the place is taken back: the next poll joins anew. Its tasks
     * are gone at once, since that member may have gone on with them.
     */
    private void fenced(FencedInstanceIdException why) {
        fencings.count(why);
        LOG.warn(
                "worker {} lost its place in the group to another member with the same identity; it takes it back",
                setup.number());
        commits.drop();
        letGo(membership.joinAnew());
    }

    /** Keys move when partitions are added, away from their state: no record of the new partitions, or after them, may be processed. */
    private void refuseGrowth() {
        if (grown != null) {
            throw new ConfigException(
                    "Pipeline " + setup.topology().pipeline() + " was given partition " + grown.partition() + " of "
                            + setup.topology().group(grown.group()).topics() + ", which had "
                            + setup.partitionsOf(grown)
                            + " partitions when it started: partitions were added, and keys now belong to other partitions than their state."
                            + " Stop the pipeline, move its input to topics with the new count, and start a pipeline with another name on them");
        }
    }

    /** A static member that comes back is given what it had, without a rebalance: one has to be asked for once it is there. */
    private void regroup() {
        if (regroup == Regroup.DUE) {
            regroup = Regroup.DONE;
            membership.regroup("the topics of pipeline " + setup.topology().pipeline() + " have changed");
        }
    }

    private void ownAll() {
        Set<String> tasks = unowned.map(UnownedTasks::look).orElse(Set.of());
        if (!tasks.isEmpty()) {
            LOG.warn(
                    "tasks {} of pipeline {} have no owner, as a rebalance was cut short; worker {} makes the group hand them out anew",
                    tasks,
                    setup.topology().pipeline(),
                    setup.number());
            membership.regroup("tasks " + tasks + " have no owner");
        }
    }

    private void failCut(TopicPartition partition, long offset, boolean lostTail) {
        OwnedTask task = ownerOf.get(partition);
        if (task != null && task.running()) {
            String wanted = "Task " + task.id() + " wants to go on at " + partition + "@" + offset;
            fail(
                    task,
                    new CorruptException(
                            lostTail
                                    ? wanted
                                            + ", but the log lost its tail before that offset, and with it records that were processed (an unclean"
                                            + " leader election). Restore them, or, if its new records shall be processed from a place on, stop the"
                                            + " engines and set the group's offset of this partition there"
                                    : wanted
                                            + ", but the log does not hold that offset any more: records were deleted before they were processed."
                                            + " Restore them, or accept the gap: stop the engines and set the group's offset of this partition by"
                                            + " hand"));
        }
    }

    /** Answers what was asked before it begins: what comes meanwhile must not keep it from everything else. */
    private int answerQuestions() {
        int waiting = questions.size();
        for (int answered = 0; answered < waiting; answered++) {
            Runnable question = questions.poll();
            if (question == null) {
                return answered; // another thread, after the end, was faster
            }
            question.run();
        }
        return waiting;
    }

    private Duration pollWait() {
        boolean busy = owned.values().stream()
                .anyMatch(task -> (task.phase() == OwnedTask.Phase.RECOVERING
                                || (task.running() && task.task().hasWork()))
                        && !rests(task));
        if (busy || standbys.map(Standbys::busy).orElse(false)) {
            return Duration.ZERO;
        }
        return commits.open() ? SHORT_WAIT : IDLE_WAIT;
    }

    /** Whether so much waits for the disk that the task, or the process, cannot take in more. Its partitions pause when their buffers are full. */
    private boolean rests(OwnedTask task) {
        return snapshots.full() || task.snapshots().overdue(setup.nanos().getAsLong());
    }

    private int route(ConsumerRecords<byte[], byte[]> polled) {
        List<TopicPartition> full = new ArrayList<>();
        for (TopicPartition partition : polled.partitions()) {
            OwnedTask task = ownerOf.get(partition);
            if (task != null && task.running()) {
                List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
                PartitionBuffer buffer = task.task().buffer(partition);
                buffer.add(records);
                if (!buffer.paused() && buffer.isOver(setup.config().bufferRecords(), bufferBytesOfPartition())) {
                    buffer.paused(true);
                    full.add(partition);
                }
            }
        }
        if (!full.isEmpty()) {
            membership.pause(full);
        }
        return polled.count();
    }

    /** All partitions of the worker have the same part of what waiting records leave of its part of the bound. */
    private long bufferBytesOfPartition() {
        return waitingRoom.ofBuffer(waitingBytes, ownerOf.size());
    }

    private int recover() {
        List<OwnedTask> recovering = owned.values().stream()
                .filter(task -> task.phase() == OwnedTask.Phase.RECOVERING)
                .toList();
        for (OwnedTask task : recovering) {
            try {
                task.recovery().advance().ifPresent(recovered -> run(task, recovered));
            } catch (RetryableException later) {
                retry(task, later);
            } catch (CorruptException failure) {
                restoreOrFail(task, failure);
            } catch (WellspringException failure) {
                fail(task, failure);
            }
        }
        if (recovering.isEmpty()) {
            return 0;
        }
        if (recovering.stream().anyMatch(this::rests)) {
            return 0; // what is replayed waits for the disk
        }
        try {
            return 1 + replay();
        } catch (RetryableException later) {
            patience.during(
                    () -> recovering.stream().filter(this::stillRecovering).forEach(task -> retry(task, later)));
        } catch (WellspringException failure) {
            recovering.stream().filter(this::stillRecovering).forEach(task -> fail(task, failure));
        }
        return 1;
    }

    /**
     * Replays what has been fetched. Not one poll only: tasks that run already would take most of each turn, and one journal after the other
     * would wait for its own. Not beyond a due snapshot, for that is what bounds what a replay holds in memory.
     */
    private int replay() {
        long beganNanos = setup.nanos().getAsLong();
        int replayed = 0;
        int delivered = reader.poll(SHORT_WAIT);
        for (int polls = 1; delivered > 0; polls++) {
            replayed += delivered;
            long nowNanos = setup.nanos().getAsLong();
            if (polls == REPLAYS_PER_TURN
                    || nowNanos - beganNanos >= REPLAY_TURN.toNanos()
                    || snapshots.due(owned.values(), nowNanos)) {
                break;
            }
            delivered = reader.poll(Duration.ZERO);
        }
        return replayed;
    }

    /** Opens and closes standbys as the group wants them, and lets them read a little: less than a task processes in a turn. */
    private int follow() {
        if (standbys.isEmpty()) {
            return 0;
        }
        Standbys wanted = standbys.get();
        letGo(wanted.leaving());
        wanted.arriving(membership::owns).forEach(this::take);
        List<OwnedTask> following = following();
        for (OwnedTask standby : following) {
            try {
                standby.recovery().advance();
            } catch (RetryableException later) {
                retry(standby, later);
            } catch (CorruptException failure) {
                restoreOrFail(standby, failure);
            } catch (WellspringException failure) {
                fail(standby, failure);
            }
        }
        if (following.isEmpty() || snapshots.crowded() || following.stream().anyMatch(this::rests)) {
            return 0;
        }
        try {
            return wanted.read();
        } catch (RetryableException later) {
            patience.during(() -> following().forEach(standby -> retry(standby, later)));
        } catch (WellspringException failure) {
            following().forEach(standby -> fail(standby, failure));
        }
        return 1;
    }

    private List<OwnedTask> following() {
        return owned.values().stream().filter(OwnedTask::following).toList();
    }

    private boolean isStandby(TaskId id) {
        return standbys.map(known -> known.has(id)).orElse(false);
    }

    private Map<TaskId, Long> standbyPositions() {
        return following().stream()
                .collect(Collectors.toMap(
                        OwnedTask::id, standby -> standby.recovery().position()));
    }

    /** A task has become this worker's; where there is a standby of it that is as it should be, it goes on. */
    private void arrive(TaskId id) {
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

    /** Where the journals were cut past the local snapshot a backup may go on; the search finds out. */
    private void restoreOrFail(OwnedTask task, CorruptException failure) {
        if (restores.isEmpty() || task.brokenStore().isPresent()) {
            fail(task, failure);
            return;
        }
        Map<String, Long> local = task.recovery().beganAt();
        letGo(List.of(task.id()));
        restores.get().begin(task.id(), local, failure);
        publish(task.id(), TaskStatus.Recovering.fromBackup(task.id()));
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

    private boolean stillRecovering(OwnedTask task) {
        return owned.get(task.id()) == task && task.phase() == OwnedTask.Phase.RECOVERING;
    }

    /** The cluster or the disk is away: the recovery begins again, later. */
    private void retry(OwnedTask task, RetryableException why) {
        letGo(List.of(task.id()));
        delay(task.id(), why);
    }

    private void delay(TaskId id, RetryableException why) {
        long millis = delayed.add(id);
        LOG.warn("{} is tried again in {} ms: {}", named(id), millis, why.getMessage());
        publish(id, new TaskStatus.Waiting(id.toString(), why));
    }

    private void run(OwnedTask task, Recovered recovered) {
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

    /**
     * A store can be found corrupt by a query or by the write of a snapshot too, or a state without an encoding by that write, while the task itself goes
     * on in memory: what it has in the transaction is committed before.
     */
    private void stopFaulty() {
        for (OwnedTask task : List.copyOf(owned.values())) {
            if (task.phase() != OwnedTask.Phase.FAILED && task.fault().isPresent() && commits.ready()) {
                if (task.task().touched()) {
                    commits.finish(membership.metadata());
                }
                if (owned.get(task.id()) == task) {
                    fail(task, task.fault().get());
                }
            }
        }
    }

    /** Stops a task, or rebuilds it when its store is to blame and was not put aside before. */
    private void fail(OwnedTask task, RuntimeException failure) {
        if (task.brokenStore().isPresent() && rebuilds(task, task.brokenStore().get())) {
            return;
        }
        LOG.error("{} stopped: {}", named(task.id()), failure.getMessage(), failure);
        membership.pause(task.task().partitions());
        task.fail(failure);
        publish(task.id(), task.status());
    }

    private boolean rebuilds(OwnedTask task, CorruptException broken) {
        membership.pause(task.task().partitions());
        task.closeStore();
        try {
            if (!setup.putAside(task.id(), broken)) {
                return false;
            }
        } catch (RetryableException later) {
            letGo(List.of(task.id()));
            delay(task.id(), later);
            return true;
        }
        letGo(List.of(task.id()));
        take(task.id());
        return true;
    }

    private int process() {
        int processed = 0;
        List<OwnedTask> running = running();
        waitingBytes =
                running.stream().mapToLong(task -> task.task().waitingBytes()).sum();
        for (OwnedTask task : running) {
            // Slow steps must not hold the commit back: it would come after the broker has given the transaction up.
            if (commits.overtime()) {
                break;
            }
            // A task that stops has what came before it committed, which may send others back to recovery.
            if (task.running() && commits.ready() && !rests(task)) {
                long waited = task.task().waitingBytes();
                task.task().waitingRoom(waitingRoom.of(waited, waitingBytes, running.size()));
                try {
                    int done = task.task()
                            .process(RECORDS_PER_TURN, this::goesOn, membership::caughtUp, commits.producer());
                    processed += done;
                } catch (TaskStopped stopped) {
                    commitBefore(task, stopped);
                }
                waitingBytes += task.task().waitingBytes() - waited;
                if (task.running()) {
                    resumeDrained(task.task());
                }
            }
        }
        return processed;
    }

    /** Asked before each record and timer: notes when the first one of a transaction is processed, and ends the turn when a commit is overdue. */
    private boolean goesOn() {
        commits.opened();
        return !commits.overtime();
    }

    /** The records before the one that stopped the task stand: its part of the transaction is committed with the others'. */
    private void commitBefore(OwnedTask task, TaskStopped stopped) {
        LOG.debug("task {} stops; what it did before is committed", task.id());
        if (task.task().touched()) {
            commits.opened();
            commits.finish(membership.metadata());
        }
        if (owned.get(task.id()) == task && task.running()) {
            fail(task, stopped);
        }
    }

    private void resumeDrained(Task task) {
        for (PartitionBuffer buffer : task.buffers()) {
            if (buffer.paused()
                    && !buffer.isOver(setup.config().bufferRecords() / 2 + 1, bufferBytesOfPartition() / 2 + 1)) {
                buffer.paused(false);
                membership.resume(List.of(buffer.partition()));
            }
        }
    }

    /** Whether all tasks run, what they did is committed, and nothing more is there but records that wait for their turn. */
    boolean idle() {
        return commits.ready()
                && !commits.open()
                && drained()
                && running().size() == owned.size() - following().size()
                && restores.map(Restores::none).orElse(true);
    }

    /** Whether nothing is in hand and the broker is known to have nothing more. */
    private boolean drained() {
        for (OwnedTask task : owned.values()) {
            if (task.running()
                    && (task.task().hasWork()
                            || !task.task().partitions().stream().allMatch(membership::caughtUp))) {
                return false;
            }
        }
        return true;
    }

    private List<OwnedTask> running() {
        return owned.values().stream().filter(OwnedTask::running).toList();
    }

    private void publishStatus() {
        long now = setup.nanos().getAsLong();
        if (now - statusNanos >= STATUS_EVERY_NANOS) {
            statusNanos = now;
            owned.values().forEach(task -> publish(task.id(), task.status()));
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

    private String named(TaskId id) {
        return (isStandby(id) ? "the standby of task " : "task ") + id;
    }

    private void take(TaskId id) {
        try {
            if (setup.wantsBackup(id)) {
                restores.orElseThrow().begin(id);
                publish(id, TaskStatus.Recovering.fromBackup(id));
                return;
            }
        } catch (RetryableException later) {
            delay(id, later);
            return;
        } catch (RuntimeException failure) {
            cannotOpen(id, failure);
            return;
        }
        open(id, false);
    }

    private void open(TaskId id, boolean fromBackup) {
        try {
            OwnedTask task = setup.open(id, fromBackup, membership, reader, this::maxRecordBytes, patience);
            owned.put(id, task);
            if (isStandby(id)) {
                task.follow(standbys.orElseThrow().reader()); // what fails here is open already
            } else {
                routeTo(task);
            }
            publish(id, task.status());
        } catch (RetryableException later) {
            letGo(List.of(id));
            delay(id, later);
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

    private int maxRecordBytes(String topic) {
        return commits.producer().maxRecordBytes(setup.cluster().maxMessageBytes(topic));
    }

    /** Inside of callbacks too, so the snapshots under way wait for the cluster all together, and not each of them. */
    private void letGo(Collection<TaskId> ids) {
        patience.during(() -> ids.forEach(this::letGo));
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

    /** Whether the group has to hand out its partitions anew for this worker, which is asked for after it has joined. */
    private enum Regroup {
        WANTED,
        DUE,
        DONE
    }

    /** Tasks that come and go with the group's decisions. */
    private final class Arrivals implements Membership.Listener {
        @Override
        public void joined() {
            setup.engine().namesakes().joined(membership.metadata().memberId());
            if (regroup == Regroup.WANTED) {
                regroup = Regroup.DUE;
            } else {
                board.joined(setup.number());
            }
        }

        @Override
        public void arrived(TaskId task) {
            if (grown == null && task.partition() >= setup.partitionsOf(task)) {
                grown = task;
            }
            arrive(task);
        }

        @Override
        public void leaving(Set<TaskId> tasks) {
            commits.finish(membership.metadata());
            letGo(tasks);
        }

        @Override
        public void lost(Set<TaskId> tasks) {
            LOG.warn("worker {} lost tasks {}: the group gave them to another member", setup.number(), tasks);
            commits.drop();
            letGo(tasks);
        }
    }

    /** What commits tell about tasks. */
    private final class Transactions implements Commits.Listener {
        @Override
        public void position(OwnedTask task, Map<TopicPartition, InputPosition> positions) {
            for (PartitionBuffer buffer : task.task().buffers()) {
                // A position in doubt must not take the committed one back, which may lie behind control records.
                long consumed =
                        membership.position(buffer.partition()).orElseGet(() -> task.committed(buffer.partition()));
                positions.put(buffer.partition(), task.task().position(buffer, consumed));
            }
        }

        @Override
        public void rewind(Collection<OwnedTask> touched) {
            patience.during(() -> touched.stream()
                    .filter(task -> owned.get(task.id()) == task)
                    .forEach(task -> {
                        membership.pause(task.task().partitions());
                        letGo(List.of(task.id()));
                        take(task.id());
                    }));
        }

        @Override
        public Collection<OwnedTask> touched() {
            return running().stream().filter(task -> task.task().touched()).toList();
        }
    }
}
