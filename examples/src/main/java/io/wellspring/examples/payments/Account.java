package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/**
 * The state of the ledger stage.
 *
 * @param cents the balance, never below zero
 * @param rejected how many withdrawals were refused
 */
record Account(@Tag(1) long cents, @Tag(2) int rejected) {}
