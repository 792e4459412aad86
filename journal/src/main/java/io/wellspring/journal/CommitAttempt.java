package io.wellspring.journal;

import io.wellspring.api.error.CorruptException;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;

/**
 * One commit, from the first flush to the last answer, however often it is retried. It runs on the executor, one run
 * at a time.
 *
 * <pre>
 *   FLUSH ----------> OFFSETS ---------------> COMMIT ----------> Committed
 *   all sends acked   offsets go to the group  EndTxn
 *     | a send failed   | refused | no answer    | refused     | no answer
 *     v                 v         v              v             v
 *   Refused           Refused   Unknown        InDoubt       Unknown
 * </pre>
 *
 * <p>A run that got no answer in OFFSETS must be repeated there too: the client takes no other call until then, not
 * even an abort.
 *
 * <p>Once EndTxn may have been sent, nothing but success decides (I4). That holds for the first call too, because the
 * client repeats the request by itself after a lost reply: what it reports then, say a fencing, may have come after
 * the commit was carried out.
 */
final class CommitAttempt {
    /** The broker's default of {@code offset.metadata.max.bytes}; longer metadata would break the producer. */
    private static final int MAX_METADATA_CHARS = 4096;

    private enum Phase {
        FLUSH,
        OFFSETS,
        COMMIT
    }

    private final Producer<byte[], byte[]> producer;
    private final OpenTransaction transaction;
    private final OffsetsOfCommit offsetsOfCommit;
    private final ConsumerGroupMetadata group;
    private final Clock clock;
    private final long transactionTimeoutMillis;

    private Phase phase = Phase.FLUSH;
    private Map<TopicPartition, Long> journalEnds = Map.of();
    private Map<TopicPartition, OffsetAndMetadata> offsets = Map.of();

    CommitAttempt(
            Producer<byte[], byte[]> producer,
            OpenTransaction transaction,
            OffsetsOfCommit offsetsOfCommit,
            ConsumerGroupMetadata group,
            Clock clock,
            long transactionTimeoutMillis) {
        this.producer = producer;
        this.transaction = transaction;
        this.offsetsOfCommit = offsetsOfCommit;
        this.group = group;
        this.clock = clock;
        this.transactionTimeoutMillis = transactionTimeoutMillis;
    }

    /** Goes on from where the last run got no answer. */
    CommitOutcome run() {
        try {
            return advance();
        } catch (RuntimeException e) {
            return judged(e);
        }
    }

    private CommitOutcome advance() {
        if (phase == Phase.FLUSH) {
            producer.flush();
            if (transaction.failure() != null) {
                return refused(transaction.failure());
            }
            journalEnds = transaction.journalEnds();
            try {
                offsets = checked(offsetsOfCommit.offsets(journalEnds));
            } catch (CorruptException e) {
                // What was written does not fit the state: nothing of it may count, and the way back tells what is
                // wrong.
                transaction.failed(e);
                return new CommitOutcome.Refused(e, Remedy.ABORT_AND_REWIND);
            } catch (RuntimeException e) {
                transaction.failed(e);
                return new CommitOutcome.Refused(e, Remedy.STOP);
            }
            phase = Phase.OFFSETS;
        }
        if (phase == Phase.OFFSETS) {
            producer.sendOffsetsToTransaction(offsets, group);
            phase = Phase.COMMIT;
        }
        producer.commitTransaction();
        return new CommitOutcome.Committed(journalEnds);
    }

    private static Map<TopicPartition, OffsetAndMetadata> checked(Map<TopicPartition, OffsetAndMetadata> given) {
        if (given.isEmpty()) {
            throw new IllegalStateException(
                    "a commit without offsets is not fenced, so a zombie could commit it too; give the"
                            + " position of every touched partition, also where only a timer fired");
        }
        given.forEach((partition, offset) -> {
            if (offset.metadata().length() > MAX_METADATA_CHARS) {
                throw new IllegalStateException("the offset metadata of " + partition + " has "
                        + offset.metadata().length() + " characters, the broker takes " + MAX_METADATA_CHARS
                        + "; use fewer stages per pipeline or shorter names of stages");
            }
        });
        return Map.copyOf(given);
    }

    private CommitOutcome judged(RuntimeException error) {
        if (Diagnosis.isNoAnswer(error)) {
            return new CommitOutcome.Unknown(error);
        }
        if (phase != Phase.COMMIT) {
            return refused(error);
        }
        Remedy remedy = Diagnosis.of(error, outlived());
        return new CommitOutcome.InDoubt(error, remedy == Remedy.ABORT_AND_REWIND ? Remedy.REBUILD : remedy);
    }

    private CommitOutcome refused(Exception error) {
        transaction.failed(error);
        return new CommitOutcome.Refused(error, Diagnosis.of(error, outlived()));
    }

    private boolean outlived() {
        return clock.millis() - transaction.begunAtMillis() >= transactionTimeoutMillis;
    }
}
