/**
 * Real Kafka brokers for tests, demonstrations and benchmarks, without an installation.
 *
 * <p>{@link io.wellspring.testkit.kafka.EmbeddedKafka} starts one in this JVM or in a JVM of its own,
 * {@link io.wellspring.testkit.kafka.ContainerKafka} one in Docker; all are a
 * {@link io.wellspring.testkit.kafka.KafkaBroker}.
 */
package io.wellspring.testkit.kafka;
