package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/**
 * The answer to a login.
 *
 * @param id of the login
 * @param granted whether the customer gets a limit by the balance
 * @param seenCents the balance at the time
 * @param limitCents what may be spent from now on
 */
record LimitDecision(
        @Tag(1) long id,
        @Tag(2) boolean granted,
        @Tag(3) long seenCents,
        @Tag(4) long limitCents) {}
