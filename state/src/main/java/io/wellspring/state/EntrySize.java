package io.wellspring.state;

/**
 * How much heap an entry of a table takes, on the average, from samples of encoded keys and states: an entry costs about 160 bytes in the maps
 * (the node, its slot, the entry and two object headers), and key and state twice what they are encoded.
 *
 * <p>The average moves by a sixteenth with each sample, so it follows states that grow. It is as good as the samples are alike: see
 * {@code SmallHeapIT} for how far off it is.
 */
final class EntrySize {
    private static final double ENTRY_BYTES = 160;
    private static final double HEAP_OF_ENCODED = 2;
    private static final double WEIGHT = 1.0 / 16;

    /** Before the first sample. */
    private double encodedBytes = 48;

    private boolean sampled;

    void saw(int keyBytes, int stateBytes) {
        double seen = (double) keyBytes + stateBytes;
        encodedBytes = sampled ? encodedBytes + (seen - encodedBytes) * WEIGHT : seen;
        sampled = true;
    }

    long of(long entries) {
        return (long) (entries * (ENTRY_BYTES + HEAP_OF_ENCODED * encodedBytes));
    }
}
