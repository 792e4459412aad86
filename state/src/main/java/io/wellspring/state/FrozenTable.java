package io.wellspring.state;

import io.wellspring.api.port.StateStore.Row;
import java.util.List;

/**
 * The changes of a stage between two snapshots, taken aside by {@link StateTable#freeze}. Immutable until the table thaws or
 * unfreezes them, so another thread may encode them meanwhile.
 */
public sealed interface FrozenTable permits FrozenEntries {
    /**
     * The stage.
     *
     * @return the stage's name
     */
    String stage();

    /**
     * How many states change.
     *
     * @return the number of states
     */
    int size();

    /**
     * Encodes the changes. A forgotten key becomes the deletion of its row, a state the value drawn here: the sequence as an unsigned
     * varint (LEB128, 1 to 9 bytes), then the state's bytes as its codec wrote them. Where states are stored in parts there are rows for those
     * that are new and for those that are needed no more, too.
     *
     * @return the rows, in no order
     * @throws io.wellspring.api.error.RetryableException when the disk is away, which is asked which parts it has
     * @throws io.wellspring.api.error.CorruptException when it cannot tell
     * @throws io.wellspring.api.error.CodecException when a state has no encoding; the message names stage and key
     */
    List<Row> encode();
}
