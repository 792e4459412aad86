package io.wellspring.engine;

import java.time.Instant;

/**
 * A key that is parked in a stage.
 *
 * @param key the key
 * @param reason what failed last: the error of a record or a timer
 * @param records how many of its records wait in the parked topic; 0 where a timer failed and no record came since
 * @param since when it was parked, by the task's clock
 * @param <K> the type of the stage's keys
 */
public record ParkedKey<K>(K key, String reason, long records, Instant since) {}
