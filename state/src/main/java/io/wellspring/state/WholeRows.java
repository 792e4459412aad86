package io.wellspring.state;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.port.StateStore;
import io.wellspring.api.port.StateStore.Row;
import java.util.List;

/** A state is one row. */
record WholeRows<S>(String stage, Codec<S> states) implements Rows<S> {
    @Override
    public String contentName() {
        return states.contentName();
    }

    @Override
    public boolean remembersLives() {
        return false;
    }

    @Override
    public void write(byte[] key, Entry<S> entry, StateStore before, List<Row> rows) {
        S state = entry.state();
        rows.add(new Row(stage, key, state == null ? null : RowValue.encode(entry.sequence(), states.encode(state))));
    }

    @Override
    public Entry<S> read(byte[] key, byte[] row, StateStore store) {
        return RowValue.decode(row, states::decode);
    }

    @Override
    public int encodedBytes(S state) {
        return states.encode(state).length;
    }
}
