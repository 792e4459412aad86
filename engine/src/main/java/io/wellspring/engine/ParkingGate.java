package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.journal.JournalEntry.Cause;
import io.wellspring.journal.JournalEntry.ParkingChange;
import io.wellspring.journal.JournalEntry.ParkingKind;
import io.wellspring.journal.JournalEntry.TimerChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What stands before a stage under {@link Policy.ParkKey}: lets commands through, and sends the records of parked keys to the parked topic.
 *
 * <pre>
 *             a command or timer fails: PARKED, ADDED          its record is processed: TAKEN
 *   free ------------------------------------------> parked -----------------------------------> parked ... --ENDED--> free
 *                                                    |    ^  what is tried again fails: PARKED
 *                                                    +----+  a record of the key comes: ADDED
 * </pre>
 *
 * <p>Each change is journaled in the transaction that holds what it stands for: the parked record and the source position that passes it; or what
 * came of a record that was read back. So after a crash each parked record is in one place: in the parked topic and not taken, or taken with
 * its effects. A record stays in the parked topic when it is taken; the numbers tell what is left.
 *
 * <p>The whole record is parked, not the command, for which there is no codec; a step without state makes the same commands of it again. Where it
 * brings several, those before the one that failed stand, and are counted off when it is read back.
 */
final class ParkingGate implements Receiver {
    private static final int MOST_REASON_CHARS = 300;

    /** What may arrive for a key while its records are read back, and need not be read from the topic. */
    private static final int MOST_RECENT = 1_000;

    private static final long MOST_RECENT_BYTES = 1 << 20;

    private final Task task;
    private final StageRuntime stage;
    private final StageParking parking;
    private final Policy.ParkKey policy;
    private final Map<String, Receiver> waysIn = new HashMap<>();

    /** The commands that the record in hand has brought. */
    private int commands;

    /** The record in hand, once it is parked. */
    private ParkedRecord parked;

    /** The commands to pass over of a record that was read back and is in hand; negative where the record came from its source. */
    private int passOver = -1;

    private Object remembered;
    private final ArrayDeque<ParkedRecord> recent = new ArrayDeque<>();
    private long recentBytes;

    ParkingGate(Task task, StageRuntime stage, StageParking parking, Policy.ParkKey policy) {
        this.task = task;
        this.stage = stage;
        this.parking = parking;
        this.policy = policy;
    }

    StageRuntime stage() {
        return stage;
    }

    StageParking parking() {
        return parking;
    }

    String topic() {
        return policy.topic();
    }

    /** Sets the steps that lead from an input to this stage and nowhere else. */
    void wayIn(String inputTopic, Receiver steps) {
        waysIn.put(inputTopic, steps);
    }

    @Override
    public void accept(Object key, Object command) {
        int number = commands++;
        if (passOver >= 0) {
            if (number >= passOver) {
                stage.run(key, command);
            }
        } else if (parked == null) {
            if (key != null && parking.of(key) != null) {
                park(key, number, List.of(new ParkingChange(ParkingKind.ADDED)));
            } else {
                tryOut(key, command, number);
            }
        }
    }

    private void tryOut(Object key, Object command, int number) {
        int[] savepoint = task.tables().savepoint();
        try {
            stage.run(key, command);
        } catch (TaskStopped stopped) {
            throw stopped;
        } catch (RuntimeException failure) {
            task.tables().rollbackTo(savepoint);
            if (key == null || !isItsFault(failure)) {
                task.badRecords().apply(policy, where(), failure);
            } else {
                requireRoom(failure);
                Mishap mishap = task.inHand().mishap(where(), failure);
                park(key, number, List.of(parkedFor(mishap, ""), new ParkingChange(ParkingKind.ADDED)));
                task.badRecords().sayParked(mishap);
            }
        }
    }

    /** Otherwise the state or its disk is to blame. */
    static boolean isItsFault(RuntimeException failure) {
        return !(failure instanceof CorruptException || failure instanceof RetryableException);
    }

    /** Parks the key of a timer that failed; the timer waits, and is the first that is tried again. */
    void parkTimer(TimerQueue.Due due, RuntimeException failure) {
        requireRoom(failure);
        Mishap mishap = task.inHand().mishap(where(), failure);
        journal(due.key(), List.of(), List.of(parkedFor(mishap, due.timer().name())));
        task.badRecords().sayParked(mishap);
    }

    private void park(Object key, int number, List<ParkingChange> changes) {
        Parked now = journal(key, List.of(), changes);
        ConsumerRecord<byte[], byte[]> record = task.inHand().record();
        parked = new ParkedRecord(
                now.id(stage.journal(), now.added()), number, task.context().eventTimeMillis(), record);
        boolean itselfFailed = changes.get(0).kind() == ParkingKind.PARKED;
        String reason = itselfFailed ? now.reason() : "Waits behind what its key is parked for: " + now.reason();
        task.badRecords().sendParked(topic(), parked.headers(where(), reason), where());
    }

    private void requireRoom(RuntimeException failure) {
        if (parking.size() >= StageParking.MOST_KEYS) {
            throw new NoRoomToPark(
                    "Task " + task.id() + " rests: " + where() + " has parked " + StageParking.MOST_KEYS
                            + " keys and would have to park another: " + failure
                            + ". Release or drop keys with Engine.parked(stage); it goes on once there is room. So many failures are seldom"
                            + " the records' fault: where they are not, mend the code and start again first",
                    failure);
        }
    }

    private Parked journal(Object key, List<TimerChange> timers, List<ParkingChange> changes) {
        long nowMillis = task.context().processingTimeMillis();
        stage.appendChanges(key, nowMillis, timers, changes);
        TaskContext context = task.context();
        Cause cause = new Cause(context.topic(), context.offset());
        return parking.change(key, context.keyBytes(), changes, cause, nowMillis);
    }

    private ParkingChange parkedFor(Mishap mishap, String timer) {
        return new ParkingChange(
                ParkingKind.PARKED, BoundedText.of(mishap.what(), MOST_REASON_CHARS), timer, policy.topic());
    }

    private String where() {
        return "stage " + stage.name();
    }

    /**
     * Processes a record that was read back, as if it came now, and counts it as taken.
     *
     * @param key the record's key, with the record in hand of the task
     * @param value what it carries
     * @param record the next one of its key
     * @return how the key is parked then, or null
     */
    Parked takeBack(Object key, Object value, ParkedRecord record) {
        passOver = record.passed();
        try {
            waysIn.get(record.original().topic()).accept(key, value);
        } finally {
            passOver = -1;
        }
        return taken(key, List.of());
    }

    /** Journals that what was next is done; and that the key is parked no more, where nothing is left. */
    Parked taken(Object key, List<TimerChange> timers) {
        Parked before = parking.of(key);
        List<ParkingChange> changes = new ArrayList<>();
        changes.add(new ParkingChange(ParkingKind.TAKEN));
        if (before.left() == (before.timer().isEmpty() ? 1 : 0)) {
            changes.add(new ParkingChange(ParkingKind.ENDED));
        }
        return journal(key, timers, changes);
    }

    /** Journals that a timer or record that was tried again has failed again. */
    Parked failedAgain(Object key, String timer, RuntimeException failure) {
        Mishap mishap = task.inHand().mishap(where(), failure);
        task.context().handled();
        return journal(key, List.of(), List.of(parkedFor(mishap, timer)));
    }

    /** Journals that the key is parked no more, whatever is left. */
    void end(Object key, List<TimerChange> timers) {
        journal(key, timers, List.of(new ParkingChange(ParkingKind.ENDED)));
    }

    /** From now on the records of this key, and of no other, are kept in memory when they are parked, as far as the bounds allow. */
    void remember(Object key) {
        remembered = key;
        recent.clear();
        recentBytes = 0;
    }

    /** The parked record with that id, if it is remembered; older ones are forgotten. */
    ParkedRecord remembered(String id) {
        int older = 0;
        for (ParkedRecord record : recent) {
            if (record.id().equals(id)) {
                for (int i = 0; i < older; i++) {
                    forgetOldest();
                }
                return record;
            }
            older++;
        }
        return null;
    }

    private void forgetOldest() {
        recentBytes -= recent.removeFirst().bytes();
    }

    void endRecord() {
        if (parked != null && remembered != null) {
            Parked now = parking.of(remembered);
            // Not of another key, and not taken back by a later step of the record.
            if (now != null && parked.id().equals(now.id(stage.journal(), now.added()))) {
                recent.add(parked);
                recentBytes += parked.bytes();
                while (recent.size() > MOST_RECENT || recentBytes > MOST_RECENT_BYTES) {
                    forgetOldest();
                }
            }
        }
        takenBack();
    }

    /** Nothing of the record in hand stands. */
    void takenBack() {
        parked = null;
        commands = 0;
    }
}
