/** The contestants on Kafka Streams, in a module of their own because they need other client versions. */
package io.wellspring.benchmarks.streams;
