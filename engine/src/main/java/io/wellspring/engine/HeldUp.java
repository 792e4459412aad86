package io.wellspring.engine;

import io.wellspring.journal.TransactionHolders;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a recovery that does not get on: committed offsets or journals wait for an open transaction. If a dead worker left it, it is ended;
 * otherwise the log says for whom the task waits (window 8 of the failure page). Confined to the worker's thread.
 */
final class HeldUp {
    private static final Logger LOG = LoggerFactory.getLogger(HeldUp.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final TaskId task;
    private final String group;
    private final List<TopicPartition> journals;
    private final TransactionHolders holders;
    private final LongSupplier nanos;
    private long dueNanos;
    private Optional<TransactionHolders.Search> search = Optional.empty();

    /** What the last search took for hanging; a transaction that is just ending looks the same once. */
    private Set<TransactionHolders.Hanging> suspected = Set.of();

    HeldUp(TaskId task, String group, List<TopicPartition> journals, TransactionHolders holders, LongSupplier nanos) {
        this.task = task;
        this.group = group;
        this.journals = journals;
        this.holders = holders;
        this.nanos = nanos;
        progressed();
    }

    /** Says that the recovery gets on. */
    void progressed() {
        dueNanos = nanos.getAsLong() + PATIENCE.toNanos();
    }

    /** Says that it did not get on in this turn. */
    void look() {
        if (search.isPresent()) {
            search.get().poll().ifPresent(this::tell);
        } else if (nanos.getAsLong() - dueNanos >= 0) {
            search = Optional.of(holders.search(group, journals));
        }
    }

    private void tell(TransactionHolders.Found found) {
        search = Optional.empty();
        dueNanos = nanos.getAsLong() + AGAIN.toNanos();
        if (!found.waitedFor().isEmpty()) {
            LOG.info(
                    "task {} may have to wait for the open transactions of {}: they are members of the group or not of this pipeline, and end"
                            + " with their commit, or at the latest some 10 s behind their timeout",
                    task,
                    found.waitedFor());
        }
        Set<TransactionHolders.Hanging> twice = new HashSet<>(found.hanging());
        twice.retainAll(suspected);
        suspected = found.hanging();
        twice.forEach(this::tellOfHanging);
        if (!found.hindrances().isEmpty()) {
            LOG.warn(
                    "task {} waits, and what holds it up cannot be seen or ended: {}; at the latest it goes on some 10 s behind the timeout of"
                            + " that transaction",
                    task,
                    found.hindrances());
        }
    }

    private void tellOfHanging(TransactionHolders.Hanging hanging) {
        TopicPartition partition = hanging.partition();
        LOG.warn(
                "task {} waits until a person helps: {} has a transaction of {} open since offset {}, which its coordinator takes for ended ({}), so"
                        + " brokers have lost its marker. kafka-transactions.sh find-hanging lists such transactions, and kafka-transactions.sh abort --topic"
                        + " {} --partition {} --start-offset {} ends this one; see first whether it was committed elsewhere, since its records here are lost"
                        + " then",
                task,
                partition,
                hanging.transactionalId(),
                hanging.startOffset(),
                hanging.state(),
                partition.topic(),
                partition.partition(),
                hanging.startOffset());
    }
}
