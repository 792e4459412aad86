package io.wellspring.api;

import io.wellspring.api.error.ConfigException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a source is read. Immutable: each method returns a changed copy, so that {@code p.from(TOPIC, s -> s.eventTime(Order::at))}
 * reads well.
 *
 * @param <V> the type of the source's values
 */
public final class SourceOptions<V> {
    private final Function<? super V, Instant> eventTime;
    private final Policy policy;
    private final Duration lateness;
    private final Policy latePolicy;
    private final boolean inOrder;

    private SourceOptions(
            Function<? super V, Instant> eventTime,
            Policy policy,
            Duration lateness,
            Policy latePolicy,
            boolean inOrder) {
        this.eventTime = eventTime;
        this.policy = policy;
        this.lateness = lateness;
        this.latePolicy = latePolicy;
        this.inOrder = inOrder;
    }

    /**
     * The defaults: the record's timestamp is its event time; an error stops the task; no lateness is allowed.
     *
     * @param <V> the type of the source's values
     * @return the defaults
     */
    public static <V> SourceOptions<V> defaults() {
        return new SourceOptions<>(null, Policy.fail(), Duration.ZERO, null, false);
    }

    /**
     * Takes the event time from the value instead of the record's timestamp.
     *
     * @param extractor pure; what it throws is handled by the source's policy
     * @return these options with that extractor
     */
    public SourceOptions<V> eventTime(Function<? super V, Instant> extractor) {
        return new SourceOptions<>(
                Objects.requireNonNull(extractor, "extractor"), policy, lateness, latePolicy, inOrder);
    }

    /**
     * What becomes of a record of this source that cannot be decoded or that a step without a policy of its own cannot process.
     *
     * @param changed the policy
     * @return these options with that policy
     * @throws ConfigException when it is {@link Policy.ParkKey}, which is for stages
     */
    public SourceOptions<V> onError(Policy changed) {
        return new SourceOptions<>(eventTime, forSources(changed), lateness, latePolicy, inOrder);
    }

    /**
     * How far a record of this source may lie behind the latest one before it and still be in time: by that much the watermark stays behind
     * the source's largest event time, and timers in event time fire as much later. The records of a source are processed in the order of
     * their offsets, whatever lateness is allowed, unless it is read {@link #inOrder}. What lies behind the watermark is late, see {@link #onLate}.
     *
     * @param allowed 0 or more, to the millisecond; 0 unless set
     * @return these options with that lateness
     * @throws ConfigException when it is negative
     */
    public SourceOptions<V> allowedLateness(Duration allowed) {
        if (allowed.isNegative()) {
            throw new ConfigException("allowedLateness=" + allowed + " is negative [SourceOptions]; 0 allows none");
        }
        return new SourceOptions<>(eventTime, policy, allowed, latePolicy, inOrder);
    }

    /**
     * What becomes of a record of this source that lies behind the watermark, instead of being processed: {@link Policy#deadLetter} sends its
     * bytes to a topic, in the same transaction, {@link Policy#skip} passes over it, {@link Policy#fail} stops the task.
     *
     * @param changed the policy; unless set, late records are processed, and {@link Context#isLate} says so
     * @return these options with that policy
     * @throws ConfigException when it is {@link Policy.ParkKey}, which is for stages
     */
    public SourceOptions<V> onLate(Policy changed) {
        return new SourceOptions<>(eventTime, policy, lateness, forSources(changed), inOrder);
    }

    /**
     * Processes the records of this source, and of the other sources of its task, in the order of their event time (ties by the order in which the
     * sources are declared, then by offset), also where they come out of order within {@link #allowedLateness}: a record waits, in memory, until
     * the watermark has reached its event time, so what follows is later by the allowed lateness. What lies behind the watermark when it comes is
     * late and does not wait. A source that has nothing to read for a while is waited for no longer; all that waits goes on then.
     *
     * <p>Nothing is journaled for a record that waits: its position is not committed, and after a crash it is read and waits again. How many
     * records may wait in a task is the engine's to say; beyond that the earliest goes on before its time. Which of the records read again are done is told by
     * their event time: let the pipeline come to rest, with no record waiting, before the way changes in which it is taken from them.
     *
     * @return these options with that order
     */
    public SourceOptions<V> inOrder() {
        return new SourceOptions<>(eventTime, policy, lateness, latePolicy, true);
    }

    /** A source has no journal to keep in which of its keys are parked. */
    private static Policy forSources(Policy policy) {
        if (policy instanceof Policy.ParkKey) {
            throw new ConfigException(
                    "Policy.parkKey is for stages [SourceOptions]: a key is parked in a stage's journal, and a source has none. Give it"
                            + " to the stage with Stage.onError(...), and Policy.deadLetter or Policy.skip to the source");
        }
        return Objects.requireNonNull(policy, "policy");
    }

    /**
     * The extractor of the event time.
     *
     * @return the extractor, empty where the record's timestamp is the event time
     */
    public Optional<Function<? super V, Instant>> extractor() {
        return Optional.ofNullable(eventTime);
    }

    /**
     * How far the watermark stays behind.
     *
     * @return the allowed lateness, 0 or more
     */
    public Duration lateness() {
        return lateness;
    }

    /**
     * Whether records wait for their turn.
     *
     * @return true behind {@link #inOrder}
     */
    public boolean isInOrder() {
        return inOrder;
    }

    /**
     * The policy for late records.
     *
     * @return the policy, empty where they are processed like others
     */
    public Optional<Policy> latePolicy() {
        return Optional.ofNullable(latePolicy);
    }

    /**
     * The policy for records that cannot be processed.
     *
     * @return the policy
     */
    public Policy policy() {
        return policy;
    }
}
