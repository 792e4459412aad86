package io.wellspring.api;

/**
 * What becomes of a record that cannot be processed: it cannot be decoded, a step or a stage throws, or what it produces is too
 * large for the broker. Nothing of that record was sent or persisted when the policy is asked; the other records of the transaction
 * stand. A policy never hides a damaged <em>journal</em>: that always stops the task.
 */
public sealed interface Policy {
    /** The task stops with the error, before the record; after the cause is mended it goes on at that record. */
    record Fail() implements Policy {}

    /** The record is counted, logged and passed over. */
    record Skip() implements Policy {}

    /**
     * The record goes, as the bytes it came in, with its headers, its position and the reason in headers, to a topic, in the
     * same transaction as the offset that passes it.
     *
     * @param topic the name of an existing topic
     */
    record DeadLetter(String topic) implements Policy {
        /**
         * Checks the name.
         *
         * @param topic the name of an existing topic
         */
        public DeadLetter {
            Names.checked("dead-letter topic", topic);
        }
    }

    /**
     * For stages only: the record's key is parked in the stage. The record, and every later one of that key that comes to the stage, goes to a
     * topic, in order, as the bytes it came in, in the same transaction as the offset that passes it; other keys, other stages and the
     * steps before the stage go on. Timers of a parked key wait. That a key is parked is journaled, so it holds through crashes and
     * rebalances, until the engine is told to release the key (its parked records are read back and processed in order) or to drop them.
     *
     * <p>A record without a key goes to the topic alone. The stage has to be behind steps without state only, for these run again
     * when a record is read back.
     *
     * @param topic the name of an existing topic with as many partitions as the stage's sources, read by no other step of the pipeline; its
     *     records have to stay until they are released or dropped
     */
    record ParkKey(String topic) implements Policy {
        /**
         * Checks the name.
         *
         * @param topic the name of an existing topic
         */
        public ParkKey {
            Names.checked("parked topic", topic);
        }
    }

    /**
     * Stop at the record: the default.
     *
     * @return the policy
     */
    static Policy fail() {
        return new Fail();
    }

    /**
     * Count, log and pass over.
     *
     * @return the policy
     */
    static Policy skip() {
        return new Skip();
    }

    /**
     * Send the raw record and the reason to a topic.
     *
     * @param topic the name of an existing topic
     * @return the policy
     */
    static Policy deadLetter(String topic) {
        return new DeadLetter(topic);
    }

    /**
     * Park the key: its records wait in a topic until they are released or dropped; for stages only.
     *
     * @param topic the name of an existing topic with as many partitions as the stage's sources
     * @return the policy
     */
    static Policy parkKey(String topic) {
        return new ParkKey(topic);
    }
}
