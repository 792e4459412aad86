package io.wellspring.engine;

import io.wellspring.api.error.ConfigException;
import io.wellspring.journal.ReadAhead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All inputs in the order of event time; ties go by the order of declaration, then by offset. Records come in by offset and wait until the
 * watermark has reached their event time. What is behind the watermark when it comes in is late and goes at once, and so does what cannot be
 * decoded or whose time is not to be believed.
 *
 * <pre>
 *   position          read end
 *      |                 |
 *   -- w d d w d w d b w | - - - -     offsets: w waits, d is done, b is done besides (its time is unknown)
 *
 *   event time:  d d d d | watermark | w w w w      what is done lies before the watermark, what waits behind it
 * </pre>
 *
 * <p>Records come in only while none can go on. So those that are done are told from those that wait by three things: the end of what was
 * read, the watermark, and, of the records whose event time is just the watermark, the last offset done. They are committed with the position
 * ({@link ReadAhead}); after a crash what lies between position and read end is read again, what was done is passed over, and the rest waits
 * again. Nothing goes on before the read end is reached.
 *
 * <p>Bounded, in records, in bytes and in what a position can tell: where too many wait, the watermark is moved on to the first of them. So whatever the
 * bounds, the input that holds the others back is read on.
 */
final class WaitingInputs extends InputOrder {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingInputs.class);
    private static final int SAID_EVERY = 1_000;

    /** What a record takes besides its bytes and what was decoded of them, which is taken to be as much again. */
    private static final long WAITING_BYTES = 200;

    private final int mostWaiting;
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiting::timeMillis)
            .thenComparingInt(Waiting::input)
            .thenComparingLong(Waiting::offset));
    private final List<InputState> inputs = new ArrayList<>();

    /** How far event time has come: up to the record that goes next, and to the watermark of what came in where none can go. */
    private long reachedMillis = Long.MIN_VALUE;

    /** The input whose record goes next; that record is the first that waits, unless it goes out of turn. */
    private int chosen = NONE;

    private boolean outOfTurn;

    /** Whether the record that goes next has an event time that a later look at it will find again. */
    private boolean timeKnown;

    private long early;
    private long waitingBytes;
    private long mostWaitingBytes = Long.MAX_VALUE;

    WaitingInputs(
            List<PartitionBuffer> buffers,
            Watermark watermark,
            LongPredicate plausible,
            LongConsumer reached,
            int mostWaiting) {
        super(buffers, watermark, plausible, reached);
        this.mostWaiting = mostWaiting;
        buffers.forEach(buffer -> inputs.add(new InputState()));
    }

    static ConfigException wasInOrder(Collection<TopicPartition> partitions) {
        return new ConfigException("Records of " + partitions
                + " were processed in the order of event time (SourceOptions.inOrder), some before others of smaller offsets, and are not to be any"
                + " more: they would be processed twice. Read them inOrder() again until the pipeline has caught up");
    }

    /** Whether all that waits may, and if not, what there is too much of. */
    private enum Room {
        LEFT("", ""),
        NO_RECORDS(
                "there is no room for more",
                "Allow less lateness, or more records to wait (EngineConfig.waitingRecords)"),
        NO_BYTES(
                "they take all the memory that they may",
                "Allow less lateness, or more memory for polled records (EngineConfig.bufferBytes)"),
        NO_EXCEPTIONS(
                ReadAhead.MOST_BESIDES
                        + " records behind the first of them were done out of turn, since they cannot be decoded or their times are not to be"
                        + " believed; a committed position has no room for more of those",
                "Mend what writes them, or the codec or event time of the source; more room for records would not help");

        private final String why;
        private final String remedy;

        Room(String why, String remedy) {
            this.why = why;
            this.remedy = remedy;
        }
    }

    /** A record that waits for its turn. */
    private static final class Waiting {
        private final int input;
        private final long timeMillis;
        private final long offset;
        private final long bytes;

        /** Null once it is done: what is done may be remembered for as long as an older record waits. */
        private PartitionBuffer.Head head;

        Waiting(int input, PartitionBuffer.Head head) {
            this.input = input;
            this.head = head;
            this.timeMillis = head.eventTimeMillis();
            this.offset = head.record().offset();
            this.bytes = WAITING_BYTES + 2 * PartitionBuffer.size(head.record());
        }

        int input() {
            return input;
        }

        long timeMillis() {
            return timeMillis;
        }

        long offset() {
            return offset;
        }

        boolean isDone() {
            return head == null;
        }
    }

    /** What is known of one input. */
    private static final class InputState {
        /** Those that wait, and some that are done, by offset; the first one waits. */
        private final ArrayDeque<Waiting> byOffset = new ArrayDeque<>();

        private final TreeSet<Long> doneBesides = new TreeSet<>();
        private long doneAtWatermark = -1;

        /** What the position that was gone on from says; null once its read end is reached. */
        private ReadAhead before;

        /** Forgets what lies before the position. */
        void forgetDone() {
            while (!byOffset.isEmpty() && byOffset.getFirst().isDone()) {
                byOffset.removeFirst();
            }
            if (byOffset.isEmpty()) {
                doneBesides.clear();
            } else {
                doneBesides.headSet(byOffset.getFirst().offset()).clear();
            }
        }
    }

    @Override
    void start(long watermarkMillis, Map<TopicPartition, ReadAhead> ahead, long nowMillis) {
        watermark.start(watermarkMillis, nowMillis);
        reachedMillis = watermarkMillis;
        for (int i = 0; i < inputs.size(); i++) {
            InputState input = inputs.get(i);
            input.before = ahead.get(buffers.get(i).partition());
            if (input.before != null) {
                input.doneAtWatermark = input.before.doneAtWatermark();
                input.doneBesides.addAll(input.before.doneBesides());
            }
        }
        sayReached();
    }

    @Override
    void look(Predicate<TopicPartition> caughtUp, long nowMillis) {
        for (int i = 0; i < buffers.size(); i++) {
            PartitionBuffer buffer = buffers.get(i);
            watermark.look(i, buffer.isEmpty() && caughtUp.test(buffer.partition()), nowMillis);
        }
    }

    @Override
    int next(Predicate<TopicPartition> caughtUp) {
        outOfTurn = false;
        chosen = NONE;
        if (readAgain(caughtUp)) {
            choose();
        }
        sayReached();
        return chosen;
    }

    private void choose() {
        while (chosen == NONE) {
            Waiting first = waiting.peek();
            Room room = first == null ? Room.LEFT : room();
            if (first != null && first.timeMillis <= watermark.millis()) {
                reach(first.timeMillis);
                chosen = first.input;
                timeKnown = true;
            } else if (room != Room.LEFT) {
                goOnEarly(first, first.input, room);
            } else {
                reachAll();
                int input = nextToComeIn();
                if (input == NONE) {
                    return;
                }
                if (first != null && inputs.get(input).doneBesides.size() >= ReadAhead.MOST_BESIDES) {
                    goOnEarly(first, input, Room.NO_EXCEPTIONS);
                } else {
                    comeIn(input);
                }
            }
        }
    }

    /** The time of what is done is the watermark from here on; none of it is done yet. */
    private void reach(long timeMillis) {
        if (timeMillis > reachedMillis) {
            reachedMillis = timeMillis;
            inputs.forEach(input -> input.doneAtWatermark = -1);
        }
    }

    /** All that came in and does not lie behind the watermark is done. */
    private void reachAll() {
        reachedMillis = Math.max(reachedMillis, watermark.millis());
        for (int i = 0; i < inputs.size(); i++) {
            inputs.get(i).doneAtWatermark = buffers.get(i).nextOffset() - 1;
        }
    }

    /**
     * The input that holds the watermark back, if it has a record; those of others could not go on before, so they rest where they are. Without
     * this, inputs far ahead would fill the room for what waits.
     */
    private int nextToComeIn() {
        int least = 0;
        for (int i = 1; i < inputs.size(); i++) {
            if (watermark.reachedMillis(i) < watermark.reachedMillis(least)) {
                least = i;
            }
        }
        if (watermark.reachedMillis(least) != Long.MAX_VALUE) {
            return buffers.get(least).isEmpty() ? NONE : least;
        }
        for (int i = 0; i < inputs.size(); i++) {
            if (!buffers.get(i).isEmpty()) {
                return i;
            }
        }
        return NONE;
    }

    /** Looked at when a record has come in, so that it goes on before the others where it is the earliest. One may always wait. */
    private Room room() {
        if (waitingBytes > mostWaitingBytes && waiting.size() > 1) {
            return Room.NO_BYTES;
        }
        return waiting.size() > mostWaiting ? Room.NO_RECORDS : Room.LEFT;
    }

    private void goOnEarly(Waiting first, int input, Room room) {
        if (early++ % SAID_EVERY == 0) {
            LOG.warn(
                    "{}: {} records of its task wait for their turn, about {} bytes, and {}; from event time {} on they go on before it ({} so far),"
                            + " and what comes with earlier times is late. {}",
                    buffers.get(input).partition(),
                    waiting.size(),
                    waitingBytes,
                    room.why,
                    first.timeMillis,
                    early,
                    room.remedy);
        }
        watermark.force(first.timeMillis);
    }

    private void comeIn(int input) {
        PartitionBuffer buffer = buffers.get(input);
        PartitionBuffer.Head head = buffer.head();
        long time = head.eventTimeMillis();
        boolean known = isTimeKnown(head);
        if (!known || time < reachedMillis) {
            outOfTurn = true;
            chosen = input;
            timeKnown = known;
        } else {
            watermark.saw(input, time);
            letWait(input, head);
        }
    }

    private boolean isTimeKnown(PartitionBuffer.Head head) {
        return head.failure() == null && plausible.test(head.eventTimeMillis());
    }

    private void letWait(int input, PartitionBuffer.Head head) {
        buffers.get(input).removeHead();
        var record = new Waiting(input, head);
        waiting.add(record);
        waitingBytes += record.bytes;
        inputs.get(input).byOffset.addLast(record);
    }

    /** Takes in what had been read before the committed position was gone on from; whether all of that is there again. */
    private boolean readAgain(Predicate<TopicPartition> caughtUp) {
        boolean all = true;
        for (int i = 0; i < inputs.size(); i++) {
            InputState input = inputs.get(i);
            PartitionBuffer buffer = buffers.get(i);
            while (input.before != null && !buffer.isEmpty()) {
                if (buffer.firstOffset() >= input.before.readEnd()) {
                    input.before = null;
                } else {
                    comeInAgain(i, input, buffer);
                }
            }
            // Behind the last record there may be control records up to the read end.
            if (input.before != null && caughtUp.test(buffer.partition())) {
                input.before = null;
            }
            all &= input.before == null;
        }
        return all;
    }

    private void comeInAgain(int number, InputState input, PartitionBuffer buffer) {
        PartitionBuffer.Head head = buffer.head();
        long offset = head.record().offset();
        long time = head.eventTimeMillis();
        if (input.before.doneBesides().contains(offset)) {
            buffer.removeHead();
        } else if (head.failure() != null) {
            throw new TaskStopped(
                    "The record at " + head.record().topic() + "-"
                            + head.record().partition() + "@" + offset
                            + " was read before the last start and waited for its turn, or is done; now it cannot be decoded, so that cannot be told: "
                            + head.failure()
                            + ". Run the code that could read it until no record waits any more, then change it",
                    head.failure());
        } else if (time < reachedMillis || (time == reachedMillis && offset <= input.before.doneAtWatermark())) {
            buffer.removeHead();
        } else {
            watermark.saw(number, time);
            letWait(number, head);
        }
    }

    @Override
    PartitionBuffer.Head head() {
        return outOfTurn ? buffers.get(chosen).head() : waiting.element().head;
    }

    @Override
    void done(boolean processed) {
        InputState input = inputs.get(chosen);
        long offset = head().record().offset();
        if (outOfTurn) {
            buffers.get(chosen).removeHead();
        } else {
            Waiting gone = waiting.remove();
            gone.head = null;
            waitingBytes -= gone.bytes;
        }
        if (!timeKnown) {
            input.doneBesides.add(offset);
        } else if (!outOfTurn) {
            input.doneAtWatermark = Math.max(input.doneAtWatermark, offset);
        }
        input.forgetDone();
        outOfTurn = false;
        chosen = NONE;
    }

    @Override
    long waitingBytes() {
        return waitingBytes;
    }

    @Override
    void waitingRoom(long bytes) {
        mostWaitingBytes = bytes;
    }

    @Override
    long watermarkMillis() {
        return reachedMillis;
    }

    @Override
    boolean hasRecords() {
        if (inputs.stream().anyMatch(input -> input.before != null)) {
            return buffers.stream().anyMatch(buffer -> !buffer.isEmpty());
        }
        Waiting first = waiting.peek();
        return (first != null && first.timeMillis <= watermark.millis()) || nextToComeIn() != NONE;
    }

    @Override
    long position(int number, long consumed) {
        InputState input = inputs.get(number);
        return input.byOffset.isEmpty()
                ? buffers.get(number).position(consumed)
                : input.byOffset.getFirst().offset();
    }

    @Override
    Optional<ReadAhead> ahead(int number, long consumed) {
        InputState input = inputs.get(number);
        if (input.before != null) {
            return Optional.of(input.before); // nothing went on since then
        }
        long position = position(number, consumed);
        long readEnd = buffers.get(number).position(consumed);
        return position == readEnd
                ? Optional.empty()
                : Optional.of(new ReadAhead(readEnd, input.doneAtWatermark, List.copyOf(input.doneBesides)));
    }
}
