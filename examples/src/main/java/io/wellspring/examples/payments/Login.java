package io.wellspring.examples.payments;

import io.wellspring.api.codec.Tag;

/**
 * An attempt to log in to an account.
 *
 * @param id unique among all inputs
 * @param ok whether the password was right
 * @param ip where it came from
 */
record Login(@Tag(1) long id, @Tag(2) boolean ok, @Tag(3) String ip) {}
