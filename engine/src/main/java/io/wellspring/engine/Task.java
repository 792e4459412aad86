package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.Graph;
import io.wellspring.api.port.Node;
import io.wellspring.api.port.StateStore;
import io.wellspring.engine.TaskGroup.StagePlan;
import io.wellspring.journal.TransactionalProducer;
import io.wellspring.state.StateTable;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The single owner of one partition of a task group: takes records from its inputs in order of event time, walks them through the fused
 * steps, and sends what they produced. Confined to the thread of its worker.
 *
 * <p>Order: where the group has several inputs, the record with the smallest event time goes first; ties go by the order of declaration. An input
 * that has no record in hand holds the others back for as long as the broker is known, or not yet known, to have more; so what was written before
 * the task reads it is merged the same way each time.
 */
final class Task {
    /** How many records are processed between two looks at what the producer holds. */
    private static final int ROOM_EVERY = 32;

    private final TaskId id;
    private final TaskGroup group;
    private final StateStore store;
    private final List<PartitionBuffer> buffers = new ArrayList<>();
    private final Map<String, StageRuntime> stages = new HashMap<>();
    private final RecordScope scope;
    private final TaskContext context;
    private final PolicyLog policyLog;
    private final Receiver[] receivers;

    private long watermarkMillis = Long.MIN_VALUE;
    private boolean touched;
    private long records;
    private long events;
    private long skipped;
    private long deadLettered;
    private TaskCounts committedCounts = TaskCounts.ZERO;
    private ConsumerRecord<byte[], byte[]> current;

    Task(TaskId id, TaskGroup group, Graph graph, StateStore store, Settings settings) {
        this.id = id;
        this.group = group;
        this.store = store;
        this.scope = new RecordScope(settings.maxBytesOfTopic(), settings.maxAheadMillisOfTopic(), settings.clock());
        this.context = new TaskContext(
                id,
                settings.partitionsOfTopic().applyAsInt(group.inputs().get(0).topic()),
                settings.clock());
        this.policyLog = new PolicyLog(settings.clock());
        Map<Integer, StageRuntime> byNode = new HashMap<>();
        for (StagePlan plan : group.stages()) {
            StageRuntime stage = new StageRuntime(this, plan, table(plan, settings.cleanStates()));
            stages.put(plan.name(), stage);
            byNode.put(plan.node().id(), stage);
        }
        publishViews(graph, byNode);
        var wiring = new Wiring(this, graph, group, byNode, settings.partitionsOfTopic());
        this.receivers = new Receiver[group.inputs().size()];
        for (int i = 0; i < receivers.length; i++) {
            TaskGroup.Input input = group.inputs().get(i);
            buffers.add(new PartitionBuffer(input, new TopicPartition(input.topic(), id.partition())));
            receivers[i] = wiring.behind(input);
        }
    }

    /**
     * What tasks share.
     *
     * @param clock the source of processing time
     * @param cleanStates how many states that RocksDB holds are kept as objects, for each stage and task
     * @param maxBytesOfTopic how large a record of a topic may be
     * @param maxAheadMillisOfTopic how far ahead of the clock the timestamp of a record for a topic may lie
     * @param partitionsOfTopic how many partitions a topic has
     */
    record Settings(
            Clock clock,
            int cleanStates,
            ToIntFunction<String> maxBytesOfTopic,
            ToLongFunction<String> maxAheadMillisOfTopic,
            ToIntFunction<String> partitionsOfTopic) {}

    TaskId id() {
        return id;
    }

    TaskGroup group() {
        return group;
    }

    StateStore store() {
        return store;
    }

    TaskContext context() {
        return context;
    }

    RecordScope scope() {
        return scope;
    }

    List<PartitionBuffer> buffers() {
        return buffers;
    }

    StageRuntime stage(String name) {
        return stages.get(name);
    }

    Iterable<StageRuntime> stages() {
        return stages.values();
    }

    /** Whether anything happened since the last commit that the next one has to hold. */
    boolean touched() {
        return touched;
    }

    long watermarkMillis() {
        return watermarkMillis;
    }

    /** What was done, the open transaction's part too. */
    TaskCounts counts() {
        return new TaskCounts(records, events, skipped, deadLettered);
    }

    /** What was done and committed: an aborted record counts when it is processed again. */
    TaskCounts committedCounts() {
        return committedCounts;
    }

    /** Sets the watermark that the committed position has. */
    void watermark(long millis) {
        watermarkMillis = millis;
        context.watermark(millis);
    }

    /**
     * Processes records in order until there are none in hand, an input has to be waited for, or the bound is reached.
     *
     * @param max the bound
     * @param goesOn asked before each record; false ends the turn
     * @param caughtUp whether the broker has nothing behind what was read of a partition
     * @return how many records were processed
     * @throws TaskStopped when a record cannot be processed and its policy says to stop; it is the next record still
     */
    int process(int max, BooleanSupplier goesOn, Predicate<TopicPartition> caughtUp, TransactionalProducer producer) {
        int done = 0;
        while (done < max && (done % ROOM_EVERY != 0 || producer.hasRoom())) {
            int next = nextInput(caughtUp);
            if (next < 0 || !goesOn.getAsBoolean()) {
                break;
            }
            process(next, producer);
            done++;
        }
        return done;
    }

    private int nextInput(Predicate<TopicPartition> caughtUp) {
        int chosen = -1;
        long earliest = 0;
        for (int i = 0; i < buffers.size(); i++) {
            PartitionBuffer buffer = buffers.get(i);
            if (buffer.isEmpty()) {
                if (buffers.size() > 1 && !caughtUp.test(buffer.partition())) {
                    return -1;
                }
            } else {
                // One input needs no order, and no decoding ahead of its turn.
                long time = buffers.size() == 1 ? 0 : buffer.head().eventTimeMillis();
                if (chosen < 0 || time < earliest) {
                    chosen = i;
                    earliest = time;
                }
            }
        }
        return chosen;
    }

    private void process(int input, TransactionalProducer producer) {
        PartitionBuffer buffer = buffers.get(input);
        PartitionBuffer.Head head = buffer.head();
        current = head.record();
        context.record(head.key(), current.key(), current.topic(), current.offset(), head.eventTimeMillis());
        boolean processed;
        try {
            processed = walk(receivers[input], buffer, head);
        } catch (TaskStopped stopped) {
            rollbackAll();
            throw stopped;
        }
        for (RecordScope.Send send : scope.sends()) {
            producer.send(
                    send.topic(),
                    send.partition() < 0 ? null : send.partition(),
                    send.timestampMillis(),
                    send.key(),
                    send.value(),
                    send.headers());
            events += send.event() ? 1 : 0;
        }
        endRecord();
        // The time of a record that could not be processed is not to be believed.
        if (processed && head.eventTimeMillis() > watermarkMillis) {
            watermark(head.eventTimeMillis());
        }
        buffer.removeHead();
    }

    private boolean walk(Receiver receiver, PartitionBuffer buffer, PartitionBuffer.Head head) {
        try {
            if (head.failure() != null) {
                throw head.failure();
            }
            receiver.accept(head.key(), head.value());
            return true;
        } catch (TaskStopped stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            rollbackAll();
            apply(buffer.input().options().policy(), "source " + buffer.input().topic(), failure);
            return false;
        }
    }

    private void endRecord() {
        scope.clear();
        for (StageRuntime stage : stages.values()) {
            stage.table().endRecord();
        }
        records++;
        touched = true;
    }

    /**
     * Does with the record in hand what the policy says.
     *
     * @throws TaskStopped when it says to stop
     */
    void apply(Policy policy, String where, RuntimeException failure) {
        if (failure instanceof CorruptException || failure instanceof RetryableException) {
            // The state or its disk is to blame, not the record: to pass over it would lose it.
            throw new TaskStopped(
                    "Task " + id + " stopped before the record at " + context.position() + ": " + where + ": "
                            + failure.getMessage(),
                    failure);
        }
        if (policy instanceof Policy.Skip) {
            skipped++;
            policyLog.say("skipped", id, context, where, failure);
        } else if (policy instanceof Policy.DeadLetter deadLetter) {
            sendAway(deadLetter.topic(), where, failure);
        } else {
            throw new TaskStopped(
                    "Task " + id + " stopped before the record at " + context.position() + ": " + where + ": " + failure
                            + ". Mend the code or the record's source and start again, or choose Policy.deadLetter or"
                            + " Policy.skip for this source or stage",
                    failure);
        }
    }

    private void sendAway(String topic, String where, RuntimeException failure) {
        try {
            scope.send(
                    topic,
                    -1,
                    Math.max(0, current.timestamp()),
                    current.key(),
                    current.value(),
                    DeadLetters.headers(current, where, failure));
        } catch (RuntimeException tooLarge) {
            throw new TaskStopped(
                    "Task " + id + " stopped before the record at " + context.position() + ": " + where + ": " + failure
                            + "; and it cannot become a dead letter: " + tooLarge.getMessage(),
                    tooLarge);
        }
        deadLettered++;
        policyLog.say("sent away to " + topic, id, context, where, failure);
    }

    /** Where the tables stand within the record in hand, for a stage that may have to take back its part. */
    int[] savepoints() {
        int[] points = new int[stages.size()];
        int i = 0;
        for (StageRuntime stage : stages.values()) {
            points[i++] = stage.table().savepoint();
        }
        return points;
    }

    void rollbackTo(int sends, int[] savepoints) {
        scope.rollbackTo(sends);
        int i = 0;
        for (StageRuntime stage : stages.values()) {
            stage.table().rollbackTo(savepoints[i++]);
        }
    }

    private void rollbackAll() {
        rollbackTo(0, new int[stages.size()]);
    }

    /** Makes the transaction's changes the committed state; only called when its commit is known to have happened (I2). */
    void committed() {
        for (StageRuntime stage : stages.values()) {
            stage.table().commit();
        }
        committedCounts = counts();
        touched = false;
    }

    /** Whether any stage has states that the last snapshot does not hold. */
    int dirtyStates() {
        return stages.values().stream().mapToInt(stage -> stage.table().dirty()).sum();
    }

    boolean owns(TopicPartition partition) {
        return partition.partition() == id.partition()
                && group.inputs().stream().anyMatch(input -> input.topic().equals(partition.topic()));
    }

    List<TopicPartition> partitions() {
        return buffers.stream().map(PartitionBuffer::partition).toList();
    }

    PartitionBuffer buffer(TopicPartition partition) {
        return buffers.stream()
                .filter(buffer -> buffer.partition().equals(partition))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String toString() {
        return "task " + id + " " + Arrays.toString(partitions().toArray());
    }

    @SuppressWarnings("unchecked") // the stage's own codecs
    private StateTable<Object, Object> table(StagePlan plan, int cleanStates) {
        return new StateTable<>(
                plan.name(),
                (Codec<Object>) plan.node().keys(),
                (Codec<Object>) plan.node().stage().state(),
                store,
                cleanStates);
    }

    private void publishViews(Graph graph, Map<Integer, StageRuntime> byNode) {
        for (Node node : graph.nodes()) {
            if (node instanceof Node.Published view && byNode.containsKey(view.input())) {
                StageRuntime owner = byNode.get(view.input());
                context.publish(view.view(), owner.keys(), owner.table(), view.projection());
            }
        }
    }
}
