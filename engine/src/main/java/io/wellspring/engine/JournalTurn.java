package io.wellspring.engine;

import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import io.wellspring.journal.JournalReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A worker's turns of reading journals: those of the tasks that recover, a good deal in each turn, and those that its standbys follow, a little. Between them the tasks
 * that run have theirs. Confined to the worker's thread.
 */
final class JournalTurn {
    /**
     * Polls of the journals in a turn, and for how long at most: the tasks that run wait meanwhile, and those that come to run need several turns for
     * their first records, since the group's consumer sends and receives only while it is polled.
     */
    private static final int REPLAYS_PER_TURN = 20;

    private static final Duration REPLAY_TURN = Duration.ofMillis(5);

    /** For how long at most while a commit is under way: its end is looked for after that. */
    private static final Duration COMMIT_TURN = Duration.ofMillis(2);

    private static final Duration SHORT_WAIT = Duration.ofMillis(1);

    private final WorkerSetup setup;
    private final WorkerTasks tasks;
    private final JournalReader reader;
    private final Optional<Standbys> standbys;
    private final SnapshotTurn snapshots;
    private final Patience patience;
    private final Predicate<OwnedTask> rests;

    /**
     * Nothing is read yet.
     *
     * @param reader reads the journals of the tasks that recover
     * @param rests whether so much of a task waits for the disk that it may take in no more
     */
    JournalTurn(
            WorkerSetup setup,
            WorkerTasks tasks,
            JournalReader reader,
            Optional<Standbys> standbys,
            SnapshotTurn snapshots,
            Patience patience,
            Predicate<OwnedTask> rests) {
        this.setup = setup;
        this.tasks = tasks;
        this.reader = reader;
        this.standbys = standbys;
        this.snapshots = snapshots;
        this.patience = patience;
        this.rests = rests;
    }

    /** Brings the tasks that recover further, and lets those run that are through; returns 0 when there is nothing to do. */
    int recover() {
        List<OwnedTask> recovering = tasks.recovering();
        for (OwnedTask task : recovering) {
            try {
                task.recovery().advance().ifPresent(recovered -> tasks.run(task, recovered));
            } catch (RetryableException later) {
                tasks.retry(task, later);
            } catch (CorruptException failure) {
                tasks.restoreOrFail(task, failure);
            } catch (WellspringException failure) {
                tasks.fail(task, failure);
            }
        }
        return replay(recovering, SHORT_WAIT, REPLAY_TURN);
    }

    /** Replays while a commit is under way, which the tasks that recover have no part in. */
    int replayMeanwhile() {
        return mayReplayMeanwhile() ? replay(tasks.recovering(), SHORT_WAIT, COMMIT_TURN) : 0;
    }

    /** Whether there is something to replay while a commit is under way: no snapshot is taken then, so not beyond one that is due. */
    boolean mayReplayMeanwhile() {
        List<OwnedTask> recovering = tasks.recovering();
        return !recovering.isEmpty()
                && recovering.stream().noneMatch(rests)
                && !snapshots.due(tasks.all(), setup.nanos().getAsLong());
    }

    private int replay(List<OwnedTask> recovering, Duration atMost, Duration turn) {
        if (recovering.isEmpty() || recovering.stream().anyMatch(rests)) {
            return 0; // what is replayed waits for the disk
        }
        try {
            return 1 + replay(atMost, turn);
        } catch (RetryableException later) {
            patience.during(
                    () -> recovering.stream().filter(this::stillRecovering).forEach(task -> tasks.retry(task, later)));
        } catch (WellspringException failure) {
            recovering.stream().filter(this::stillRecovering).forEach(task -> tasks.fail(task, failure));
        }
        return 1;
    }

    private boolean stillRecovering(OwnedTask task) {
        return tasks.holds(task) && task.phase() == OwnedTask.Phase.RECOVERING;
    }

    /**
     * Replays what has been fetched. Not one poll only: tasks that run already would take most of each turn, and one journal after the other
     * would wait for its own. Not beyond a due snapshot, for that is what bounds what a replay holds in memory.
     */
    private int replay(Duration atMost, Duration turn) {
        long beganNanos = setup.nanos().getAsLong();
        int replayed = 0;
        int delivered = reader.poll(atMost);
        for (int polls = 1; delivered > 0; polls++) {
            replayed += delivered;
            long nowNanos = setup.nanos().getAsLong();
            if (polls == REPLAYS_PER_TURN
                    || nowNanos - beganNanos >= turn.toNanos()
                    || snapshots.due(tasks.all(), nowNanos)) {
                break;
            }
            delivered = reader.poll(Duration.ZERO);
        }
        return replayed;
    }

    /**
     * Opens and closes standbys as the group wants them, and lets them read a little: less than a task processes in a turn.
     *
     * @param snapshotsTaken whether snapshots are taken in this turn; in others nothing is read beyond one that is due
     */
    int follow(Predicate<TaskId> ownedByGroup, boolean snapshotsTaken) {
        if (standbys.isEmpty()) {
            return 0;
        }
        Standbys wanted = standbys.get();
        tasks.letGo(wanted.leaving());
        wanted.arriving(ownedByGroup).forEach(tasks::take);
        List<OwnedTask> following = tasks.following();
        for (OwnedTask standby : following) {
            try {
                standby.recovery().advance();
            } catch (RetryableException later) {
                tasks.retry(standby, later);
            } catch (CorruptException failure) {
                tasks.restoreOrFail(standby, failure);
            } catch (WellspringException failure) {
                tasks.fail(standby, failure);
            }
        }
        if (following.isEmpty()
                || snapshots.crowded()
                || following.stream().anyMatch(rests)
                || (!snapshotsTaken && snapshots.due(tasks.all(), setup.nanos().getAsLong()))) {
            return 0;
        }
        try {
            return wanted.read();
        } catch (RetryableException later) {
            patience.during(() -> tasks.following().forEach(standby -> tasks.retry(standby, later)));
        } catch (WellspringException failure) {
            tasks.following().forEach(standby -> tasks.fail(standby, failure));
        }
        return 1;
    }
}
