package io.wellspring.benchmarks;

/**
 * One contestant that was killed while it worked, and started again.
 *
 * @param contestant who
 * @param round in which round, from 1
 * @param seconds from the birth of the second process to the first output that had not been there before
 * @param restored how many events or changes the second process read back; -1 where it did not say
 * @param answered how many inputs were answered before
 */
record Recovery(String contestant, int round, double seconds, long restored, int answered) {}
