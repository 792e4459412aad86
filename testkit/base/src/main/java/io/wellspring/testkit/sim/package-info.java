/**
 * A Kafka cluster that is a model: seeded, single-threaded, without real time. {@link io.wellspring.testkit.sim.SimKafka} gives out real
 * {@code Producer}, {@code Consumer} and {@code Admin} implementations over it.
 */
package io.wellspring.testkit.sim;
