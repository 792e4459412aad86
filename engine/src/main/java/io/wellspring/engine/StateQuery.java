package io.wellspring.engine;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.RetryableException;
import io.wellspring.state.Entry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Point queries on the committed state of a stage, from any thread. Answered by the worker that owns the key, between two records: what an
 * open transaction changed is not seen before it is committed.
 *
 * @param <K> the type of the keys
 * @param <S> the type of the state
 */
public final class StateQuery<K, S> {
    private final TaskGroup.StagePlan plan;
    private final TaskGroup group;
    private final Cluster cluster;
    private final List<WorkerThread> workers;

    StateQuery(TaskGroup.StagePlan plan, TaskGroup group, Cluster cluster, List<WorkerThread> workers) {
        this.plan = plan;
        this.group = group;
        this.cluster = cluster;
        this.workers = workers;
    }

    /**
     * Asks for a key's committed state.
     *
     * @param key the key
     * @return the state, empty where the key has none; fails with a {@link RetryableException} when the key's task does not run in this engine
     */
    public CompletableFuture<Optional<S>> get(K key) {
        TaskId task = taskOf(key, plan, group, cluster);
        var answer = new CompletableFuture<Optional<S>>();
        ask(0, task, key, answer);
        return answer;
    }

    /** The task that a key of a stage belongs to. */
    static TaskId taskOf(Object key, TaskGroup.StagePlan plan, TaskGroup group, Cluster cluster) {
        @SuppressWarnings("unchecked") // the stage's keys are of the key's type
        Codec<Object> keys = (Codec<Object>) plan.node().keys();
        int partition = KeyPartitions.of(
                keys.encode(key), cluster.partitions(group.inputs().get(0).topic()));
        return new TaskId(group.number(), partition);
    }

    /** Goes from worker to worker until one owns the task. */
    private void ask(int number, TaskId task, K key, CompletableFuture<Optional<S>> answer) {
        for (int next = number; next < workers.size(); next++) {
            int asked = next;
            if (workers.get(asked).ask(worker -> answer(asked, worker, task, key, answer))) {
                return;
            }
        }
        answer.completeExceptionally(
                new RetryableException("Key " + key + " of stage " + plan.name() + " belongs to task " + task
                        + ", which does not run in this engine now. Ask again, or ask the engine that owns it"));
    }

    @SuppressWarnings("unchecked") // the stage's state is S
    private void answer(int number, Worker worker, TaskId id, K key, CompletableFuture<Optional<S>> answer) {
        Task task = worker.running(id);
        if (task == null) {
            ask(number + 1, id, key, answer);
            return;
        }
        try {
            Entry<Object> entry = task.stage(plan.name()).table().committed(key);
            Optional<S> state = entry == null ? Optional.empty() : Optional.ofNullable((S) entry.state());
            // What the caller does with it runs elsewhere: a wait for a second answer there would wait for this very
            // thread.
            answer.completeAsync(() -> state);
        } catch (RuntimeException failure) {
            answer.completeExceptionally(failure);
        }
    }
}
