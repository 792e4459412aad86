package io.wellspring.benchmarks;

import io.wellspring.benchmarks.contestant.Entry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The input, as a pure function of the record number, so that a checker needs no copy of it.
 *
 * @param records how many, numbered from 0
 * @param accounts how many accounts; the key is the account's number in decimal
 * @param seed other seeds give other accounts, amounts and fillers
 */
record InputPlan(int records, int accounts, long seed) {
    private static final int MAX_CENTS = 10_000;
    private static final long STEP = 0x9E3779B97F4A7C15L;

    InputPlan {
        if (records < 1 || accounts < 1) {
            throw new IllegalArgumentException(
                    "records=" + records + " and accounts=" + accounts + " must be 1 or more [InputPlan]");
        }
    }

    int account(long number) {
        return (int) Long.remainderUnsigned(mixed(number, 0), accounts);
    }

    /** An amount of either sign. */
    long cents(long number) {
        return Long.remainderUnsigned(mixed(number, 1), 2 * MAX_CENTS) - MAX_CENTS;
    }

    byte[] key(long number) {
        return Integer.toString(account(number)).getBytes(StandardCharsets.US_ASCII);
    }

    byte[] value(long number) {
        byte[] value = new byte[Entry.BYTES];
        fill(value, number);
        return value;
    }

    /** Writes the whole value of one input; allocates nothing, as the checker calls it for each output. */
    void fill(byte[] value, long number) {
        Entry.write(value, number, cents(number));
        ByteBuffer filler = ByteBuffer.wrap(value, Entry.FILLER_AT, Entry.BYTES - Entry.FILLER_AT);
        int word = 2;
        while (filler.remaining() >= Long.BYTES) {
            filler.putLong(mixed(number, word++));
        }
        while (filler.hasRemaining()) {
            filler.put((byte) mixed(number, word++));
        }
    }

    /** The finisher of SplitMix64 (Steele, Lea, Flood 2014) over a counter: no compression makes the input cheaper. */
    private long mixed(long number, int word) {
        long z = seed + (number * 32 + word + 1) * STEP;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d records of 100 bytes, keys drawn from %,d accounts, %d partitions, seed %d",
                records,
                accounts,
                BenchmarkTopics.PARTITIONS,
                seed);
    }
}
