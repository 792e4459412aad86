package io.wellspring.engine;

import static io.wellspring.engine.ShopLogs.require;
import static io.wellspring.engine.ShopLogs.text;

import io.wellspring.api.codec.Codecs;
import io.wellspring.journal.JournalEntry;
import io.wellspring.journal.JournalEntry.ParkingChange;
import io.wellspring.journal.JournalEntry.TimerKind;
import io.wellspring.journal.JournalFormat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the journal of the stage that parks keys says of each job and timer, and that it is what may be said: a key's jobs are done in the order of
 * their offsets, those of a parked key when their turn comes among the parked ones, each once; a timer fires once, and not while its key is parked.
 */
final class JobHistory {
    private final Map<String, KeyHistory> keys = new TreeMap<>();

    /** The offsets of the jobs that went to the parked topic, in order. */
    private final List<Long> parked = new ArrayList<>();

    /** What a key has told, in order: its jobs, and its timers as negative numbers. */
    static final class KeyHistory {
        final List<Long> told = new ArrayList<>();
        final Set<Long> done = new TreeSet<>();
        final Set<Long> dropped = new TreeSet<>();
        final Set<String> timers = new HashSet<>();
        private final Deque<Long> waiting = new ArrayDeque<>();
        private boolean isParked;
        private String failedTimer = "";
        private long last = -1;

        /** How the key is parked, or empty. */
        String parking() {
            return isParked ? waiting.size() + " " + failedTimer : "";
        }
    }

    JobHistory(List<ConsumerRecord<byte[], byte[]>> journal, long end) {
        for (ConsumerRecord<byte[], byte[]> record : journal) {
            if (record.offset() < end) {
                add(JournalFormat.decode(record));
            }
        }
    }

    Map<String, KeyHistory> keys() {
        return keys;
    }

    List<Long> parked() {
        return parked;
    }

    private void add(JournalEntry entry) {
        String name = text(entry.key());
        KeyHistory key = keys.computeIfAbsent(name, none -> new KeyHistory());
        if (entry.hasEvent()) {
            long event = Codecs.int64().decode(entry.event());
            key.told.add(event);
            if (event > 0) {
                done(name, key, entry.cause().offset());
            } else {
                fired(name, key, Long.toString(-event));
            }
        }
        entry.timers().stream()
                .filter(timer -> timer.kind() == TimerKind.PROCESSING_TIME)
                .forEach(timer -> key.timers.add(timer.name()));
        entry.parking()
                .forEach(change -> change(name, key, change, entry.cause().offset()));
    }

    private void done(String name, KeyHistory key, long offset) {
        Long turn = key.waiting.peekFirst();
        require(
                key.isParked ? turn != null && turn == offset : offset > key.last,
                "job %d of %s is done out of turn: it is %s, of its jobs %s wait, and %d was done before",
                offset,
                name,
                key.isParked ? "parked" : "not parked",
                key.waiting,
                key.last);
        key.last = offset;
        key.done.add(offset);
    }

    private void fired(String name, KeyHistory key, String timer) {
        require(key.timers.remove(timer), "timer %s of %s fires, which is not set or has fired", timer, name);
        require(
                !key.isParked || key.failedTimer.equals(timer),
                "timer %s of %s fires while its key is parked for %s",
                timer,
                name,
                key.parking());
    }

    private void change(String name, KeyHistory key, ParkingChange change, long offset) {
        switch (change.kind()) {
            case PARKED -> {
                key.isParked = true;
                key.failedTimer = change.timer();
            }
            case ADDED -> {
                Long before = key.waiting.peekLast();
                require(
                        offset > key.last && (before == null || offset > before),
                        "job %d of %s is parked behind %s, and %d was done before",
                        offset,
                        name,
                        key.waiting,
                        key.last);
                key.waiting.add(offset);
                parked.add(offset);
            }
            case TAKEN -> {
                if (key.failedTimer.isEmpty()) {
                    key.waiting.pollFirst();
                }
                key.failedTimer = "";
            }
            case ENDED -> {
                key.dropped.addAll(key.waiting);
                key.last = key.waiting.isEmpty() ? key.last : key.waiting.getLast();
                key.timers.remove(key.failedTimer);
                key.waiting.clear();
                key.failedTimer = "";
                key.isParked = false;
            }
        }
    }
}
