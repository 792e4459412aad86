package io.wellspring.benchmarks;

import java.util.Map;
import java.util.Set;

/**
 * One line of a result table: a main class with options.
 *
 * @param name what the command line and the table call it
 * @param home whose class path it needs
 * @param mainClass a class whose main method calls {@code Contestant.run}
 * @param options what makes this variant
 * @param workloads what it can run
 * @param always whether it runs when nobody names contestants; the others are for scale
 */
record ContestantSpec(
        String name,
        Home home,
        String mainClass,
        Map<String, String> options,
        Set<Workload> workloads,
        boolean always) {

    /** Which module's class path a contestant has. */
    enum Home {
        BENCHMARKS,
        KAFKA_STREAMS
    }
}
