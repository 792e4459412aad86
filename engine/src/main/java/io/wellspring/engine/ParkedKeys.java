package io.wellspring.engine;

import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import io.wellspring.engine.ParkingOrders.End;
import io.wellspring.engine.ParkingOrders.Order;
import io.wellspring.engine.ParkingOrders.Outcome;
import io.wellspring.state.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The keys that a stage has parked under {@link io.wellspring.api.Policy.ParkKey}, and the two ways on: release and drop. They are for the keys
 * whose tasks run in this engine; other engines of the pipeline have their own. Any thread may call.
 *
 * @param <K> the type of the stage's keys
 */
public final class ParkedKeys<K> {
    private final TaskGroup.StagePlan plan;
    private final String topic;
    private final TaskCalls calls;
    private final Executor readers;
    private final Function<TopicPartition, ParkedTopicReader> open;

    ParkedKeys(
            TaskGroup.StagePlan plan,
            String topic,
            TaskCalls calls,
            Executor readers,
            Function<TopicPartition, ParkedTopicReader> open) {
        this.plan = plan;
        this.topic = topic;
        this.calls = calls;
        this.readers = readers;
        this.open = open;
    }

    /**
     * The parked keys of the tasks that run in this engine, as committed. Those of tasks that recover or have failed are not among them, nor any
     * once the engine is closed: {@link Engine#status()} says which tasks run.
     *
     * @return the keys, in no order
     */
    public CompletableFuture<List<ParkedKey<K>>> list() {
        return calls.askAll(task -> committed(parking(task)));
    }

    /** Those of one task; for its worker's thread. */
    static <K> List<ParkedKey<K>> committed(StageParking parking) {
        List<ParkedKey<K>> found = new ArrayList<>();
        parking.table().forEachCommitted((key, entry) -> found.add(shown(key, entry.state())));
        return found;
    }

    /**
     * Lets a key go on from where it failed: its parked records are read back and processed in order, each once, in transactions like any others,
     * also those that come meanwhile; then it is not parked any more. Timers that were due between the records fire between them. A record
     * or timer that fails again ends the release, and the key stays parked from there on, with that reason.
     *
     * <p>One release of an engine is done after the other. The topic's partition is read from its beginning for each. A crash in between loses nothing:
     * what was processed is not parked any more, the rest is, and another release goes on there.
     *
     * @param key the key
     * @return once what was done is committed: empty, as the key is not parked any more (or was not), or how it is parked now because something
     *     failed again. Fails with a {@link RetryableException} when the key's task does not run in this engine or leaves it meanwhile, and
     *     with a {@link io.wellspring.api.error.CorruptException} when a parked record is not in the topic any more
     */
    public CompletableFuture<Optional<ParkedKey<K>>> release(K key) {
        var answer = new CompletableFuture<Optional<ParkedKey<K>>>();
        var release = new Release(
                "key " + ShownKey.of(key) + " of stage " + plan.name(), () -> takeBack(key, answer), answer);
        try {
            readers.execute(release);
        } catch (RejectedExecutionException full) {
            release.refuse("the engine is closed, or too many releases wait");
        }
        return answer;
    }

    private void takeBack(K key, CompletableFuture<Optional<ParkedKey<K>>> answer) {
        Optional<ParkedKey<K>> left = takeBack(key);
        Answers.give(answer, () -> left);
    }

    /** A release that waits for its turn on the thread of releases. */
    record Release(String what, Runnable work, CompletableFuture<?> answer) implements Runnable {
        @Override
        public void run() {
            try {
                work.run();
            } catch (InterruptException closing) {
                refuse("the engine is being closed");
            } catch (Throwable failure) { // an error too: a caller waits
                Answers.fail(answer, failure);
            }
        }

        void refuse(String why) {
            Answers.fail(
                    answer,
                    new RetryableException("The release of " + what + " is not done, or not to its end: " + why
                            + ". What is left stays parked; ask again later"));
        }
    }

    /**
     * Gives a key's parked records up: they stay in the topic and are never processed; the key goes on with the records that come from now on. A
     * timer that failed is dropped as if it had fired; the key's other timers go on.
     *
     * @param key the key
     * @return once it is committed: how many records were given up; 0 also where the key was not parked. Fails with a {@link RetryableException}
     *     when the key's task does not run in this engine or leaves it meanwhile
     */
    public CompletableFuture<Long> drop(K key) {
        return order(key, (gate, answer) -> Order.drop(gate, key, answer))
                .thenApply(outcome ->
                        outcome.parked() == null ? 0 : outcome.parked().left());
    }

    /** On a thread of its own: reads batch after batch from the topic, and has each one carried out by the key's task. */
    private Optional<ParkedKey<K>> takeBack(K key) {
        Parked parked = await(begin(key)).orElse(null);
        if (parked == null) {
            return Optional.empty();
        }
        try (ParkedTopicReader reader = open.apply(calls.partition(plan, key, topic))) {
            while (true) {
                List<ParkedRecord> records = reader.read(parked, plan.journal());
                Outcome outcome = await(order(key, (gate, answer) -> Order.takeBack(gate, key, records, answer)));
                if (outcome.end() == End.FAILED_AGAIN) {
                    return Optional.of(shown(key, outcome.parked()));
                }
                if (outcome.end() != End.MORE) {
                    return Optional.empty();
                }
                parked = outcome.parked();
            }
        } finally {
            calls.ask(plan, key, new CompletableFuture<>(), task -> gate(task).remember(null));
        }
    }

    /** How the key is parked; what comes for it from now on is also kept in memory, or the topic's end could never be reached. */
    private CompletableFuture<Optional<Parked>> begin(K key) {
        var answer = new CompletableFuture<Optional<Parked>>();
        calls.ask(plan, key, answer, task -> {
            gate(task).remember(key);
            Entry<Parked> entry = parking(task).table().committed(key);
            Answers.give(answer, () -> entry == null ? Optional.empty() : Optional.ofNullable(entry.state()));
        });
        return answer;
    }

    private CompletableFuture<Outcome> order(K key, MakesOrder makes) {
        var answer = new CompletableFuture<Outcome>();
        calls.ask(plan, key, answer, task -> task.orders().add(makes.order(gate(task), answer)));
        return answer;
    }

    /** Makes an order for the gate of the task that owns the key. */
    private interface MakesOrder {
        Order order(ParkingGate gate, CompletableFuture<Outcome> answer);
    }

    private ParkingGate gate(Task task) {
        return task.stage(plan.name()).gate();
    }

    private StageParking parking(Task task) {
        return task.stage(plan.name()).parking();
    }

    @SuppressWarnings("unchecked") // the stage's keys are K
    private static <K> ParkedKey<K> shown(Object key, Parked parked) {
        return new ParkedKey<>((K) key, parked.reason(), parked.left(), Instant.ofEpochMilli(parked.sinceMillis()));
    }

    /** The worker answers each question, at the latest when it ends. */
    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof WellspringException known) {
                throw known;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetryableException("A release was interrupted; ask again", e);
        }
    }
}
