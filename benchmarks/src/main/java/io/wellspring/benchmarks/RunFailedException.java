package io.wellspring.benchmarks;

/** A run that gives no figures: the contestant did not start, ended early, stood still or gave wrong outputs. */
final class RunFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RunFailedException(String message) {
        super(message);
    }
}
