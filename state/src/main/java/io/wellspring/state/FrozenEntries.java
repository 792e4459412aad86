package io.wellspring.state;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.port.StateStore.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Frozen changes as the table's own objects, which nobody changes meanwhile. */
record FrozenEntries<K, S>(String stage, Codec<K> keys, Codec<S> states, Map<K, Entry<S>> entries)
        implements FrozenTable {
    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public List<Row> encode() {
        List<Row> rows = new ArrayList<>(entries.size());
        entries.forEach((key, entry) -> rows.add(row(key, entry)));
        return rows;
    }

    private Row row(K key, Entry<S> entry) {
        try {
            byte[] value =
                    entry.state() == null ? null : RowValue.encode(entry.sequence(), states.encode(entry.state()));
            return new Row(stage, keys.encode(key), value);
        } catch (RuntimeException e) { // of a codec of the user's it may be any
            throw new CodecException(
                    "The state of key '" + key + "' in stage '" + stage + "' cannot be written into a snapshot by "
                            + states.contentName() + ": " + (e instanceof CodecException ? e.getMessage() : e)
                            + ". Mend that codec, or the evolve that made the state, and start again: the journal has all its events",
                    e);
        }
    }
}
