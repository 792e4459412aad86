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

    private SourceOptions(Function<? super V, Instant> eventTime, Policy policy, Duration lateness) {
        this.eventTime = eventTime;
        this.policy = policy;
        this.lateness = lateness;
    }

    /**
     * The defaults: the record's timestamp is its event time; an error stops the task; no lateness is allowed.
     *
     * @param <V> the type of the source's values
     * @return the defaults
     */
    public static <V> SourceOptions<V> defaults() {
        return new SourceOptions<>(null, Policy.fail(), Duration.ZERO);
    }

    /**
     * Takes the event time from the value instead of the record's timestamp.
     *
     * @param extractor pure; what it throws is handled by the source's policy
     * @return these options with that extractor
     */
    public SourceOptions<V> eventTime(Function<? super V, Instant> extractor) {
        return new SourceOptions<>(Objects.requireNonNull(extractor, "extractor"), policy, lateness);
    }

    /**
     * What becomes of a record of this source that cannot be decoded or that a step without a policy of its own cannot process.
     *
     * @param changed the policy
     * @return these options with that policy
     */
    public SourceOptions<V> onError(Policy changed) {
        return new SourceOptions<>(eventTime, Objects.requireNonNull(changed, "policy"), lateness);
    }

    /**
     * How far a record of this source may lie behind the latest one before it and still be in time: by that much the watermark stays behind
     * the source's largest event time, and timers in event time fire as much later. Records are not put in order and none is dropped; what
     * lies behind the watermark shows in {@link Context#isLate}.
     *
     * @param allowed 0 or more, to the millisecond; 0 unless set
     * @return these options with that lateness
     * @throws ConfigException when it is negative
     */
    public SourceOptions<V> allowedLateness(Duration allowed) {
        if (allowed.isNegative()) {
            throw new ConfigException("allowedLateness=" + allowed + " is negative [SourceOptions]; 0 allows none");
        }
        return new SourceOptions<>(eventTime, policy, allowed);
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
     * The policy for records that cannot be processed.
     *
     * @return the policy
     */
    public Policy policy() {
        return policy;
    }
}
