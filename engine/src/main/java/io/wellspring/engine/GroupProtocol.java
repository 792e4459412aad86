package io.wellspring.engine;

/**
 * How the engines of a pipeline share out its partitions. Engines can be changed over one by one, in both directions, where the broker has
 * {@code group.consumer.migration.policy=bidirectional}, its default; until all have, the limits of {@link #CONSUMER} hold for all.
 */
public enum GroupProtocol {
    /**
     * Kafka's older protocol, with an assignor of Wellspring's own. A task moves as a whole, stays where it is or goes where its state lies, and an
     * engine that is killed and started again has its tasks back at once. The client's {@code session.timeout.ms} says when others take over.
     */
    CLASSIC,

    /**
     * The protocol of KIP-848, in which the broker assigns, with its {@code range} assignor. It needs no round in which all engines stop, which large
     * groups gain from. Its limits:
     *
     * <ul>
     *   <li>Assignments know nothing of local state, so a task may come to an engine that replays it from its beginning or a backup; there are
     *       no standbys.
     *   <li>Partitions of a task are handed over one by one; the task starts once all have arrived.
     *   <li>The session timeout is the broker's ({@code group.consumer.session.timeout.ms}, 45 s unless changed there); {@code session.timeout.ms},
     *       {@code heartbeat.interval.ms} and {@code partition.assignment.strategy} are refused.
     *   <li>The broker refuses an instance that comes back before its session has ended, so an engine removes its own members from the group before
     *       it joins, which needs READ and DESCRIBE on the group. Without these, an engine that was killed starts again only after the session.
     *   <li>Of two engines with one identity, made by a copied state directory, the one that was started first stops at once.
     * </ul>
     */
    CONSUMER
}
