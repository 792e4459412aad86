package io.wellspring.testkit.sim;

import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;

/** What the coordinator of a group knows of a member. */
final class SimMember {
    final String id;
    final Optional<String> instanceId;
    final String clientId;
    final long sessionTimeoutMillis;
    final long rebalanceTimeoutMillis;
    final Heartbeats heartbeats;
    Subscription subscription;
    boolean joining;
    /** What the leader gave it in this generation; null while the leader has not spoken. */
    Assignment assignment;

    SimMember(
            String id,
            Optional<String> instanceId,
            String clientId,
            long sessionTimeoutMillis,
            long rebalanceTimeoutMillis,
            Heartbeats heartbeats) {
        this.id = id;
        this.instanceId = instanceId;
        this.clientId = clientId;
        this.sessionTimeoutMillis = sessionTimeoutMillis;
        this.rebalanceTimeoutMillis = rebalanceTimeoutMillis;
        this.heartbeats = heartbeats;
    }

    /** The beating of the client behind a member. */
    interface Heartbeats {
        /** When the last one was sent, in milliseconds since 1970; empty while they come as they should. */
        OptionalLong stoppedMillis();

        /** Whether the client itself leaves now, since it has not been polled for too long. */
        boolean leaves();
    }
}
