package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/** What a customer asks of an account. Every command has an id of its own, which everything that follows from it carries. */
sealed interface Command {
    long id();

    @Tag(1)
    record Deposit(@Tag(1) long id, @Tag(2) long cents) implements Command {}

    @Tag(2)
    record Withdraw(@Tag(1) long id, @Tag(2) long cents) implements Command {}
}
