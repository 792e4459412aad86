package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import io.wellspring.journal.JournalReader;
import io.wellspring.journal.RepartitionPurger;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
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

    private static final Duration IDLE_WAIT = Duration.ofMillis(20);
    private static final Duration SHORT_WAIT = Duration.ofMillis(1);
    private static final long STATUS_EVERY_NANOS = 100_000_000;

    private final WorkerSetup setup;
    private final StatusBoard board;
    private final Membership membership;
    private final JournalReader reader;
    private final Commits commits;
    private final WorkerTasks tasks;
    private final JournalTurn journals;
    private final Intake intake;
    private final Patience patience;
    private final SnapshotTurn snapshots;
    private final QuietInputs quiet;
    private final RepartitionPurge purge;
    private final Optional<BackupTurn> backups;
    private final Optional<Standbys> standbys;
    private final Queue<Runnable> questions = new ConcurrentLinkedQueue<>();
    private final Fencings fencings;
    private long statusNanos;
    private TaskId grown;
    private final Optional<UnownedTasks> unowned;
    private final DiskRefusals refusals = new DiskRefusals();
    private final JoinPatience joinPatience = new JoinPatience();
    private Regroup regroup;
    private volatile boolean closed;

    Worker(WorkerSetup setup, StatusBoard board) {
        this.setup = setup;
        this.board = board;
        this.fencings = new Fencings(setup);
        this.patience = new Patience(setup.nanos());
        this.backups = setup.engine()
                .backups()
                .map(place -> new BackupTurn(place, setup.nanos().getAsLong()));
        this.quiet = new QuietInputs(setup.nanos().getAsLong());
        this.purge = new RepartitionPurge(
                new RepartitionPurger(setup.engine().admin(), setup.config().startTimeout()),
                setup.nanos().getAsLong());
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
        this.tasks =
                new WorkerTasks(setup, board, membership, reader, standbys, patience, refusals, this::maxRecordBytes);
        this.journals = new JournalTurn(setup, tasks, reader, standbys, snapshots, patience, this::rests);
        this.intake = new Intake(setup, tasks, membership);
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
        ConsumerRecords<byte[], byte[]> polled = poll(pollWait());
        refuseGrowth();
        regroup();
        ownAll();
        work += intake.route(polled);
        if (commits.ready()) {
            tasks.openDue();
            stopFaulty();
            work += journals.recover();
            work += snapshots.take(tasks.all(), setup.nanos().getAsLong());
            refuseFullDisk();
            backups.ifPresent(turn -> turn.take(tasks.byId(), setup.nanos().getAsLong()));
            work += process();
            quiet.look(tasks.all(), membership, commits, setup.nanos().getAsLong());
            purge.take(tasks.all(), setup.nanos().getAsLong());
            commitIfDue();
        } else {
            work += journals.replayMeanwhile();
        }
        work += journals.follow(membership::owns, commits.ready());
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
        OwnedTask task = closed ? null : tasks.byId().get(id);
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
            if (commits.ready()) {
                quiet.lookNow(tasks.all(), membership, commits);
            }
            commits.finish(membership.metadata());
            patience.end();
            for (OwnedTask task : tasks.all()) {
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
            tasks.letAllGo();
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
        tasks.letGo(membership.joinAnew());
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

    /** No protocol gives single tasks back, so all go: others go on from the journal, or from a standby or backup. */
    private void refuseFullDisk() {
        var refused = refusals.look(tasks.all(), membership::owns, setup.nanos().getAsLong());
        if (refused.isPresent()) {
            RetryableException why = refused.get().why();
            commits.finish(membership.metadata()); // an orderly departure
            throw new RetryableException(
                    "Worker " + setup.id() + " leaves the group, as its disk has taken nothing of task "
                            + refused.get().task() + " for " + DiskRefusals.BOUND.toMinutes()
                            + " minutes; other engines go on with its tasks. Start this one again once that is mended: "
                            + why.getMessage(),
                    why);
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
        Set<String> ownerless = unowned.map(UnownedTasks::look).orElse(Set.of());
        if (!ownerless.isEmpty()) {
            LOG.warn(
                    "tasks {} of pipeline {} have no owner, as a rebalance was cut short; worker {} makes the group hand them out anew",
                    ownerless,
                    setup.topology().pipeline(),
                    setup.number());
            membership.regroup("tasks " + ownerless + " have no owner");
        }
    }

    private void failCut(TopicPartition partition, long offset, boolean lostTail) {
        OwnedTask task = tasks.runningOn(partition);
        if (task != null) {
            String wanted = "Task " + task.id() + " wants to go on at " + partition + "@" + offset;
            stop(
                    task,
                    new CorruptException(
                            lostTail
                                    ? wanted
                                            + ", but the log lost its tail before that offset, and with it records that were processed (an unclean"
                                            + " leader election). Restore them, or, if its new records shall be processed from a place on, stop the"
                                            + " engines and set the group's offset of this partition there; a place before @"
                                            + offset
                                            + " is refused where a stage has events of lost records"
                                    : wanted
                                            + ", but the log does not hold that offset any more: records were deleted before they were processed."
                                            + " Restore them, or accept the gap: stop the engines and set the group's offset of this partition by"
                                            + " hand"));
            membership.seek(
                    partition, offset); // without its epoch, or each poll would tell of it again, and deliver nothing
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
        if (!commits.ready()) {
            return journals.mayReplayMeanwhile() ? Duration.ZERO : SHORT_WAIT;
        }
        if (commits.overtime()) {
            return SHORT_WAIT; // nothing more is processed until the group has its new generation
        }
        boolean busy = tasks.all().stream()
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

    private Map<TaskId, Long> standbyPositions() {
        return tasks.standbyPositions();
    }

    /**
     * A store can be found corrupt by a query or by the write of a snapshot too, or a state without an encoding by that write, while the task itself goes
     * on in memory: what it has in the transaction is committed before.
     */
    private void stopFaulty() {
        for (OwnedTask task : List.copyOf(tasks.all())) {
            if (task.phase() != OwnedTask.Phase.FAILED && task.fault().isPresent() && commits.ready()) {
                stop(task, task.fault().get());
            }
        }
    }

    private int process() {
        int processed = 0;
        List<OwnedTask> running = tasks.running();
        intake.count(running);
        for (OwnedTask task : running) {
            // Slow steps must not hold the commit back: it would come after the broker has given the transaction up.
            if (commits.overtime()) {
                break;
            }
            // A task that stops has what came before it committed, which may send others back to recovery.
            if (task.running() && commits.ready() && !rests(task)) {
                processed += intake.during(task.task(), running.size(), () -> process(task));
                if (task.running()) {
                    intake.resumeDrained(task.task());
                }
            }
        }
        return processed;
    }

    private int process(OwnedTask task) {
        try {
            return task.task().process(RECORDS_PER_TURN, this::goesOn, membership::caughtUp, commits.producer());
        } catch (TaskStopped stopped) {
            stop(task, stopped);
            return 0;
        }
    }

    /** Asked before each record and timer: notes when the first one of a transaction is processed, and ends the turn when a commit is overdue. */
    private boolean goesOn() {
        commits.opened();
        return !commits.overtime();
    }

    /**
     * Stops a task. What it did before stands: its part of the transaction is committed with the others' first, else the next commit would publish it without
     * its positions. Where that is refused the task recovers instead, and meets what stops it again.
     */
    private void stop(OwnedTask task, RuntimeException why) {
        if (task.task().touched()) {
            LOG.debug("task {} stops; what it did before is committed", task.id());
            commits.opened();
            commits.finish(membership.metadata());
        }
        if (tasks.holds(task) && task.open()) {
            tasks.fail(task, why);
        }
    }

    private void commitIfDue() {
        boolean due = commits.due(drained());
        boolean held =
                joinPatience.holds(membership.joining(), due, setup.nanos().getAsLong());
        if (due && !held) {
            commits.begin(membership.metadata());
        }
    }

    /** Whether all tasks run, what they did is committed, and nothing more is there but records that wait for their turn. */
    boolean idle() {
        return commits.ready() && !commits.open() && drained() && tasks.settled();
    }

    /** Whether nothing is in hand and the broker is known to have nothing more. */
    private boolean drained() {
        for (OwnedTask task : tasks.all()) {
            if (task.running()
                    && (task.task().hasWork()
                            || !task.task().partitions().stream().allMatch(membership::caughtUp))) {
                return false;
            }
        }
        return true;
    }

    private void publishStatus() {
        long now = setup.nanos().getAsLong();
        if (now - statusNanos >= STATUS_EVERY_NANOS) {
            statusNanos = now;
            tasks.publishAll();
        }
    }

    private int maxRecordBytes(String topic) {
        return commits.producer().maxRecordBytes(setup.cluster().maxMessageBytes(topic));
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
            tasks.arrive(task);
        }

        @Override
        public void leaving(Set<TaskId> leaving) {
            commits.finish(membership.metadata());
            tasks.letGo(leaving);
        }

        @Override
        public void lost(Set<TaskId> lost) {
            LOG.warn("worker {} lost tasks {}: the group gave them to another member", setup.number(), lost);
            commits.drop();
            tasks.letGo(lost);
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
            patience.during(() -> touched.stream().filter(tasks::holds).forEach(tasks::rewind));
        }

        @Override
        public Collection<OwnedTask> touched() {
            return tasks.running().stream()
                    .filter(task -> task.task().touched())
                    .toList();
        }
    }
}
