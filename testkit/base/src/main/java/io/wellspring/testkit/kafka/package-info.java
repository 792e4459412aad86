/**
 * Real Kafka brokers for tests, demonstrations and benchmarks, without an installation.
 *
 * <p>{@link io.wellspring.testkit.kafka.EmbeddedKafka} starts one in this JVM; it is a
 * {@link io.wellspring.testkit.kafka.KafkaBroker}.
 */
package io.wellspring.testkit.kafka;
