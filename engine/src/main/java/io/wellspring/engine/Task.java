package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.Stage;
import io.wellspring.api.codec.Codec;
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
import org.apache.kafka.common.TopicPartition;

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
    private final TaskTables tables;
    private final InHand inHand;
    private final BadRecords badRecords;
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
    private TaskCounts committedCounts = TaskCounts.ZERO;

    Task(TaskId id, TaskGroup group, Graph graph, StateStore store, Settings settings) {
        this.id = id;
        this.group = group;
        this.store = store;
        this.scope = new RecordScope(settings.maxBytesOfTopic(), settings.maxAheadMillisOfTopic(), settings.clock());
        this.context = new TaskContext(
                id,
                settings.partitionsOfTopic().applyAsInt(group.inputs().get(0).topic()),
                settings.clock());
        this.tables = new TaskTables(scope, stages.values());
        this.inHand = new InHand(context, buffers, this::watermarkMillis);
        this.badRecords = new BadRecords(id, inHand, scope, context, settings.clock());
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

    TaskTables tables() {
        return tables;
    }

    InHand inHand() {
        return inHand;
    }

    BadRecords badRecords() {
        return badRecords;
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
        return new TaskCounts(records, events, badRecords.skipped(), badRecords.deadLettered());
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
            badRecords.sayRests(full);
            resting = full;
            return false;
        }
    }

    /** Leaves nothing of what is in hand, so that something else can be taken in hand. */
    private void takeBack() {
        tables.rollbackAll();
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
            tables.rollbackAll();
            throw stopped;
        } catch (RuntimeException failure) {
            tables.rollbackAll();
            badRecords.apply(Policy.fail(), orders.owner(), failure);
        }
        send(producer);
        end();
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

    private void fire(TimerQueue.Due due, TransactionalProducer producer) {
        inHand.take(due);
        try {
            due.stage().fire(due);
        } catch (TaskStopped stopped) {
            tables.rollbackAll();
            throw stopped;
        }
        send(producer);
        end();
    }

    private void process(int input, TransactionalProducer producer) {
        PartitionBuffer.Head head = order.head();
        inHand.take(head);
        boolean processed;
        try {
            processed = walk(receivers[input], buffers.get(input), head);
        } catch (TaskStopped stopped) {
            tables.rollbackAll();
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
                badRecords.apply(
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
            tables.rollbackAll();
            badRecords.apply(
                    buffer.input().options().policy(),
                    "source " + buffer.input().topic(),
                    failure);
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

    /** Makes the transaction's changes the committed state; only called when its commit is known to have happened (I2). */
    void committed() {
        tables.commit();
        committedCounts = counts();
        touched = false;
        orders.committed();
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
        var keys = (Codec<Object>) plan.node().keys();
        var stage = (Stage<?, ?, ?, Object>) plan.node().stage();
        return stage.stateFormat()
                .map(parts -> new StateTable<>(plan.name(), keys, parts, store, cleanStates))
                .orElseGet(() -> new StateTable<>(plan.name(), keys, stage.state(), store, cleanStates));
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
