package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/**
 * An account was probably taken over.
 *
 * @param id of the withdrawal that completed the pattern
 * @param account the account
 * @param cents what was withdrawn
 * @param failedLogins how many attempts came before
 */
record Alert(
        @Tag(1) long id,
        @Tag(2) String account,
        @Tag(3) long cents,
        @Tag(4) int failedLogins) {}
