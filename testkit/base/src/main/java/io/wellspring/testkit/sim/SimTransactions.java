package io.wellspring.testkit.sim;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ConcurrentTransactionsException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * The transaction coordinator, in its second protocol (KIP-890, the default since Kafka 4.0): every end of a transaction raises the
 * producer's epoch, and partitions join a transaction with their first record.
 *
 * <pre>
 *   EMPTY --> ONGOING --> PREPARE_COMMIT --(markers)--> COMPLETE_COMMIT --> ONGOING
 *                |------> PREPARE_ABORT ---(markers)--> COMPLETE_ABORT ---> ONGOING
 * </pre>
 *
 * <p>The decision is made, and told, with the first arrow. Each marker is a step of its own, later and in any order. An end that is asked
 * for again is known by its epoch, one below the present one. A new initialisation, and the coordinator's own abort of a transaction
 * that took too long, raise the epoch without telling the producer.
 */
final class SimTransactions {
    private final SimCluster cluster;
    private final Map<String, SimTransaction> byId = new LinkedHashMap<>();
    private long nextProducerId = 1_000;

    SimTransactions(SimCluster cluster) {
        this.cluster = cluster;
    }

    /** A producer's identity. */
    record Identity(long producerId, short epoch) {}

    Collection<SimTransaction> all() {
        return byId.values();
    }

    Optional<SimTransaction> find(String transactionalId) {
        return Optional.ofNullable(byId.get(transactionalId));
    }

    /** Whether a producer with this id has a transaction that is committed, and lacks markers. */
    boolean isCommitting(long producerId) {
        return byId.values().stream()
                .anyMatch(
                        each -> each.producerId() == producerId && each.state() == SimTransaction.State.PREPARE_COMMIT);
    }

    /** The transaction whose markers keep a producer from its next one. */
    Optional<SimTransaction> deciding(String transactionalId) {
        return find(transactionalId).filter(SimTransaction::deciding);
    }

    Identity newProducer() {
        return new Identity(nextProducerId++, (short) 0);
    }

    Identity init(String transactionalId, long timeoutMillis) {
        SimTransaction known = byId.get(transactionalId);
        if (known == null) {
            known = new SimTransaction(transactionalId, nextProducerId++, timeoutMillis);
            byId.put(transactionalId, known);
            return known.identity();
        }
        if (known.deciding()) {
            throw new ConcurrentTransactionsException(transactionalId + " is " + known.state());
        }
        if (known.state() == SimTransaction.State.ONGOING) {
            cluster.trace("%s is initialised anew: its open transaction is aborted", transactionalId);
            known.raiseEpoch();
            decide(known, false);
            if (known.deciding()) {
                throw new ConcurrentTransactionsException(transactionalId + " is " + known.state());
            }
        }
        known.raiseEpoch();
        known.reset(timeoutMillis);
        return known.identity();
    }

    /** Adds a partition, or a group, to a producer's transaction, which begins with it. */
    void add(String transactionalId, Identity producer, SimTransaction.Place place) {
        SimTransaction known = byId.get(transactionalId);
        if (known == null || known.producerId() != producer.producerId()) {
            throw new InvalidPidMappingException("The producer attempted to use a producer id which is not currently"
                    + " assigned to its transactional id " + transactionalId);
        }
        if (known.epoch() != producer.epoch()) {
            throw new InvalidProducerEpochException("Producer attempted to produce with an old epoch: "
                    + producer.epoch() + " of " + transactionalId + ", now " + known.epoch());
        }
        if (known.deciding()) {
            throw new ConcurrentTransactionsException(transactionalId + " is " + known.state());
        }
        known.add(place, cluster.nowMillis());
    }

    Identity end(String transactionalId, Identity producer, boolean commit) {
        SimTransaction known = byId.get(transactionalId);
        if (known == null || known.producerId() != producer.producerId()) {
            throw new InvalidPidMappingException("The producer attempted to use a producer id which is not currently"
                    + " assigned to its transactional id " + transactionalId);
        }
        boolean again = known.epoch() == producer.epoch() + 1;
        boolean current = known.epoch() == producer.epoch();
        boolean valid = switch (known.state()) {
            case EMPTY, ONGOING -> current;
            case PREPARE_COMMIT, PREPARE_ABORT -> again;
            case COMPLETE_COMMIT, COMPLETE_ABORT -> again || current;
        };
        if (!valid) {
            throw new ProducerFencedException("There is a newer producer with the same transactionalId "
                    + transactionalId + " which fences the current one");
        }
        switch (known.state()) {
            case ONGOING -> {
                known.raiseEpoch();
                decide(known, commit);
            }
            case PREPARE_COMMIT, PREPARE_ABORT -> {
                if (commit != known.commit()) {
                    throw invalid(known, commit);
                }
                throw new ConcurrentTransactionsException(transactionalId + " is " + known.state());
            }
            case COMPLETE_COMMIT, COMPLETE_ABORT -> {
                if (again ? commit != known.commit() : commit) {
                    throw invalid(known, commit);
                }
                if (!again) {
                    known.abortNothing();
                }
            }
            case EMPTY -> {
                if (commit) {
                    throw invalid(known, true);
                }
                known.abortNothing();
            }
        }
        return known.identity();
    }

    private static InvalidTxnStateException invalid(SimTransaction known, boolean commit) {
        return new InvalidTxnStateException("The producer attempted a transactional operation in an invalid state: "
                + known.id() + " is " + known.state() + " and was to " + (commit ? "commit" : "abort"));
    }

    /** Aborts a transaction that has been open for longer than it may; its producer is not told. */
    void timeOut(SimTransaction late) {
        cluster.trace("%s was open for too long: the coordinator aborts it", late.id());
        late.raiseEpoch();
        decide(late, false);
    }

    boolean isLate(SimTransaction transaction) {
        return transaction.state() == SimTransaction.State.ONGOING
                && cluster.nowMillis() - transaction.startedMillis() >= transaction.timeoutMillis();
    }

    private void decide(SimTransaction transaction, boolean commit) {
        transaction.decide(commit);
        cluster.trace(
                "%s is decided: %s, markers due %s",
                transaction.id(), commit ? "commit" : "abort", transaction.markersDue());
        if (transaction.markersDue().isEmpty()) {
            transaction.complete();
        }
    }

    /** Writes one of the markers that are due. */
    void mark(SimTransaction transaction, SimTransaction.Place place) {
        transaction.marked(place);
        if (place.group() != null) {
            cluster.group(place.group()).offsets.mark(transaction.identity(), transaction.commit());
            cluster.trace("%s: %s marker for the offsets of %s", transaction.id(), word(transaction), place.group());
        } else {
            cluster.log(place.partition()).ifPresent(log -> {
                long offset = log.mark(
                        transaction.producerId(), transaction.epoch(), transaction.commit(), cluster.nowMillis());
                cluster.trace("%s: %s marker at %s@%d", transaction.id(), word(transaction), place.partition(), offset);
            });
        }
        if (transaction.markersDue().isEmpty()) {
            transaction.complete();
        }
    }

    private static String word(SimTransaction transaction) {
        return transaction.commit() ? "commit" : "abort";
    }

    void forget(TopicPartition deleted) {
        for (SimTransaction transaction : byId.values()) {
            List<SimTransaction.Place> gone = new ArrayList<>();
            transaction.markersDue().stream()
                    .filter(place -> deleted.equals(place.partition()))
                    .forEach(gone::add);
            gone.forEach(transaction::marked);
            if (transaction.deciding() && transaction.markersDue().isEmpty()) {
                transaction.complete();
            }
        }
    }
}
