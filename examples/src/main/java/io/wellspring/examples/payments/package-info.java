/**
 * Accounts, spending limits and a fraud pattern over two topics, killed while they work, and checked record by record at the end.
 * {@link io.wellspring.examples.payments.PaymentsPipeline} is the part worth reading first.
 */
package io.wellspring.examples.payments;
