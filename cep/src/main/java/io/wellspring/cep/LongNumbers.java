package io.wellspring.cep;

import java.util.Arrays;

/** Numbers longs in the order in which they are met: a hash table of primitives, open addressing. */
final class LongNumbers {
    private static final int SMALLEST = 32;

    /** By slot, one more than the number; 0 is free. */
    private int[] slots = new int[SMALLEST];

    private long[] keys = new long[SMALLEST / 2];
    private int size;

    int size() {
        return size;
    }

    long key(int number) {
        return keys[number];
    }

    /** The number of a key, a new one if it was not met. */
    int number(long key) {
        int mask = slots.length - 1;
        int slot = spread(key) & mask;
        for (int held = slots[slot]; held != 0; held = slots[slot]) {
            if (keys[held - 1] == key) {
                return held - 1;
            }
            slot = (slot + 1) & mask;
        }
        if (size == keys.length) {
            widen();
            return number(key);
        }
        keys[size] = key;
        slots[slot] = ++size;
        return size - 1;
    }

    void clear() {
        size = 0;
        slots = new int[SMALLEST];
        keys = new long[SMALLEST / 2];
    }

    /** Slots stay half empty, so every search ends. */
    private void widen() {
        keys = Arrays.copyOf(keys, keys.length * 2);
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int number = 0; number < size; number++) {
            int slot = spread(keys[number]) & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number + 1;
        }
    }

    private static int spread(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }
}
