package io.wellspring.state;

import io.wellspring.api.StateFormat;
import io.wellspring.api.codec.Codec;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.util.List;

/** How the states of a stage become rows of a store, and rows become states. Immutable; for several threads. */
sealed interface Rows<S> permits WholeRows, PartRows {
    static <S> Rows<S> whole(String stage, Codec<S> states) {
        return new WholeRows<>(stage, states);
    }

    static <S> Rows<S> inParts(String stage, StateFormat<S> format) {
        return new PartRows<>(stage, format);
    }

    /** What the states are, for error messages. */
    String contentName();

    /** Whether a forgotten key leaves more behind than the row that its next life overwrites. */
    boolean remembersLives();

    /** Adds the rows that bring a store from what it holds for a key to an entry. */
    void write(byte[] key, Entry<S> entry, StateStore before, List<Row> rows);

    /** Reads the entry of a key from its row and, where there is more, from the store. */
    Entry<S> read(byte[] key, byte[] row, StateStore store);

    /** About how many bytes of heap make two of these. */
    int encodedBytes(S state);
}
