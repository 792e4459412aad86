package io.wellspring.testkit.sim;

/** Says that a method of a client is not simulated. */
final class Unsupported {
    private Unsupported() {}

    static UnsupportedOperationException call(String method) {
        return new UnsupportedOperationException(
                method + " is not simulated [SimKafka]: add it to the simulation, or use a real broker");
    }
}
