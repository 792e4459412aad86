package io.wellspring.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What a study works with.
 *
 * @param bootstrapServers the broker, in a JVM of its own
 * @param launcher starts contestants
 * @param plan the input
 * @param rounds how often everyone runs
 * @param named whom the user named; empty for those that always run, {@code all} for everyone
 * @param directory for states and logs of contestants
 * @param progress where a line for each run goes
 */
record Bench(
        String bootstrapServers,
        Launcher launcher,
        InputPlan plan,
        int rounds,
        List<String> named,
        Path directory,
        PrintStream progress) {

    /** Who of a study's contestants runs. */
    List<ContestantSpec> chosen(List<ContestantSpec> candidates) {
        if (named.equals(List.of("all"))) {
            return candidates;
        }
        return candidates.stream()
                .filter(candidate -> named.isEmpty() ? candidate.always() : named.contains(candidate.name()))
                .toList();
    }
}
