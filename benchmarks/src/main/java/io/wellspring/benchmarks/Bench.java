package io.wellspring.benchmarks;

import java.io.PrintStream;
import java.nio.file.Path;

/**
 * What a study works with.
 *
 * @param bootstrapServers the broker, in a JVM of its own
 * @param launcher starts contestants
 * @param plan the input
 * @param rounds how often everyone runs
 * @param directory for states and logs of contestants
 * @param progress where a line for each run goes
 */
record Bench(
        String bootstrapServers, Launcher launcher, InputPlan plan, int rounds, Path directory, PrintStream progress) {}
