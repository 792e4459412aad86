package io.wellspring.testkit.sim;

/** A request got no answer for as long as its caller waits; whether it was carried out, the caller cannot know. */
final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoAnswer(String request) {
        super("no answer to " + request, null, false, false);
    }
}
