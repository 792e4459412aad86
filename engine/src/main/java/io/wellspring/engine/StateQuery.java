package io.wellspring.engine;

import io.wellspring.api.error.RetryableException;
import io.wellspring.state.Entry;
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
    private final TaskCalls calls;

    StateQuery(TaskGroup.StagePlan plan, TaskCalls calls) {
        this.plan = plan;
        this.calls = calls;
    }

    /**
     * Asks for a key's committed state.
     *
     * @param key the key
     * @return the state, empty where the key has none; fails with a {@link RetryableException} when the key's task does not run in this engine
     */
    public CompletableFuture<Optional<S>> get(K key) {
        var answer = new CompletableFuture<Optional<S>>();
        calls.ask(plan, key, answer, task -> answer(task, key, answer));
        return answer;
    }

    @SuppressWarnings("unchecked") // the stage's state is S
    private void answer(Task task, K key, CompletableFuture<Optional<S>> answer) {
        Entry<Object> entry = task.stage(plan.name()).table().committed(key);
        Optional<S> state = entry == null ? Optional.empty() : Optional.ofNullable((S) entry.state());
        Answers.give(answer, () -> state);
    }
}
