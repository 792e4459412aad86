package io.wellspring.benchmarks;

import java.time.Duration;

/**
 * A moment of a run, as the checker saw it.
 *
 * @param records how many inputs were answered by then
 * @param atNanos when, by {@link System#nanoTime}
 * @param cpu what the contestant's process had used since its birth, user and system
 */
record Milestone(long records, long atNanos, Duration cpu) {}
