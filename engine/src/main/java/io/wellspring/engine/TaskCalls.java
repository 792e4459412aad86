package io.wellspring.engine;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.RetryableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/** Reaches the tasks of an engine from any thread: what is asked is done by the worker that owns the task, between two records. */
final class TaskCalls {
    private final TaskGroup group;
    private final Cluster cluster;
    private final List<WorkerThread> workers;

    TaskCalls(TaskGroup group, Cluster cluster, List<WorkerThread> workers) {
        this.group = group;
        this.cluster = cluster;
        this.workers = workers;
    }

    /**
     * Asks the task that owns a key.
     *
     * @param answer fails with a {@link RetryableException} when that task does not run in this engine, and with what the question throws
     * @param question called with the task, on its worker's thread
     */
    void ask(TaskGroup.StagePlan plan, Object key, CompletableFuture<?> answer, Consumer<Task> question) {
        ask(0, task(plan, key), "Key " + ShownKey.of(key) + " of stage " + plan.name(), answer, question);
    }

    /** The task that a key of a stage belongs to. */
    TaskId task(TaskGroup.StagePlan plan, Object key) {
        return new TaskId(group.number(), partition(plan, key));
    }

    /** Where a parked record of the key lies. */
    TopicPartition partition(TaskGroup.StagePlan plan, Object key, String topic) {
        return new TopicPartition(topic, partition(plan, key));
    }

    private int partition(TaskGroup.StagePlan plan, Object key) {
        @SuppressWarnings("unchecked") // the stage's keys are of the key's type
        Codec<Object> keys = (Codec<Object>) plan.node().keys();
        return KeyPartitions.of(keys.encode(key), partitions());
    }

    private int partitions() {
        return cluster.partitions(group.inputs().get(0).topic());
    }

    /** Goes from worker to worker until one owns the task. */
    private void ask(int number, TaskId id, String what, CompletableFuture<?> answer, Consumer<Task> question) {
        for (int next = number; next < workers.size(); next++) {
            int asked = next;
            if (workers.get(asked).ask(worker -> answer(asked, worker, id, what, answer, question))) {
                return;
            }
        }
        Answers.fail(
                answer,
                new RetryableException(what + " belongs to task " + id
                        + ", which does not run in this engine now. Ask again, or ask the engine that owns it"));
    }

    private void answer(
            int number, Worker worker, TaskId id, String what, CompletableFuture<?> answer, Consumer<Task> question) {
        Task task = worker.running(id);
        if (task == null) {
            ask(number + 1, id, what, answer, question);
            return;
        }
        try {
            question.accept(task);
        } catch (RuntimeException failure) {
            Answers.fail(answer, failure);
        }
    }

    /**
     * Asks all tasks of the group that run in this engine.
     *
     * @param question called with each task, on its worker's thread
     * @return what they say, in no order
     */
    <T> CompletableFuture<List<T>> askAll(Function<Task, List<T>> question) {
        CompletableFuture<List<T>> all = CompletableFuture.completedFuture(List.of());
        for (WorkerThread thread : workers) {
            var part = new CompletableFuture<List<T>>();
            if (thread.ask(worker -> answerAll(worker, part, question))) {
                all = all.thenCombineAsync(part, TaskCalls::joined);
            }
        }
        return all;
    }

    private <T> void answerAll(Worker worker, CompletableFuture<List<T>> part, Function<Task, List<T>> question) {
        try {
            List<T> found = new ArrayList<>();
            for (int partition = 0; partition < partitions(); partition++) {
                Task task = worker.running(new TaskId(group.number(), partition));
                if (task != null) {
                    found.addAll(question.apply(task));
                }
            }
            Answers.give(part, () -> found);
        } catch (RuntimeException failure) {
            Answers.fail(part, failure);
        }
    }

    private static <T> List<T> joined(List<T> a, List<T> b) {
        List<T> joined = new ArrayList<>(a);
        joined.addAll(b);
        return joined;
    }
}
