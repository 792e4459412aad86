/**
 * What every adapter of a port has to do, and what a Kafka cluster does that one of ours runs on, as suites of JUnit tests to extend. They
 * need JUnit and AssertJ on the test class path.
 */
package io.wellspring.testkit.contract;
