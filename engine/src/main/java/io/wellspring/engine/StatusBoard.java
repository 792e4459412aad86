package io.wellspring.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Where workers write how their tasks are and other threads read it. Thread-safe. */
final class StatusBoard {
    private final Map<TaskId, TaskStatus> tasks = new TreeMap<>();
    private final Map<TaskId, StandbyStatus> standbys = new TreeMap<>();
    private final Set<Integer> joined = new HashSet<>();
    private final Map<TaskId, TaskCounts> counts = new HashMap<>();
    private TaskCounts closedTasks = TaskCounts.ZERO;
    private RuntimeException failure;

    /** Why a task stopped first, also after it has gone. */
    private RuntimeException firstStop;

    private boolean ended;

    synchronized void publish(TaskId task, TaskStatus status) {
        tasks.put(task, status);
        if (status instanceof TaskStatus.Running running) {
            counts.put(task, running.counts());
        }
        if (firstStop == null && status instanceof TaskStatus.Failed failed) {
            firstStop = failed.error();
        }
        notifyAll();
    }

    synchronized void publish(TaskId task, StandbyStatus status) {
        standbys.put(task, status);
    }

    synchronized void gone(TaskId task, TaskCounts last) {
        tasks.remove(task);
        standbys.remove(task);
        counts.remove(task);
        closedTasks = closedTasks.plus(last);
        notifyAll();
    }

    /** Says that a worker has been given its partitions, if only none. */
    synchronized void joined(int worker) {
        joined.add(worker);
        notifyAll();
    }

    /** Says that a worker has ended with an error; the first one stays. */
    synchronized void failed(RuntimeException error) {
        if (failure == null) {
            failure = error;
        }
        notifyAll();
    }

    /** Why a worker has ended, or else why a task has stopped. */
    synchronized Optional<RuntimeException> failure() {
        if (failure != null) {
            return Optional.of(failure);
        }
        return tasks.values().stream()
                .filter(TaskStatus.Failed.class::isInstance)
                .map(status -> ((TaskStatus.Failed) status).error())
                .findFirst();
    }

    /** Says that the engine has been closed. */
    synchronized void ended() {
        ended = true;
        notifyAll();
    }

    /** Waits until there is a failure, or the engine has been closed without one. */
    synchronized Optional<RuntimeException> awaitEnd() throws InterruptedException {
        while (!ended && failure == null && firstStop == null) {
            wait();
        }
        return Optional.ofNullable(failure != null ? failure : firstStop);
    }

    synchronized boolean joinedBy(int workers) {
        return joined.size() >= workers;
    }

    synchronized List<TaskStatus> statuses() {
        return new ArrayList<>(tasks.values());
    }

    synchronized List<StandbyStatus> standbys() {
        return new ArrayList<>(standbys.values());
    }

    /** Of a task that does not run now, what it had when it last did. */
    synchronized TaskCounts counts() {
        return counts.values().stream().reduce(closedTasks, TaskCounts::plus);
    }

    /**
     * Waits until a question about this board has an answer.
     *
     * @return the answer, or empty when the time ran out
     */
    synchronized <T> Optional<T> await(Duration timeout, Function<StatusBoard, Optional<T>> question)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        Optional<T> answer = question.apply(this);
        while (answer.isEmpty()) {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                return Optional.empty();
            }
            wait(leftMillis);
            answer = question.apply(this);
        }
        return answer;
    }
}
