package io.wellspring.cep;

import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Looks for a pattern among events in memory, on the caller's thread: without Kafka, and without a journal, so partial matches are lost
 * with the process. {@link Cep} does the same as a stage, durable and exactly once.
 *
 * <p>Events of a key come in the order of their times; an event before its key's newest is late and takes no part, unless the pattern takes
 * events {@link Sequence#inArrivalOrder} or {@link Sequence#inProcessingTime}. Whether an event costs the same whatever the window holds, {@link Pattern#explain} tells. A key
 * is remembered until {@link #advanceTo} finds that nothing of it lives. Not thread-safe.
 *
 * @param <K> the type of the keys, fit for a hash table
 */
public final class Matching<K> {
    private final KeyedMatching<K> keys;

    private Matching(KeyedMatching<K> keys) {
        this.keys = keys;
    }

    /**
     * Begins to look for a pattern.
     *
     * @param pattern the pattern
     * @param results takes each result with its key, in the order in which a stage would emit those of an event; what it throws comes out of
     *     the method that was called, whose event or time has then been taken in, and results behind it are lost
     * @param <K> the type of the keys
     * @param <R> the type of the pattern's results
     * @return the matching, without events
     */
    public static <K, R> Matching<K> of(Pattern<R> pattern, BiConsumer<? super K, ? super R> results) {
        Objects.requireNonNull(results, "results");
        Plan plan = pattern.plan();
        BiConsumer<K, Match> matches = (key, match) -> results.accept(key, pattern.resultOf(match));
        Evaluation evaluation = Evaluation.of(plan);
        return new Matching<>(
                evaluation instanceof Evaluation.Constant constant
                        ? new KernelMatching<>(plan, constant, matches)
                        : new RunMatching<>(plan, matches));
    }

    /**
     * Takes in an event.
     *
     * @param key its key
     * @param value the event, which must not change while partial matches hold it
     * @param timeMillis its time, in milliseconds since the epoch or any other moment; for patterns in processing time that of the clock
     * @return whether it took part; false if it came late
     * @throws io.wellspring.api.error.ConfigException when the key would hold more than {@link Sequence#maxPartialMatches} allows (it then
     *     stays as it was), or, at constant cost, where nothing bounds partial matches, when the event completes more than 100,000
     *     matches and they are not only counted (it is then taken in)
     */
    public boolean event(K key, Object value, long timeMillis) {
        return keys.event(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"), timeMillis);
    }

    /**
     * Lets time pass for all keys: reports what only time completes, and forgets keys of which nothing lives. The cost is linear in the keys.
     *
     * @param timeMillis the time; earlier events are late from now on
     */
    public void advanceTo(long timeMillis) {
        keys.advanceTo(timeMillis);
    }

    /**
     * How many keys are remembered.
     *
     * @return their number
     */
    public int keyCount() {
        return keys.keyCount();
    }
}
