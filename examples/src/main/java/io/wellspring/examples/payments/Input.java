package io.wellspring.examples.payments;

/** One record of the input, on either topic. Times are unique within an account, so its records have one order. */
sealed interface Input {
    /** Event time in milliseconds since the epoch. */
    long timeMillis();

    String account();

    record Ordered(long timeMillis, String account, Command command) implements Input {}

    record LoggedIn(long timeMillis, String account, Login login) implements Input {}
}
