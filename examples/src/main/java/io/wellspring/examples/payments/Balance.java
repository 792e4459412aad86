package io.wellspring.examples.payments;

/**
 * What other stages may see of an account.
 *
 * @param cents the balance
 */
record Balance(long cents) {}
