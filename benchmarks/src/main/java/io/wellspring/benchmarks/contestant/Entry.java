package io.wellspring.benchmarks.contestant;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 100-byte value of an input record: an amount that is booked on the account in the record's key.
 *
 * <pre>
 * 0        8        16     17             100
 * | number | cents  | mark | filler ...    |     longs are big-endian
 * </pre>
 *
 * The number counts the input from 0, so a checker can tell which input an output belongs to. The mark is 0; a relay sets
 * it to 1. Static methods over the bytes, because contestants differ in what they make of them.
 */
public final class Entry {
    /** The length of a value. */
    public static final int BYTES = 100;

    /** Where the filler begins. */
    public static final int FILLER_AT = 17;

    private static final int CENTS_AT = 8;
    private static final int MARK_AT = 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Entry() {}

    /**
     * Writes number, cents and an unset mark; leaves the filler.
     *
     * @param value {@link #BYTES} long
     * @param number which input this is, from 0
     * @param cents the amount, of either sign
     */
    public static void write(byte[] value, long number, long cents) {
        LONG.set(value, 0, number);
        LONG.set(value, CENTS_AT, cents);
        value[MARK_AT] = 0;
    }

    /**
     * Reads which input this is.
     *
     * @param value an entry
     * @return its number, from 0
     */
    public static long number(byte[] value) {
        return (long) LONG.get(value, 0);
    }

    /**
     * Reads the amount.
     *
     * @param value an entry
     * @return cents, of either sign
     */
    public static long cents(byte[] value) {
        return (long) LONG.get(value, CENTS_AT);
    }

    /**
     * Sets the mark in place: the whole work of the relay.
     *
     * @param value an entry that belongs to the caller
     * @return the same array
     */
    public static byte[] mark(byte[] value) {
        value[MARK_AT] = 1;
        return value;
    }
}
