package io.wellspring.journal;

import io.wellspring.api.Position;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.ConfigException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.error.WellspringException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;

/** What can be wrong with a journal that is replayed, in words: what, where, and the ways on. */
final class ReplayFaults {
    private static final String NOTHING_GUESSED = " Nothing was skipped or changed.";

    private ReplayFaults() {}

    static CorruptException cut(TopicPartition journal, long needed, LogRange range) {
        return new CorruptException(
                "journal " + journal + " begins at offset " + range.start() + " and is needed from " + needed
                        + ": it was cut (by a retention or by hand) past what the state holds." + NOTHING_GUESSED
                        + " Put back a state or backup of position " + range.start()
                        + " or later; a replay from the beginning is possible only for a journal that begins at 0. Else give the stage"
                        + " another name, so that it starts with an empty journal");
    }

    static CorruptException shorter(TopicPartition journal, long needed, LogRange range) {
        return new CorruptException(
                "journal " + journal + " ends at offset " + range.end() + " and is needed from " + needed
                        + ": the journal lost its tail, or the state is of another cluster." + NOTHING_GUESSED
                        + " Check bootstrap.servers first. If the tail is lost, restore the topic, or delete this task's state so that it is"
                        + " replayed from what is left");
    }

    static RetryableException strayed(TopicPartition journal, long at, LogRange range) {
        return new RetryableException(
                "the leader of journal " + journal + " refused offset " + at + ", which lies within " + range.start()
                        + ".." + range.end() + " by now: a change of leaders was under way. Recover the task again");
    }

    static CorruptException diverged(TopicPartition journal, long needed, String divergence) {
        return new CorruptException(
                "journal " + journal + " lost its tail and may have grown again since: what lay before offset "
                        + needed + " was written by another leader than what lies there now, " + divergence + "."
                        + NOTHING_GUESSED
                        + " Restore the topic, or delete this task's state so that it is replayed from what is left");
    }

    /** The error for a failed fetch that does not say which journal it concerns. */
    static WellspringException unfetched(KafkaException cause) {
        if (cause instanceof AuthenticationException || cause instanceof AuthorizationException) {
            return refused(cause);
        }
        // The consumer names a damaged batch in the message only.
        return cause.getCause() instanceof CorruptRecordException
                ? new CorruptException(
                        "a journal cannot be read: " + cause.getMessage() + "." + NOTHING_GUESSED
                                + " Restore the partition from a replica",
                        cause)
                : new RetryableException(
                        "journals cannot be read for now: " + cause.getMessage() + "; recover the tasks again", cause);
    }

    static ConfigException refused(KafkaException cause) {
        return new ConfigException(
                "the cluster refuses to let this client read its journals: " + cause.getMessage()
                        + "; grant READ and DESCRIBE on them, and check the security settings of the client properties",
                cause);
    }

    static CorruptException brokenEffect(
            ConsumerRecord<byte[], byte[]> journaled, JournalEntry entry, int expectedIndex) {
        return new CorruptException(
                at(journaled) + " is event " + entry.effectIndex() + " of an effect of " + entry.effectSize()
                        + ", and event " + expectedIndex + " of an effect is due: records are missing or out of order."
                        + NOTHING_GUESSED
                        + " Restore the topic, and let only Wellspring's principal write to it");
    }

    static CorruptException unfinishedEffect(TopicPartition journal, long end, int expectedIndex) {
        return new CorruptException("journal " + journal + " ends at offset " + end + " inside an effect, whose event "
                + expectedIndex + " is missing." + NOTHING_GUESSED
                + " Restore the topic, and let only Wellspring's principal write to it");
    }

    /** Errors that say what happens next pass; anything else means that this code cannot apply this event. */
    static WellspringException unapplied(ConsumerRecord<byte[], byte[]> journaled, RuntimeException cause) {
        if (cause instanceof WellspringException ours && !(cause instanceof CodecException)) {
            return ours;
        }
        return new CorruptException(
                at(journaled) + " cannot be applied: " + cause + "." + NOTHING_GUESSED
                        + " Bring back the code that wrote it, or teach the stage's codec and evolve to read it",
                cause);
    }

    private static String at(ConsumerRecord<byte[], byte[]> journaled) {
        return "journal record " + new Position(journaled.topic(), journaled.partition(), journaled.offset()) + ", key "
                + KeyText.of(journaled.key()) + ",";
    }
}
