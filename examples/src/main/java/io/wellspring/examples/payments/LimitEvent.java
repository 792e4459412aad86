package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/** What happened to an account's spending limit; {@code id} is that of the login which caused it. */
sealed interface LimitEvent {
    /**
     * A limit was set.
     *
     * @param cents the limit
     * @param seenCents the balance that the decision rests on: a decision is never repeated in recovery, so what it saw is kept
     */
    @Tag(1)
    record Granted(
            @Tag(1) long id, @Tag(2) long cents, @Tag(3) long seenCents) implements LimitEvent {}

    /**
     * The limit was cut.
     *
     * @param seenCents the balance that the decision rests on
     */
    @Tag(2)
    record Refused(@Tag(1) long id, @Tag(2) long seenCents) implements LimitEvent {}
}
