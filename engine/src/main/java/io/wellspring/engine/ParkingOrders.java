package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.error.RetryableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What callers want done with the parked keys of one task. Handed in between two records by the worker's thread; each record that is taken back,
 * and each drop, is a step of the task like a record from a source, in its turn and in the transaction that is open. An answer is given
 * when that transaction is committed; if it is not, or the task goes, the order fails, and what is parked is as it was at the last commit.
 */
final class ParkingOrders {
    private static final int MOST_WAITING = 1_000;

    private final Task task;
    private final ArrayDeque<Order> waiting = new ArrayDeque<>();
    private final List<Order> carriedOut = new ArrayList<>();

    ParkingOrders(Task task) {
        this.task = task;
    }

    /** How an order ended. */
    enum End {
        /** The key is not parked any more. */
        FREE,
        /** It was not parked. */
        NOT_PARKED,
        /** What was tried again has failed again; the key is parked from there. */
        FAILED_AGAIN,
        /** The records of the order are done, and others wait in the topic. */
        MORE
    }

    /**
     * What became of an order.
     *
     * @param parked how the key is parked, or was before it was dropped; null where it is not parked
     */
    record Outcome(End end, Parked parked) {}

    /** Something to be done with one key. */
    static final class Order {
        private final ParkingGate gate;
        private final Object key;
        private final byte[] keyBytes;

        /** Null to drop the key. */
        private final ArrayDeque<ParkedRecord> records;

        private final CompletableFuture<Outcome> answer;
        private Outcome outcome;

        private Order(
                ParkingGate gate,
                Object key,
                byte[] keyBytes,
                ArrayDeque<ParkedRecord> records,
                CompletableFuture<Outcome> answer) {
            this.gate = gate;
            this.key = key;
            this.keyBytes = keyBytes;
            this.records = records;
            this.answer = answer;
        }

        static Order drop(ParkingGate gate, Object key, CompletableFuture<Outcome> answer) {
            return new Order(gate, key, gate.stage().keys().encode(key), null, answer);
        }

        /** Takes records back that were read from the parked topic, the next one first. */
        static Order takeBack(
                ParkingGate gate, Object key, List<ParkedRecord> records, CompletableFuture<Outcome> answer) {
            return new Order(gate, key, gate.stage().keys().encode(key), new ArrayDeque<>(records), answer);
        }
    }

    void add(Order order) {
        if (waiting.size() >= MOST_WAITING) {
            Answers.fail(
                    order.answer,
                    new RetryableException("Task " + task.id() + " has " + MOST_WAITING
                            + " orders for parked keys waiting; ask again when some of them are done"));
        } else {
            waiting.add(order);
        }
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** Whose key the oldest order is for, in words. */
    String owner() {
        return "stage " + waiting.getFirst().gate.stage().name();
    }

    /**
     * Takes one step of the oldest order.
     *
     * @throws TaskStopped when the state or its disk is to blame for a failure
     */
    void step() {
        Order order = waiting.getFirst();
        Parked parked = order.gate.parking().of(order.key);
        if (parked == null) {
            finish(order, End.NOT_PARKED, null);
        } else if (order.records == null) {
            drop(order, parked);
        } else if (!parked.timer().isEmpty()) {
            tryTimerAgain(order, parked);
        } else {
            takeBack(order, parked);
        }
    }

    private void drop(Order order, Parked parked) {
        task.inHand().take(order.key, order.keyBytes);
        order.gate.end(
                order.key,
                timer(order, parked.timer()).map(order.gate.stage()::drop).orElse(List.of()));
        finish(order, End.FREE, parked);
    }

    private void tryTimerAgain(Order order, Parked parked) {
        Optional<TimerQueue.Due> due = timer(order, parked.timer());
        task.inHand().take(order.key, order.keyBytes);
        try {
            due.ifPresent(this::fire);
            if (order.gate.taken(order.key, List.of()) == null) {
                finish(order, End.FREE, null);
            }
        } catch (TaskStopped stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            failedAgain(order, parked.timer(), failure);
        }
    }

    private void takeBack(Order order, Parked parked) {
        ParkedRecord next = next(order, parked);
        if (next == null) {
            finish(order, End.MORE, parked);
            return;
        }
        task.inHand().take(order.key, order.keyBytes);
        // As when it came: the timers that its event time made due fire before it.
        Optional<TimerQueue.Due> due = firstDue(order, next);
        try {
            if (due.isPresent()) {
                fire(due.get());
            } else {
                Object value = task.inHand().take(next);
                if (order.gate.takeBack(order.key, value, next) == null) {
                    finish(order, End.FREE, null);
                }
            }
        } catch (TaskStopped stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            failedAgain(order, due.map(timer -> timer.timer().name()).orElse(""), failure);
        }
    }

    /** The record whose turn it is: of those that were read from the topic, or of those that have come since. */
    private static ParkedRecord next(Order order, Parked parked) {
        String id = parked.id(order.gate.stage().journal(), parked.taken() + 1);
        // What is done, or was read before the key was dropped and parked anew, is behind.
        while (!order.records.isEmpty() && !order.records.getFirst().id().equals(id)) {
            order.records.removeFirst();
        }
        return order.records.isEmpty() ? order.gate.remembered(id) : order.records.getFirst();
    }

    private void fire(TimerQueue.Due due) {
        task.inHand().take(due);
        due.stage().fireNow(due);
    }

    private void failedAgain(Order order, String timer, RuntimeException failure) {
        if (!ParkingGate.isItsFault(failure)) {
            task.badRecords().apply(Policy.fail(), "stage " + order.gate.stage().name(), failure);
        }
        task.tables().rollbackAll();
        finish(order, End.FAILED_AGAIN, order.gate.failedAgain(order.key, timer, failure));
    }

    private static Optional<TimerQueue.Due> timer(Order order, String name) {
        return timers(order).all().stream()
                .filter(timer -> timer.name().equals(name))
                .findFirst()
                .map(timer -> due(order, timer));
    }

    private Optional<TimerQueue.Due> firstDue(Order order, ParkedRecord next) {
        long reached = task.reachedBy(next);
        return timers(order).all().stream()
                .filter(timer -> !timer.processingTime() && timer.dueMillis() <= reached)
                .map(timer -> due(order, timer))
                .min(TimerQueue.Due::compareTo);
    }

    private static Timers timers(Order order) {
        return order.gate.stage().timers().of(order.key);
    }

    private static TimerQueue.Due due(Order order, Timers.Timer timer) {
        return new TimerQueue.Due(order.gate.stage(), order.key, order.keyBytes, timer);
    }

    private void finish(Order order, End end, Parked parked) {
        order.outcome = new Outcome(end, parked);
        waiting.removeFirst();
        carriedOut.add(order);
    }

    /** The oldest order cannot be carried out now: a key would have to be parked further on, and there is no room. */
    void refuse(NoRoomToPark full) {
        Answers.fail(waiting.removeFirst().answer, new RetryableException(full.getMessage(), full));
    }

    /** The transaction committed, and with it what was done for these orders. */
    void committed() {
        carriedOut.forEach(order -> Answers.give(order.answer, () -> order.outcome));
        carriedOut.clear();
    }

    /** The task goes: whatever was not committed is undone. */
    void abandon() {
        List<Order> undone = new ArrayList<>(carriedOut);
        undone.addAll(waiting);
        carriedOut.clear();
        waiting.clear();
        for (Order order : undone) {
            Answers.fail(
                    order.answer,
                    new RetryableException("Task " + task.id() + " let go of stage "
                            + order.gate.stage().name() + " before key " + ShownKey.of(order.key)
                            + " was done with; look with Engine.parked(stage) what is still parked, and ask again"));
        }
    }
}
