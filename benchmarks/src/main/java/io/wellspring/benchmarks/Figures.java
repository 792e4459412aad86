package io.wellspring.benchmarks;

import java.time.Duration;

/**
 * What one run comes to. A figure that the run is too short for is not a number.
 *
 * @param ratePerSecond records a second between the first and the last output
 * @param warmRatePerSecond the same over the second half of the records
 * @param rateWithStartPerSecond records a second from the birth of the process to the last output
 * @param cpuSecondsPerMillion CPU of the process from its birth to the last output, for a million records
 * @param warmCpuSecondsPerMillion the same over the second half of the records
 */
record Figures(
        double ratePerSecond,
        double warmRatePerSecond,
        double rateWithStartPerSecond,
        double cpuSecondsPerMillion,
        double warmCpuSecondsPerMillion) {

    static Figures of(Milestone birth, Milestone first, Milestone middle, Milestone last) {
        // What the first poll brought was made before the clock of that interval began, so it does not count in it.
        return new Figures(
                rate(first, last), rate(middle, last), rate(birth, last), cpu(birth, last), cpu(middle, last));
    }

    private static double rate(Milestone from, Milestone to) {
        long nanos = to.atNanos() - from.atNanos();
        return nanos <= 0 ? Double.NaN : (to.records() - from.records()) * 1e9 / nanos;
    }

    private static double cpu(Milestone from, Milestone to) {
        long records = to.records() - from.records();
        Duration cpu = to.cpu().minus(from.cpu());
        return records <= 0 ? Double.NaN : cpu.toNanos() / 1e9 / records * 1e6;
    }
}
