package io.wellspring.state;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.CorruptException;
import io.wellspring.api.error.RetryableException;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Frozen changes as the table's own objects, which nobody changes meanwhile. */
record FrozenEntries<K, S>(String stage, Codec<K> keys, Rows<S> states, StateStore store, Map<K, Entry<S>> entries)
        implements FrozenTable {
    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public List<Row> encode() {
        List<Row> rows = new ArrayList<>(entries.size());
        entries.forEach((key, entry) -> addRows(key, entry, rows));
        return rows;
    }

    private void addRows(K key, Entry<S> entry, List<Row> rows) {
        try {
            states.write(keys.encode(key), entry, store, rows);
        } catch (RetryableException | CorruptException ofStore) {
            throw ofStore;
        } catch (RuntimeException e) { // of a codec of the user's it may be any
            throw new CodecException(
                    "The state of key '" + key + "' in stage '" + stage + "' cannot be written into a snapshot by "
                            + states.contentName() + ": " + (e instanceof CodecException ? e.getMessage() : e)
                            + ". Mend that codec, or the evolve that made the state, and start again: the journal has all its events",
                    e);
        }
    }
}
