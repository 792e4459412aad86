/** Storm fronts in a year of real weather: a pattern over three topics. */
package io.wellspring.examples.weather;
