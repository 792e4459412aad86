package io.wellspring.state;

import io.wellspring.api.error.CorruptException;
import java.util.Arrays;
import java.util.function.Function;

/**
 * The value of a row, which is what a key's entry is on disk.
 *
 * <pre>
 * +---------------------+------------------------+
 * | sequence            | state                  |
 * | varint, 1..9 bytes  | all that is left,      |
 * | (LEB128, unsigned)  | as the codec wrote it  |
 * +---------------------+------------------------+
 * </pre>
 *
 * A forgotten key has no row.
 */
final class RowValue {
    /** A sequence has 63 bits, 7 of which go into a byte. */
    private static final int MAX_SEQUENCE_BYTES = 9;

    private RowValue() {}

    static byte[] encode(long sequence, byte[] state) {
        int prefix = 1;
        for (long rest = sequence >>> 7; rest != 0; rest >>>= 7) {
            prefix++;
        }
        byte[] row = new byte[prefix + state.length];
        long rest = sequence;
        for (int at = 0; at < prefix; at++, rest >>>= 7) {
            row[at] = (byte) ((rest & 0x7f) | (at < prefix - 1 ? 0x80 : 0));
        }
        System.arraycopy(state, 0, row, prefix, state.length);
        return row;
    }

    static <S> Entry<S> decode(byte[] row, Function<byte[], S> states) {
        long sequence = 0;
        for (int at = 0; at < row.length && at < MAX_SEQUENCE_BYTES; at++) {
            sequence |= (row[at] & 0x7fL) << (7 * at);
            if (row[at] >= 0) {
                return new Entry<>(sequence, states.apply(Arrays.copyOfRange(row, at + 1, row.length)));
            }
        }
        throw new CorruptException("A row of " + row.length + " bytes does not begin with a sequence of 1 to "
                + MAX_SEQUENCE_BYTES + " bytes");
    }
}
