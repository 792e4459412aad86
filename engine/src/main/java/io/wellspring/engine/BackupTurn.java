package io.wellspring.engine;

import io.wellspring.api.error.WellspringException;
import io.wellspring.api.port.StateBackups.Backup;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which tasks of a worker are backed up: each whose last snapshot holds more than its last backup, once an interval. The copying is done
 * elsewhere and holds nothing up; a task that leaves meanwhile is not backed up. Confined to the worker's thread.
 */
final class BackupTurn {
    private static final Logger LOG = LoggerFactory.getLogger(BackupTurn.class);

    /** Nothing here is urgent, and a worker may have a thousand tasks. */
    private static final long LOOK_NANOS = 10_000_000;

    private final BackupPlace place;
    private final Map<TaskId, Turn> turns = new HashMap<>();
    private long nextLookNanos;

    BackupTurn(BackupPlace place, long nowNanos) {
        this.place = place;
        this.nextLookNanos = nowNanos;
    }

    /** Settles the backups that have ended and begins those that are due. */
    void take(Map<TaskId, OwnedTask> tasks, long nowNanos) {
        if (nowNanos - nextLookNanos < 0) {
            return;
        }
        nextLookNanos = nowNanos + LOOK_NANOS;
        turns.keySet().retainAll(tasks.keySet());
        for (OwnedTask task : tasks.values()) {
            if (task.running()) {
                Turn turn = turns.computeIfAbsent(task.id(), id -> new Turn(nowNanos));
                turn.settle(task.id());
                if (turn.copying == null
                        && nowNanos - turn.lastNanos >= place.interval().toNanos()
                        && task.snapshots().written() != turn.copied) {
                    turn.begin(task, nowNanos);
                }
            }
        }
    }

    /** Of one task. */
    private final class Turn {
        private long lastNanos;

        /** The sum of the journal positions of the snapshot that was backed up last. */
        private long copied;

        private FutureTask<Optional<Backup>> copying;

        /** The last one that was made here. */
        private Optional<Backup> last = Optional.empty();

        private Turn(long nowNanos) {
            lastNanos = nowNanos;
        }

        private void begin(OwnedTask task, long nowNanos) {
            lastNanos = nowNanos;
            copied = task.snapshots().written();
            String name = task.id().toString();
            Optional<JournalTrim> trim = trim(task);
            copying = new FutureTask<>(() -> {
                Optional<Backup> made = place.backups().backUp(name);
                if (made.isPresent() && trim.isPresent()) {
                    trim.get().behind(made.get(), place, place.trimmer().orElseThrow());
                } else if (made.isPresent() && place.trimmer().isPresent()) {
                    place.backups().verify(name, made.get()); // the next one trims up to it
                }
                return made;
            });
            place.executor().execute(copying);
        }

        private Optional<JournalTrim> trim(OwnedTask task) {
            if (place.trimmer().isEmpty() || last.isEmpty()) {
                return Optional.empty();
            }
            try {
                return task.task()
                        .store()
                        .mark()
                        .map(covered -> new JournalTrim(
                                task.id().toString(), JournalTrim.journals(task.task()), last.get(), covered));
            } catch (WellspringException unreadable) {
                LOG.debug("task {}: its journals are not trimmed", task.id(), unreadable);
                return Optional.empty();
            }
        }

        private void settle(TaskId id) {
            if (copying == null || !copying.isDone()) {
                return;
            }
            FutureTask<Optional<Backup>> ended = copying;
            copying = null;
            try {
                Optional<Backup> made = ended.get();
                if (made.isEmpty()) {
                    copied = -1; // the store was closed meanwhile
                    return;
                }
                LOG.debug("task {} is backed up: {}", id, made.get());
                last = made;
            } catch (ExecutionException failed) {
                copied = -1;
                last = Optional.empty();
                String reason = failed.getCause() instanceof WellspringException known
                        ? known.getMessage()
                        : String.valueOf(failed.getCause());
                LOG.warn("task {} was not backed up; its older backups stand: {}", id, reason);
            } catch (InterruptedException | CancellationException ending) {
                copied = -1;
                Thread.currentThread().interrupt();
            }
        }
    }
}
