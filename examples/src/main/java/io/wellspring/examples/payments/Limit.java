package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/**
 * The state of the limits stage.
 *
 * @param cents what the customer may spend until the next login
 */
record Limit(@Tag(1) long cents) {}
