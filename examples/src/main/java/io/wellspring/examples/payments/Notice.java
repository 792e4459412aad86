package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/**
 * What the customer is told about each command.
 *
 * @param id of the command
 * @param text what became of it
 * @param cents the amount
 * @param balanceCents the balance after it
 */
record Notice(
        @Tag(1) long id,
        @Tag(2) String text,
        @Tag(3) long cents,
        @Tag(4) long balanceCents) {}
