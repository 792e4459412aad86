/** What every contestant is built on, whatever library it measures: JDK only, so that it fits on any peer's class path. */
package io.wellspring.benchmarks.contestant;
