package io.wellspring.state;

/**
 * The state of one key. States are values: nobody changes one that is in an entry.
 *
 * @param sequence the number of events that the key has persisted so far, 0 or more
 * @param state the fold of those events, or null where the key was forgotten
 * @param <S> the type of the state
 */
public record Entry<S>(long sequence, S state) {
    /**
     * Checks the sequence.
     *
     * @param sequence 0 or more
     * @param state the state or null
     * @throws IllegalArgumentException when the sequence is negative
     */
    public Entry {
        if (sequence < 0) {
            throw new IllegalArgumentException(
                    "sequence=" + sequence + " of an entry is negative; it counts events from 0 on");
        }
    }
}
