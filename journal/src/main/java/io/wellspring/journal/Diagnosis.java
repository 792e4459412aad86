package io.wellspring.journal;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * Reads the client's exceptions: what to do next. Follows the families of KIP-1050 (retriable, abortable,
 * application-recoverable, invalid configuration), with two differences. The members of the application-recoverable
 * family that concern the <em>group</em> need an abort only, because the producer is sound. And what belongs to no
 * family is met with a new producer, which is always safe.
 */
final class Diagnosis {
    private Diagnosis() {}

    /**
     * What to do about an error before the request to commit was sent.
     *
     * @param outlived whether the transaction has been open for longer than its timeout. The broker aborts such a
     *     transaction by raising the epoch, which looks to the client like another producer with the same id.
     */
    static Remedy of(Throwable error, boolean outlived) {
        Throwable root = unwrapped(error);
        if (root instanceof ProducerFencedException || root instanceof InvalidProducerEpochException) {
            return outlived ? Remedy.REBUILD : Remedy.FENCED;
        }
        if (root instanceof CommitFailedException
                || root instanceof IllegalGenerationException
                || root instanceof UnknownMemberIdException
                || root instanceof FencedInstanceIdException
                || root instanceof TransactionAbortableException
                || root instanceof RetriableException
                || root instanceof InterruptException) {
            return Remedy.ABORT_AND_REWIND;
        }
        if (root instanceof InvalidConfigurationException
                || root instanceof RecordTooLargeException
                || root instanceof OffsetMetadataTooLarge) {
            return Remedy.STOP;
        }
        // InvalidPidMapping (an id that expired on a quiet pipeline) and whatever KIP-1050 adds to its family; out of
        // order,
        // InvalidTxnState and the unknown likewise.
        return Remedy.REBUILD;
    }

    /** Whether the call was given up while its request may still be answered. */
    static boolean isNoAnswer(Throwable error) {
        return error instanceof RetriableException || error instanceof InterruptException;
    }

    /** The client wraps the error that it met first into a plain KafkaException when a later call meets it again. */
    private static Throwable unwrapped(Throwable error) {
        Throwable root = error;
        while (root.getClass() == KafkaException.class && root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
