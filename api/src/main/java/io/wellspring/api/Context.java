package io.wellspring.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a stage may know while it decides. Valid only during that call and on that thread.
 *
 * @param <K> the type of the keys
 */
public interface Context<K> {
    /**
     * The key that is decided for.
     *
     * @return the key
     */
    K key();

    /**
     * The event time of the record: from the source's extractor, or the record's timestamp.
     *
     * @return milliseconds since the epoch
     */
    long eventTimeMillis();

    /**
     * How far event time has come in this task: no record with an earlier event time is expected. It is the smallest, over the task's
     * inputs, of the largest event time seen less the input's allowed lateness; an input where nothing has come for a while does not hold
     * it back. It counts the record in hand, never goes back, and is part of the committed position.
     *
     * @return milliseconds since the epoch; {@link Long#MIN_VALUE} before each input has had a record or is idle
     */
    long watermarkMillis();

    /**
     * The time on the clock, never earlier than any time this task has persisted.
     *
     * @return the time
     */
    Instant processingTime();

    /**
     * Where the record that caused this call lies: the input's position, also behind other stages. Where no record did, but a timer, the topic is
     * empty.
     *
     * @return the position
     */
    Position position();

    /**
     * Another stage's state for a key of this task. What was seen belongs into the persisted event when the decision rests on it:
     * {@code decide} is never replayed.
     *
     * @param view a view the stage declared with {@link Stage#reading}
     * @param key a key of this task's partition
     * @param <L> the type of the view's keys
     * @param <V> the type of the view's values
     * @return the view's value, empty where the stage has no state for the key
     * @throws io.wellspring.api.error.ConfigException when the view was not declared, or the key lies in another partition
     */
    <L, V> Optional<V> view(View<L, V> view, L key);

    /**
     * The event time of the record.
     *
     * @return the time
     */
    default Instant eventTime() {
        return Instant.ofEpochMilli(eventTimeMillis());
    }

    /**
     * How far the record lies behind the watermark.
     *
     * @return zero when the record is not late
     */
    default Duration lateness() {
        long behind = watermarkMillis() == Long.MIN_VALUE ? 0 : watermarkMillis() - eventTimeMillis();
        return behind <= 0 ? Duration.ZERO : Duration.ofMillis(behind);
    }

    /**
     * Whether the record lies behind the watermark: it came later than its source allows.
     *
     * @return true when {@link #lateness} is not zero
     */
    default boolean isLate() {
        return !lateness().isZero();
    }
}
