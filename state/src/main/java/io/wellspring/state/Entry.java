package io.wellspring.state;

/**
 * The state of one key. States are values: nobody changes one that is in an entry.
 *
 * @param sequence the number of events that the key has persisted so far, 0 or more
 * @param state the fold of those events, or null where the key was forgotten
 * @param reborn whether the key was forgotten since the store's last snapshot, so that parts of its state which lie there belong to an earlier
 *     life; known only where states are stored in parts, else false
 * @param <S> the type of the state
 */
public record Entry<S>(long sequence, S state, boolean reborn) {
    /**
     * Checks the sequence.
     *
     * @param sequence 0 or more
     * @param state the state or null
     * @param reborn whether the key was forgotten since the store's last snapshot
     * @throws IllegalArgumentException when the sequence is negative
     */
    public Entry {
        if (sequence < 0) {
            throw new IllegalArgumentException(
                    "sequence=" + sequence + " of an entry is negative; it counts events from 0 on");
        }
    }

    /**
     * An entry of a key that was not forgotten.
     *
     * @param sequence 0 or more
     * @param state the state or null
     * @throws IllegalArgumentException when the sequence is negative
     */
    public Entry(long sequence, S state) {
        this(sequence, state, false);
    }
}
