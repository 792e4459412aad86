/** The peers of pattern matching, each as its users would run it in memory. */
package io.wellspring.benchmarks.patterns;
