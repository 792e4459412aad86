package io.wellspring.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of a task's database, all in one column family.
 *
 * <pre>
 * a row      | length of stage | stage, UTF-8   | kind    | key, as its codec wrote it |
 *            | 1 byte, 1..247  | 1..247 bytes   | 1 byte  | 0.. bytes                  |
 * the mark   | 0               | 'm'            |
 * </pre>
 *
 * The length comes first, so no stage's prefix is the prefix of another one's, and rows of a stage lie together in the order of
 * their keys' bytes. Kind 1 is a state; others are free. What is kept beside a stage's states, as its timers, are rows of kind 1 under a
 * name that no stage can have: the stage's with {@code /timers} behind it.
 */
final class RowKeys {
    static final byte[] MARK = {0, 'm'};

    /** All keys lie before it, as the length of a stage's name is at most 247. */
    static final byte[] END = {(byte) 0xff};

    private static final int MAX_STAGE_BYTES = 247;
    private static final byte STATE = 1;

    private RowKeys() {}

    static byte[] row(String stage, byte[] key) {
        byte[] prefix = prefix(stage);
        byte[] row = Arrays.copyOf(prefix, prefix.length + key.length);
        System.arraycopy(key, 0, row, prefix.length, key.length);
        return row;
    }

    static byte[] prefix(String stage) {
        byte[] name = stage.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > MAX_STAGE_BYTES) {
            throw new IllegalArgumentException("The name of stage '" + stage + "' has " + name.length
                    + " bytes, which is outside 1.." + MAX_STAGE_BYTES + " [StateStore]");
        }
        byte[] prefix = new byte[name.length + 2];
        prefix[0] = (byte) name.length;
        System.arraycopy(name, 0, prefix, 1, name.length);
        prefix[name.length + 1] = STATE;
        return prefix;
    }

    /** The first key after all that begin with the prefix, which ends in a kind below 255. */
    static byte[] after(byte[] prefix) {
        byte[] after = prefix.clone();
        after[after.length - 1]++;
        return after;
    }

    static byte[] keyOf(byte[] row, int prefixBytes) {
        return Arrays.copyOfRange(row, prefixBytes, row.length);
    }
}
