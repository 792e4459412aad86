package io.wellspring.engine;

import io.wellspring.api.Policy;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * What becomes of a record that cannot be processed, as the policies of sources and stages say: the task stops before it, or it is skipped, sent away to a topic for dead
 * letters, or parked with its key. Whatever goes on is logged and counted. Confined to the thread of the task's worker.
 */
final class BadRecords {
    private final TaskId id;
    private final InHand inHand;
    private final RecordScope scope;
    private final TaskContext context;
    private final PolicyLog log;
    private long skipped;
    private long deadLettered;

    BadRecords(TaskId id, InHand inHand, RecordScope scope, TaskContext context, Clock clock) {
        this.id = id;
        this.inHand = inHand;
        this.scope = scope;
        this.context = context;
        this.log = new PolicyLog(clock);
    }

    long skipped() {
        return skipped;
    }

    long deadLettered() {
        return deadLettered;
    }

    /**
     * Does with the record in hand what the policy says. A timer in hand is dropped under each policy that does not stop: there is no record to be
     * sent away.
     *
     * @throws TaskStopped when it says to stop
     */
    void apply(Policy policy, String where, RuntimeException failure) {
        Mishap mishap = inHand.mishap(where, failure);
        // The state or its disk is to blame, not the record: to pass over would lose it.
        boolean notItsFault = failure instanceof CorruptException || failure instanceof RetryableException;
        if (notItsFault || policy instanceof Policy.Fail) {
            throw new TaskStopped(mishap.stopped(id), failure);
        }
        if (policy instanceof Policy.DeadLetter deadLetter && !inHand.isTimer()) {
            sendAway(deadLetter.topic(), mishap);
        } else if (policy instanceof Policy.ParkKey park && !inHand.isTimer()) {
            sendAway(park.topic(), mishap); // without a key there is nothing to park
        } else {
            skipped++;
            log.say("skipped", id, mishap);
        }
        context.handled();
    }

    /**
     * Sends the record in hand, unprocessed, to a parked topic, to the partition that is this task's. Its timestamp is the time of the parking: by
     * its own, which may lie far back, the topic's retention would delete it while it waits; or the topic would refuse it.
     *
     * @throws TaskStopped when it is too large
     */
    void sendParked(String topic, List<Header> headers, String where) {
        ConsumerRecord<byte[], byte[]> record = inHand.record();
        try {
            scope.send(topic, id.partition(), context.processingTimeMillis(), record.key(), record.value(), headers);
        } catch (RuntimeException tooLarge) {
            throw new TaskStopped(
                    "Task " + id + " stopped before the record at " + context.position() + ": " + where
                            + " cannot park it: " + tooLarge.getMessage(),
                    tooLarge);
        }
    }

    void sayParked(Mishap mishap) {
        log.say("parked the key of", id, mishap);
        context.handled();
    }

    /** The task rests before the record in hand. */
    void sayRests(NoRoomToPark why) {
        log.sayRests(why);
    }

    private void sendAway(String topic, Mishap mishap) {
        ConsumerRecord<byte[], byte[]> record = inHand.record();
        try {
            scope.send(
                    topic,
                    -1,
                    DeadLetters.timestamp(record, context.processingTimeMillis()),
                    record.key(),
                    record.value(),
                    DeadLetters.headers(record, mishap.owner(), mishap.deadLetter()));
        } catch (RuntimeException tooLarge) {
            throw new TaskStopped(mishap.stoppedSendingAway(id, tooLarge), tooLarge);
        }
        deadLettered++;
        log.say("sent away to " + topic, id, mishap);
    }
}
