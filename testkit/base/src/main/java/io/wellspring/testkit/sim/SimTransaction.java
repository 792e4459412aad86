package io.wellspring.testkit.sim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;

/** What the coordinator knows of one transactional id. {@link SimTransactions} draws its states. */
final class SimTransaction {
    private final String id;
    private final long producerId;
    private final Set<Place> places = new LinkedHashSet<>();
    private final List<Place> markersDue = new ArrayList<>();
    private State state = State.EMPTY;
    private short epoch;
    private boolean commit;
    private long timeoutMillis;
    private long startedMillis;

    SimTransaction(String id, long producerId, long timeoutMillis) {
        this.id = id;
        this.producerId = producerId;
        this.timeoutMillis = timeoutMillis;
    }

    enum State {
        EMPTY(TransactionState.EMPTY),
        ONGOING(TransactionState.ONGOING),
        PREPARE_COMMIT(TransactionState.PREPARE_COMMIT),
        PREPARE_ABORT(TransactionState.PREPARE_ABORT),
        COMPLETE_COMMIT(TransactionState.COMPLETE_COMMIT),
        COMPLETE_ABORT(TransactionState.COMPLETE_ABORT);

        private final TransactionState told;

        State(TransactionState told) {
            this.told = told;
        }

        TransactionState told() {
            return told;
        }
    }

    /** Where a transaction has something: a partition, or a group's offsets; the other is null. */
    record Place(TopicPartition partition, String group) {
        static Place of(TopicPartition partition) {
            return new Place(partition, null);
        }

        static Place of(String group) {
            return new Place(null, group);
        }

        @Override
        public String toString() {
            return group == null ? partition.toString() : "offsets of " + group;
        }
    }

    String id() {
        return id;
    }

    long producerId() {
        return producerId;
    }

    short epoch() {
        return epoch;
    }

    SimTransactions.Identity identity() {
        return new SimTransactions.Identity(producerId, epoch);
    }

    State state() {
        return state;
    }

    boolean commit() {
        return commit;
    }

    long timeoutMillis() {
        return timeoutMillis;
    }

    long startedMillis() {
        return startedMillis;
    }

    Set<Place> places() {
        return places;
    }

    List<Place> markersDue() {
        return markersDue;
    }

    boolean deciding() {
        return state == State.PREPARE_COMMIT || state == State.PREPARE_ABORT;
    }

    void raiseEpoch() {
        if (epoch == Short.MAX_VALUE - 1) {
            throw new IllegalStateException("producer " + id + " has used up its 32,766 epochs, and new producer ids"
                    + " are not modelled: use shorter runs, or another transactional id");
        }
        epoch++;
    }

    void reset(long newTimeoutMillis) {
        timeoutMillis = newTimeoutMillis;
        state = State.EMPTY;
        places.clear();
    }

    void add(Place place, long nowMillis) {
        if (state != State.ONGOING) {
            state = State.ONGOING;
            startedMillis = nowMillis;
            places.clear();
        }
        places.add(place);
    }

    void decide(boolean toCommit) {
        commit = toCommit;
        state = toCommit ? State.PREPARE_COMMIT : State.PREPARE_ABORT;
        markersDue.addAll(places);
    }

    /** Aborts where nothing was begun, which raises the epoch like any end. */
    void abortNothing() {
        raiseEpoch();
        commit = false;
        complete();
    }

    void marked(Place place) {
        markersDue.remove(place);
    }

    void complete() {
        state = commit ? State.COMPLETE_COMMIT : State.COMPLETE_ABORT;
        places.clear();
    }
}
