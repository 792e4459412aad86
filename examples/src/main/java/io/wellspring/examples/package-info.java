/** Programs that show Wellspring at work; {@link io.wellspring.examples.Examples} starts them. */
package io.wellspring.examples;
