package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.Graph;
import io.wellspring.api.port.Node;
import io.wellspring.api.port.StateStore;
import io.wellspring.engine.TaskGroup.StagePlan;
import io.wellspring.journal.ReadAhead;
import io.wellspring.journal.TransactionalProducer;
import io.wellspring.state.StateTable;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * The single owner of one partition of a task group: takes records from its inputs in their {@link InputOrder}, walks them through the fused
 * steps, fires timers, and sends what they produced. Confined to the thread of its worker.
 */
final class Task {
    /** How many records are processed between two looks at what the producer holds. */
    private static final int ROOM_EVERY = 32;

    private final TaskId id;
    private final TaskGroup group;
    private final StateStore store;
    private final List<PartitionBuffer> buffers = new ArrayList<>();
    private final Map<TopicPartition, PartitionBuffer> bufferOf = new HashMap<>();
    private final Map<String, StageRuntime> stages = new HashMap<>();
    private final RecordScope scope;
    private final TaskContext context;
    private final PolicyLog policyLog;
    private final Receiver[] receivers;

    private final TimerQueue timers = new TimerQueue();
    private final ParkingOrders orders = new ParkingOrders(this);
    private final InputOrder order;
    private final long maxAheadMillis;
    private final Clock clock;

    private boolean touched;

    /** Why nothing but orders is carried out; null while the task does not rest. */
    private NoRoomToPark resting;

    private long records;
    private long events;
    private long skipped;
    private long deadLettered;
    private TaskCounts committedCounts = TaskCounts.ZERO;

    /** Of these two, one is set while a record or timer is in hand. */
    private ConsumerRecord<byte[], byte[]> current;

    private TimerQueue.Due firing;

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
        this.clock = settings.clock();
        this.maxAheadMillis = group.stages().stream()
                .mapToLong(stage -> settings.maxAheadMillisOfTopic().applyAsLong(stage.journal()))
                .min()
                .orElse(Long.MAX_VALUE);
        Map<Integer, StageRuntime> byNode = new HashMap<>();
        for (StagePlan plan : group.stages()) {
            var stage = new StageRuntime(this, byNode.size(), plan, table(plan, settings.cleanStates()), timers);
            stages.put(plan.name(), stage);
            byNode.put(plan.node().id(), stage);
        }
        publishViews(graph, byNode);
        var wiring = new Wiring(this, graph, group, byNode, settings.partitionsOfTopic());
        this.receivers = new Receiver[group.inputs().size()];
        for (int i = 0; i < receivers.length; i++) {
            TaskGroup.Input input = group.inputs().get(i);
            var buffer = new PartitionBuffer(input, new TopicPartition(input.topic(), id.partition()));
            buffers.add(buffer);
            bufferOf.put(buffer.partition(), buffer);
            receivers[i] = wiring.behind(input);
        }
        this.order = order(settings);
        for (StageRuntime stage : stages.values()) {
            if (stage.gate() != null) {
                Wiring ways = wiring.towards(stage);
                group.inputs().forEach(input -> stage.gate().wayIn(input.topic(), ways.behind(input)));
            }
        }
    }

    /**
     * What tasks share.
     *
     * @param clock the source of processing time
     * @param cleanStates how many states that RocksDB holds are kept as objects, for each stage and task
     * @param idleAfter how long an input has nothing to read until the watermark does not wait for it
     * @param waitingRecords how many records may wait for their turn, where they have to
     * @param maxBytesOfTopic how large a record of a topic may be
     * @param maxAheadMillisOfTopic how far ahead of the clock the timestamp of a record for a topic may lie
     * @param partitionsOfTopic how many partitions a topic has
     */
    record Settings(
            Clock clock,
            int cleanStates,
            Duration idleAfter,
            int waitingRecords,
            ToIntFunction<String> maxBytesOfTopic,
            ToLongFunction<String> maxAheadMillisOfTopic,
            ToIntFunction<String> partitionsOfTopic) {}

    private InputOrder order(Settings settings) {
        boolean inOrder = group.isInOrder();
        var watermark = new Watermark(group.inputs(), settings.idleAfter(), inOrder, context.processingTimeMillis());
        return inOrder
                ? new WaitingInputs(
                        buffers, watermark, this::isPlausible, context::watermark, settings.waitingRecords())
                : new MergedInputs(buffers, watermark, this::isPlausible, context::watermark);
    }

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

    /** Lets the next commit hold the task's positions, though no record was processed. */
    void touch() {
        touched = true;
    }

    long watermarkMillis() {
        return order.watermarkMillis();
    }

    /** Where a restart would have to go on with an input; {@code consumed} is the consumer's position. */
    InputPosition position(PartitionBuffer input, long consumed) {
        int number = buffers.indexOf(input);
        return new InputPosition(order.position(number, consumed), order.ahead(number, consumed));
    }

    /** Whether something could go on now, without anything new. */
    boolean hasWork() {
        return resting == null ? timerIsDue() || order.hasRecords() : orders.isWaiting();
    }

    /** Whether a timer could fire now, or an order be carried out. */
    boolean timerIsDue() {
        return orders.isWaiting() || dueTimer() != null;
    }

    /** What callers want done with parked keys. */
    ParkingOrders orders() {
        return orders;
    }

    /** What was done, the open transaction's part too. */
    TaskCounts counts() {
        return new TaskCounts(records, events, skipped, deadLettered);
    }

    /** What was done and committed: an aborted record counts when it is processed again. */
    TaskCounts committedCounts() {
        return committedCounts;
    }

    /** Goes on where the committed position stands; the buffers are set to it already. */
    void start(long watermarkMillis, Map<TopicPartition, ReadAhead> ahead) {
        order.start(watermarkMillis, ahead, context.processingTimeMillis());
    }

    /**
     * Processes records and fires timers in order until there are none in hand, an input has to be waited for, or the bound is reached. The
     * record that moves the watermark comes behind the timers that this makes due, so that a stage sees them in the order of event time.
     *
     * @param max the bound
     * @param goesOn asked before each record and timer; false ends the turn
     * @param caughtUp whether the broker has nothing behind what was read of a partition
     * @return how many records were processed and timers fired
     * @throws TaskStopped when one of them cannot be processed and its policy says to stop; it is the next one still
     */
    int process(int max, BooleanSupplier goesOn, Predicate<TopicPartition> caughtUp, TransactionalProducer producer) {
        order.look(caughtUp, context.processingTimeMillis());
        int done = 0;
        while (done < max && (done % ROOM_EVERY != 0 || producer.hasRoom())) {
            boolean ordered = orders.isWaiting();
            boolean goesOnItself = !ordered && resting == null;
            TimerQueue.Due due = goesOnItself ? dueTimer() : null;
            int next = -1;
            if (due == null && goesOnItself) {
                next = order.next(caughtUp);
                due = dueTimer();
            }
            if ((due == null && next < 0 && !ordered) || !goesOn.getAsBoolean()) {
                break;
            }
            if (ordered) {
                obey(producer);
                resting = null; // there may be room now
            } else if (!goOn(due, next, producer)) {
                break;
            }
            done++;
        }
        return done;
    }

    /** Fires the timer, where there is one, or processes the record; false where the task rests before it. */
    private boolean goOn(TimerQueue.Due due, int input, TransactionalProducer producer) {
        try {
            if (due != null) {
                fire(due, producer);
            } else {
                process(input, producer);
            }
            return true;
        } catch (NoRoomToPark full) {
            takeBack();
            policyLog.sayRests(full);
            resting = full;
            return false;
        }
    }

    /** Leaves nothing of what is in hand, so that something else can be taken in hand. */
    private void takeBack() {
        rollbackAll();
        scope.clear();
        for (StageRuntime stage : stages.values()) {
            if (stage.gate() != null) {
                stage.gate().takenBack();
            }
        }
    }

    /** Why the task carries out nothing but orders for parked keys; empty while it goes on. */
    Optional<RuntimeException> resting() {
        return Optional.ofNullable(resting);
    }

    private TimerQueue.Due dueTimer() {
        return timers.due(order.watermarkMillis(), context::processingTimeMillis);
    }

    /** A time that no journal takes must not make timers fire before its record is refused. */
    private boolean isPlausible(long timeMillis) {
        return maxAheadMillis == Long.MAX_VALUE || timeMillis - maxAheadMillis <= clock.millis();
    }

    private void obey(TransactionalProducer producer) {
        try {
            orders.step();
        } catch (NoRoomToPark full) {
            takeBack();
            orders.refuse(full);
            return;
        } catch (TaskStopped stopped) {
            rollbackAll();
            throw stopped;
        } catch (RuntimeException failure) {
            rollbackAll();
            apply(Policy.fail(), orders.owner(), failure);
        }
        send(producer);
        end();
    }

    /** Nothing is in hand but a key. */
    void inHand(Object key, byte[] keyBytes) {
        current = null;
        firing = null;
        context.timer(key, keyBytes, reachedMillis());
    }

    /** Takes a timer in hand. */
    void inHand(TimerQueue.Due due) {
        Timers.Timer timer = due.timer();
        current = null;
        firing = due;
        context.timer(due.key(), due.keyBytes(), timer.processingTime() ? reachedMillis() : timer.dueMillis());
    }

    /**
     * Takes a parked record in hand, as it came from its source.
     *
     * @return its value
     * @throws RuntimeException when it cannot be decoded
     */
    Object inHand(ParkedRecord parked) {
        ConsumerRecord<byte[], byte[]> record = parked.original();
        PartitionBuffer.Head head = buffers.stream()
                .filter(buffer -> buffer.input().topic().equals(record.topic()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Topic " + record.topic()
                        + ", from which the parked record came, is not read by the stage's task any more"))
                .decode(record);
        current = record;
        firing = null;
        context.record(head.key(), record.key(), record.topic(), record.offset(), parked.eventTimeMillis());
        if (head.failure() != null) {
            throw head.failure();
        }
        return head.value();
    }

    /** How far event time had come by a parked record when it came, if nothing else held it back. */
    long reachedBy(ParkedRecord parked) {
        // Where records wait, theirs have waited for as long as their source allows: the watermark was at their own
        // time.
        long latenessMillis = group.isInOrder()
                ? 0
                : group.inputs().stream()
                        .filter(input -> input.topic().equals(parked.original().topic()))
                        .mapToLong(input -> input.options().lateness().toMillis())
                        .max()
                        .orElse(0);
        return Math.min(order.watermarkMillis(), parked.eventTimeMillis() - latenessMillis);
    }

    /** The record in hand; null where there is none. */
    ConsumerRecord<byte[], byte[]> current() {
        return current;
    }

    private void fire(TimerQueue.Due due, TransactionalProducer producer) {
        inHand(due);
        try {
            due.stage().fire(due);
        } catch (TaskStopped stopped) {
            rollbackAll();
            throw stopped;
        }
        send(producer);
        end();
    }

    /** Where event time stands, for what happens in processing time. */
    private long reachedMillis() {
        long watermark = order.watermarkMillis();
        return watermark == Long.MIN_VALUE ? context.processingTimeMillis() : watermark;
    }

    private void process(int input, TransactionalProducer producer) {
        PartitionBuffer.Head head = order.head();
        current = head.record();
        firing = null;
        context.record(head.key(), current.key(), current.topic(), current.offset(), head.eventTimeMillis());
        boolean processed;
        try {
            processed = walk(receivers[input], buffers.get(input), head);
        } catch (TaskStopped stopped) {
            rollbackAll();
            throw stopped;
        }
        send(producer);
        end();
        records++;
        order.done(processed);
    }

    private void send(TransactionalProducer producer) {
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
    }

    private boolean walk(Receiver receiver, PartitionBuffer buffer, PartitionBuffer.Head head) {
        try {
            if (head.failure() != null) {
                throw head.failure();
            }
            if (head.eventTimeMillis() < order.watermarkMillis()
                    && buffer.input().options().latePolicy().isPresent()) {
                apply(
                        buffer.input().options().latePolicy().get(),
                        "source " + buffer.input().topic(),
                        new LateRecordException(head.eventTimeMillis(), order.watermarkMillis()));
                return false;
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

    private void end() {
        scope.clear();
        for (StageRuntime stage : stages.values()) {
            stage.endRecord();
        }
        touched = true;
    }

    /**
     * Does with the record in hand what the policy says. A timer in hand is dropped under each policy that does not stop: there is no record to be
     * sent away.
     *
     * @throws TaskStopped when it says to stop
     */
    void apply(Policy policy, String where, RuntimeException failure) {
        Mishap mishap = mishap(where, failure);
        // The state or its disk is to blame, not the record: to pass over would lose it.
        boolean notItsFault = failure instanceof CorruptException || failure instanceof RetryableException;
        if (notItsFault || policy instanceof Policy.Fail) {
            throw new TaskStopped(mishap.stopped(id), failure);
        }
        if (policy instanceof Policy.DeadLetter deadLetter && firing == null) {
            sendAway(deadLetter.topic(), mishap);
        } else if (policy instanceof Policy.ParkKey park && firing == null) {
            sendAway(park.topic(), mishap); // without a key there is nothing to park
        } else {
            skipped++;
            policyLog.say("skipped", id, mishap);
        }
        context.handled();
    }

    private void sendAway(String topic, Mishap mishap) {
        try {
            scope.send(
                    topic,
                    -1,
                    DeadLetters.timestamp(current, context.processingTimeMillis()),
                    current.key(),
                    current.value(),
                    DeadLetters.headers(current, mishap.owner(), mishap.deadLetter()));
        } catch (RuntimeException tooLarge) {
            throw new TaskStopped(mishap.stoppedSendingAway(id, tooLarge), tooLarge);
        }
        deadLettered++;
        policyLog.say("sent away to " + topic, id, mishap);
    }

    /**
     * Sends the record in hand, unprocessed, to a parked topic, to the partition that is this task's. Its timestamp is the time of the parking: by
     * its own, which may lie far back, the topic's retention would delete it while it waits; or the topic would refuse it.
     *
     * @throws TaskStopped when it is too large
     */
    void sendParked(String topic, List<Header> headers, String where) {
        try {
            scope.send(topic, id.partition(), context.processingTimeMillis(), current.key(), current.value(), headers);
        } catch (RuntimeException tooLarge) {
            throw new TaskStopped(
                    "Task " + id + " stopped before the record at " + context.position() + ": " + where
                            + " cannot park it: " + tooLarge.getMessage(),
                    tooLarge);
        }
    }

    /** Words for a failure of the record, timer or order in hand; asked before the context goes on. */
    Mishap mishap(String owner, RuntimeException failure) {
        return context.mishap(firing, owner, failure);
    }

    void sayParked(Mishap mishap) {
        policyLog.say("parked the key of", id, mishap);
        context.handled();
    }

    /** Where the tables stand within the record or timer in hand, for a stage that may have to take back its part. */
    int[] savepoints() {
        int[] points = new int[3 * stages.size()];
        int i = 0;
        for (StageRuntime stage : stages.values()) {
            points[i++] = stage.table().savepoint();
            points[i++] = stage.timers().savepoint();
            points[i++] = stage.parking().savepoint();
        }
        return points;
    }

    void rollbackTo(int sends, int[] savepoints) {
        scope.rollbackTo(sends);
        int i = 0;
        for (StageRuntime stage : stages.values()) {
            stage.table().rollbackTo(savepoints[i++]);
            stage.timers().rollbackTo(savepoints[i++]);
            stage.parking().rollbackTo(savepoints[i++]);
        }
    }

    void rollbackAll() {
        rollbackTo(0, new int[3 * stages.size()]);
    }

    /** Makes the transaction's changes the committed state; only called when its commit is known to have happened (I2). */
    void committed() {
        for (StageRuntime stage : stages.values()) {
            stage.tables().forEach(StateTable::commit);
        }
        committedCounts = counts();
        touched = false;
        orders.committed();
    }

    /** How many states, and rows of timers and parked keys, the last snapshot does not hold. */
    int dirtyStates() {
        int dirty = 0;
        for (StageRuntime stage : stages.values()) {
            for (StateTable<?, ?> table : stage.tables()) {
                dirty += table.dirty();
            }
        }
        return dirty;
    }

    /** How many keys its stages have parked, the open transaction's part too. */
    int parkedKeys() {
        int keys = 0;
        for (StageRuntime stage : stages.values()) {
            keys += stage.parking().size();
        }
        return keys;
    }

    /** About how much heap the changes take that the last snapshot does not hold. */
    long changedBytes() {
        return bytes(StateTable::changedBytes);
    }

    /** About how much of it a snapshot would take aside now. */
    long dirtyBytes() {
        return bytes(StateTable::dirtyBytes);
    }

    /** About how much heap the states take that the last snapshot holds. */
    long cleanBytes() {
        return bytes(StateTable::cleanBytes);
    }

    private long bytes(ToLongFunction<StateTable<?, ?>> measure) {
        long bytes = 0;
        for (StageRuntime stage : stages.values()) {
            for (StateTable<?, ?> table : stage.tables()) {
                bytes += measure.applyAsLong(table);
            }
        }
        return bytes;
    }

    /** Forgets so much of the clean states, from 0 to 1. */
    void dropClean(double share) {
        for (StageRuntime stage : stages.values()) {
            stage.tables().forEach(table -> table.dropClean(share));
        }
    }

    /** About how much heap the records take that wait for their turn behind the buffers. */
    long waitingBytes() {
        return order.waitingBytes();
    }

    /** Sets how much that may be; what is more goes on early. */
    void waitingRoom(long bytes) {
        order.waitingRoom(bytes);
    }

    List<TopicPartition> partitions() {
        return buffers.stream().map(PartitionBuffer::partition).toList();
    }

    PartitionBuffer buffer(TopicPartition partition) {
        PartitionBuffer buffer = bufferOf.get(partition);
        if (buffer == null) {
            throw new IllegalArgumentException(partition + " is no input of " + this);
        }
        return buffer;
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
