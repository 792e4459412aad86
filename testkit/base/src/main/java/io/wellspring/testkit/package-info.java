/** What tests of stages and pipelines are written with: clocks that stand still, stages without Kafka. Knows no engine. */
package io.wellspring.testkit;
