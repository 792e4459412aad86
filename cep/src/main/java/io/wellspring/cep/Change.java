package io.wellspring.cep;

/** What the matcher journals: everything that changed the matching of a key, so that it can be repeated without asking user code. */
sealed interface Change {
    /**
     * An event changed the state, after time had passed to its own.
     *
     * @param answers what the predicates said, see {@link Answers}
     */
    record Moved(int source, long timeMillis, Object value, byte[] answers) implements Change {}

    /** Time alone changed the state: windows closed. */
    record TimePassed(long timeMillis) implements Change {}
}
