package io.wellspring.benchmarks.contestant;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 16-byte value of an output record of the ledger: the number of the {@link Entry} and the account's balance after it,
 * two big-endian longs. Its key is the account.
 */
public final class Receipt {
    /** The length of a value. */
    public static final int BYTES = 16;

    private static final int BALANCE_AT = 8;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Receipt() {}

    /**
     * Writes a receipt.
     *
     * @param number that of the entry
     * @param balanceCents the account's balance after the entry
     * @return the value
     */
    public static byte[] of(long number, long balanceCents) {
        byte[] value = new byte[BYTES];
        LONG.set(value, 0, number);
        LONG.set(value, BALANCE_AT, balanceCents);
        return value;
    }

    /**
     * Reads which input it answers.
     *
     * @param value a receipt
     * @return the entry's number
     */
    public static long number(byte[] value) {
        return (long) LONG.get(value, 0);
    }

    /**
     * Reads the balance.
     *
     * @param value a receipt
     * @return cents
     */
    public static long balanceCents(byte[] value) {
        return (long) LONG.get(value, BALANCE_AT);
    }
}
