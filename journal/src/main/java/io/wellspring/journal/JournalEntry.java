package io.wellspring.journal;

/**
 * One event of a journal with what a replay needs to check and apply it; see journal.proto for what each part means to other readers.
 * The arrays are not copied: who hands one in does not change it afterwards. For that reason two entries with equal content are not
 * equal.
 *
 * @param key the encoded key, which is the Kafka record's key
 * @param event the encoded event
 * @param sequence the event's number among the events of its key in this journal: 1, 2, 3, ...
 * @param effectIndex the event's place in its effect, from 0
 * @param effectSize how many events the effect has, at least 1
 * @param eventTimeMillis when the event happened, in milliseconds since 1970, negative before; also the Kafka record's timestamp, where it is not negative
 * @param processingTimeMillis when it was processed by the task's clock, in milliseconds since 1970
 * @param cause the record that led to it
 */
public record JournalEntry(
        byte[] key,
        byte[] event,
        long sequence,
        int effectIndex,
        int effectSize,
        long eventTimeMillis,
        long processingTimeMillis,
        Cause cause) {

    /**
     * Checks the numbers.
     *
     * @param key the encoded key
     * @param event the encoded event
     * @param sequence the event's number among the events of its key
     * @param effectIndex the event's place in its effect
     * @param effectSize how many events the effect has
     * @param eventTimeMillis when the event happened
     * @param processingTimeMillis when it was processed
     * @param cause the record that led to it
     * @throws IllegalArgumentException when one of them is out of its range
     */
    public JournalEntry {
        if (sequence < 1) {
            throw new IllegalArgumentException("sequence=" + sequence + " is below 1");
        }
        if (effectIndex < 0 || effectIndex >= effectSize) {
            throw new IllegalArgumentException("effectIndex=" + effectIndex + " is outside 0.." + (effectSize - 1)
                    + " of effectSize=" + effectSize);
        }
    }

    /**
     * Where the record lay that led to an event. Its partition is the task's, thus the journal's own.
     *
     * @param topic the topic, empty for {@link #NONE}
     * @param offset the offset in its partition
     */
    public record Cause(String topic, long offset) {
        /** No record led to the event, but a timer. */
        public static final Cause NONE = new Cause("", 0);
    }
}
