/** Workloads run beside their peers: one broker, one JVM for each contestant, one checker. */
package io.wellspring.benchmarks;
