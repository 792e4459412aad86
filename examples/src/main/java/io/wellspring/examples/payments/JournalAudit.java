package io.wellspring.examples.payments;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.codec.Codecs;
import io.wellspring.examples.run.Cluster;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the journal of a stage and checks what holds whatever the stage does: each event was caused by an input of its own partition and account,
 * inputs in the order of their topics and none twice, or by a timer; each key's events are numbered without gap or repetition; processing time never goes back.
 * By the way it notes when, and at which place of the journal, each input was processed.
 */
final class JournalAudit {
    static final long NOWHERE = -1;
    private static final Codec<String> KEYS = Codecs.utf8();

    private final TortureInputs inputs;
    private final String what;
    private final Reader reader;
    private final boolean forgets;
    private final long[] processedMillis;
    private final long[] places;
    private final BitSet seen = new BitSet();
    private final Map<String, Long> sequences = new HashMap<>();
    private final Map<String, Long> lastCauses = new HashMap<>();
    private final Map<Integer, Long> lastMillis = new HashMap<>();
    private long found;
    private long duplicate;
    private long wrong;

    /**
     * Begins at the beginning of a journal.
     *
     * @param what how the outcome names it
     * @param forgets whether the stage forgets keys, which begins their numbers anew
     * @param reader looks at the events
     */
    JournalAudit(String what, TortureInputs inputs, boolean forgets, Reader reader) {
        this.what = what;
        this.inputs = inputs;
        this.forgets = forgets;
        this.reader = reader;
        int ids = inputs.all().stream()
                .mapToInt(input -> (int) TortureInputs.id(input))
                .max()
                .orElse(0);
        this.processedMillis = new long[ids + 1];
        this.places = new long[ids + 1];
        Arrays.fill(places, NOWHERE);
    }

    /** Looks at an event that has a good cause. */
    interface Reader {
        /** Whether the event is what this input had to lead to, as far as this reader can tell. */
        boolean right(Input cause, byte[] event);
    }

    /** Reads the journal to its end. */
    JournalAudit read(Cluster cluster, String topic) {
        cluster.read(topic, this::take);
        return this;
    }

    /** When an input was processed, or zero where it led to no event. */
    long processedMillis(long id) {
        return processedMillis[(int) id];
    }

    /** The offset of an input's event, comparable within an account, or {@link #NOWHERE}. */
    long place(long id) {
        return places[(int) id];
    }

    /**
     * The outcome.
     *
     * @param expected how many events were expected
     * @param missing how many of them there are not
     * @param wrongToo what else was found to be wrong
     */
    Tally tally(long expected, long missing, long wrongToo) {
        return new Tally(what, expected, found, missing, duplicate, wrong + wrongToo);
    }

    long found() {
        return found;
    }

    /** Takes the next record of a partition. */
    void take(ConsumerRecord<byte[], byte[]> entry) {
        JournalRecord event = JournalRecord.parse(entry);
        String account = KEYS.decode(entry.key());
        if (event.effectSize() == 0 || event.causeTopic().isEmpty()) {
            takeTimer(account, entry.partition(), event);
            return;
        }
        found++;
        Input cause = inputs.at(event.causeTopic(), entry.partition(), event.causeOffset());
        if (cause == null || !cause.account().equals(account)) {
            wrong++;
            return;
        }
        int id = (int) TortureInputs.id(cause);
        if (seen.get(id)) {
            duplicate++;
            return;
        }
        seen.set(id);
        processedMillis[id] = event.processedMillis();
        places[id] = entry.offset();
        if (!numbered(account, event)
                || !inOrder(entry.partition(), event)
                || event.effectIndex() != 0
                || !reader.right(cause, event.event())) {
            wrong++;
        }
    }

    /** What timers did is no answer to an input; its events are numbered with the others. */
    private void takeTimer(String account, int partition, JournalRecord entry) {
        boolean inTime = timeGoesOn(partition, entry);
        if (!inTime || (entry.effectSize() > 0 && !numbered(account, entry))) {
            wrong++;
        }
    }

    private boolean numbered(String account, JournalRecord event) {
        long before = sequences.getOrDefault(account, 0L);
        sequences.put(account, event.sequence());
        return event.sequence() == before + 1 || (forgets && event.sequence() == 1);
    }

    private boolean inOrder(int partition, JournalRecord event) {
        Long lastCause = lastCauses.put(event.causeTopic() + "-" + partition, event.causeOffset());
        boolean inTime = timeGoesOn(partition, event);
        return (lastCause == null || lastCause < event.causeOffset()) && inTime;
    }

    private boolean timeGoesOn(int partition, JournalRecord entry) {
        Long last = lastMillis.put(partition, entry.processedMillis());
        return last == null || last <= entry.processedMillis();
    }
}
