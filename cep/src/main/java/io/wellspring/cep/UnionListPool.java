package io.wellspring.cep;

import java.util.ArrayDeque;
import java.util.BitSet;

/** Union lists that no state has, kept for the next one. Shared by the keys of a task; not thread-safe. */
final class UnionListPool {
    private static final int KEPT = 1024;

    private final ArrayDeque<UnionList> free = new ArrayDeque<>();

    UnionList take(int state, BitSet states) {
        UnionList kept = free.pollLast();
        return (kept == null ? new UnionList() : kept).reset(state, states);
    }

    void give(UnionList list) {
        if (free.size() < KEPT) {
            free.addLast(list);
        }
    }
}
