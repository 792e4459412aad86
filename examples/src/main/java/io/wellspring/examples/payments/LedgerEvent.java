package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/** What happened to an account; {@code id} is that of the command which caused it. */
sealed interface LedgerEvent {
    long id();

    @Tag(1)
    record Deposited(@Tag(1) long id, @Tag(2) long cents) implements LedgerEvent {}

    @Tag(2)
    record Withdrawn(@Tag(1) long id, @Tag(2) long cents) implements LedgerEvent {}

    @Tag(3)
    record Rejected(
            @Tag(1) long id, @Tag(2) long cents, @Tag(3) String why) implements LedgerEvent {}
}
