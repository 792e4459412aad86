package io.wellspring.api.codec;

import java.util.Arrays;

/**
 * What the first pass over a value (sizes) hands to the second (writing): the length of every nested message, and the
 * canonical order of every map and set, in the order in which both passes meet them. So each is found once.
 */
final class Layout {
    private static final int[] NO_LENGTHS = {};
    private static final Object[][] NO_ORDERS = {};

    private int[] lengths = NO_LENGTHS;
    private Object[][] orders = NO_ORDERS;
    private int lengthCount;
    private int orderCount;
    private int lengthCursor;
    private int orderCursor;
    private int depth;

    /** Begins a nested message; its place among the lengths is before those of what it contains. */
    int enter() {
        if (++depth > Source.MAX_DEPTH) {
            throw Refusal.tooDeep();
        }
        return reserve();
    }

    void leave(int place, int length) {
        depth--;
        lengths[place] = length;
    }

    int reserve() {
        if (lengthCount == lengths.length) {
            lengths = Arrays.copyOf(lengths, Math.max(8, 2 * lengthCount));
        }
        return lengthCount++;
    }

    void set(int place, int length) {
        lengths[place] = length;
    }

    int nextLength() {
        return lengths[lengthCursor++];
    }

    void addOrder(Object[] order) {
        if (orderCount == orders.length) {
            orders = Arrays.copyOf(orders, Math.max(4, 2 * orderCount));
        }
        orders[orderCount++] = order;
    }

    Object[] nextOrder() {
        return orders[orderCursor++];
    }
}
