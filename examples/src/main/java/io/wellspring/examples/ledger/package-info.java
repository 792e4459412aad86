/** The program of the README. */
package io.wellspring.examples.ledger;
