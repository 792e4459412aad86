/** Tests of whole pipelines: a real engine over a real broker, both in the test's own process. */
package io.wellspring.testkit.pipeline;
