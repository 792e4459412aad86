/** Single calls under JMH. */
package io.wellspring.benchmarks.micro;
