package io.wellspring.engine;

import io.wellspring.api.error.RetryableException;
import io.wellspring.engine.ParkingOrders.End;
import io.wellspring.engine.ParkingOrders.Order;
import io.wellspring.engine.ParkingOrders.Outcome;
import io.wellspring.state.Entry;
import io.wellspring.testkit.sim.SimKafka;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Releases and drops parked keys in one process, one at a time, as {@link ParkedKeys} does; there a thread waits between the steps, here other
 * things happen.
 */
final class ShopRelease {
    private final SteppedEngine engine;
    private final SimKafka kafka;
    private final Function<TopicPartition, ParkedTopicReader> open;
    private Release current;

    ShopRelease(SteppedEngine engine, SimKafka kafka, Function<TopicPartition, ParkedTopicReader> open) {
        this.engine = engine;
        this.kafka = kafka;
        this.open = open;
    }

    /** Takes an answer at once: which step comes first must not be up to other threads. */
    private static final class Answer extends CompletableFuture<Outcome> {
        @Override
        public Executor defaultExecutor() {
            return Runnable::run;
        }
    }

    /** What is under way; {@code answer} is null while the next records are to be read. */
    private static final class Release {
        private final TaskId id;
        private final Task task;
        private final ParkingGate gate;
        private final String key;
        private final TopicPartition partition;
        private Parked parked;
        private ParkedTopicReader reader;
        private Answer answer;

        Release(TaskId id, Task task, ParkingGate gate, String key) {
            this.id = id;
            this.task = task;
            this.gate = gate;
            this.key = key;
            this.partition = new TopicPartition(gate.topic(), id.partition());
        }
    }

    boolean busy() {
        return current != null;
    }

    /** Gives a key's parked records up, where its task runs here. */
    void drop(TaskId id, String stage, String key) {
        Task task = engine.running(id);
        if (task != null) {
            kafka.note("key " + key + " is dropped");
            task.orders().add(Order.drop(task.stage(stage).gate(), key, new Answer()));
        }
    }

    /** Begins to release a key, where its task runs here and no other release is under way. */
    void begin(TaskId id, String stage, String key) {
        Task task = engine.running(id);
        if (task == null || busy()) {
            return;
        }
        var release = new Release(id, task, task.stage(stage).gate(), key);
        release.gate.remember(key);
        Entry<Parked> entry = release.gate.parking().table().committed(key);
        release.parked = entry == null ? null : entry.state();
        current = release;
        if (release.parked == null) {
            end("was not parked");
        } else {
            kafka.note("key " + key + " is released: " + release.parked.left() + " records");
        }
    }

    void step() {
        Release release = current;
        if (engine.running(release.id) != release.task) {
            end("its task is gone");
        } else if (release.answer == null) {
            read(release);
        } else if (release.answer.isDone()) {
            Outcome outcome = release.answer.join();
            release.parked = outcome.parked();
            release.answer = null;
            if (outcome.end() != End.MORE) {
                end(outcome.end().toString());
            }
        }
    }

    private void read(Release release) {
        if (kafka.lastStableOffset(release.partition) < kafka.highWatermark(release.partition)) {
            return; // the reader's thread would wait
        }
        List<ParkedRecord> records;
        try {
            if (release.reader == null) {
                release.reader = open.apply(release.partition);
            }
            records = release.reader.read(release.parked, release.gate.stage().journal());
        } catch (RetryableException | KafkaException unanswered) {
            end(unanswered.getMessage());
            return;
        }
        release.answer = new Answer();
        release.task.orders().add(Order.takeBack(release.gate, release.key, records, release.answer));
    }

    private void end(String how) {
        kafka.note("the release of key " + current.key + " ends: " + how);
        if (current.reader != null) {
            current.reader.close();
        }
        if (engine.running(current.id) == current.task) {
            current.gate.remember(null);
        }
        current = null;
    }
}
