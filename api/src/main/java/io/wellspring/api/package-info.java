/**
 * The vocabulary that users write against: {@link io.wellspring.api.Topic}, {@link io.wellspring.api.EventSourced},
 * {@link io.wellspring.api.Effect}, {@link io.wellspring.api.Stage}, {@link io.wellspring.api.Out},
 * {@link io.wellspring.api.View} and {@link io.wellspring.api.Pipeline}. The engine runs what is described here.
 */
package io.wellspring.api;
