package io.wellspring.api;

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

    private SourceOptions(Function<? super V, Instant> eventTime, Policy policy) {
        this.eventTime = eventTime;
        this.policy = policy;
    }

    /**
     * The defaults: the record's timestamp is its event time; an error stops the task.
     *
     * @param <V> the type of the source's values
     * @return the defaults
     */
    public static <V> SourceOptions<V> defaults() {
        return new SourceOptions<>(null, Policy.fail());
    }

    /**
     * Takes the event time from the value instead of the record's timestamp.
     *
     * @param extractor pure; what it throws is handled by the source's policy
     * @return these options with that extractor
     */
    public SourceOptions<V> eventTime(Function<? super V, Instant> extractor) {
        return new SourceOptions<>(Objects.requireNonNull(extractor, "extractor"), policy);
    }

    /**
     * What becomes of a record of this source that cannot be decoded or that a step without a policy of its own cannot process.
     *
     * @param changed the policy
     * @return these options with that policy
     */
    public SourceOptions<V> onError(Policy changed) {
        return new SourceOptions<>(eventTime, Objects.requireNonNull(changed, "policy"));
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
     * The policy for records that cannot be processed.
     *
     * @return the policy
     */
    public Policy policy() {
        return policy;
    }
}
