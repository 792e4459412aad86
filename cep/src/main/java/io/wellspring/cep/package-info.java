/**
 * Patterns over the events of a key: describe with {@link io.wellspring.cep.Step} and {@link io.wellspring.cep.Pattern}, run as a stage
 * with {@link io.wellspring.cep.Cep}, try out with {@link io.wellspring.cep.PatternTest}.
 */
package io.wellspring.cep;
