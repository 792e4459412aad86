package io.wellspring.benchmarks;

/**
 * One run of one contestant that passed its check.
 *
 * @param workload what was done
 * @param contestant by whom
 * @param round in which round, from 1; 0 for the run that warms the broker up and does not count
 * @param loadAverage the machine's load average over one minute before the run; negative where unknown
 * @param figures what it comes to
 */
record Run(Workload workload, String contestant, int round, double loadAverage, Figures figures) {}
