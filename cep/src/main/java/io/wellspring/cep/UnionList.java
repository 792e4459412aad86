package io.wellspring.cep;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The partial matches that wait in one state: nodes n0, n1 .. nk of an arena that have nothing in common. n0 is no union and no other has
 * a larger max; the others are safe and their max falls strictly. A node comes in by its max, so no list is ever sorted; {@link #merge}
 * folds it into one safe node from the tail.
 *
 * <p>Runs that share a state share their future, so between two takings of the head at most as many different maxes arrive as there are
 * live states: that bounds k, whatever the window holds.
 */
final class UnionList {
    private static final int USUAL = 4;

    private int state;
    private BitSet states;
    private int size;
    private int[] nodes = new int[USUAL];
    private long[] maxes = new long[USUAL];
    /** What {@link #merge} made, as long as nothing came in since. */
    private int merged;

    private boolean hasMerged;
    /** Whether a root has it, so that nobody may change it any more. */
    private boolean shared;

    /** Empties it, for a state. */
    UnionList reset(int newState, BitSet newStates) {
        state = newState;
        states = newStates;
        size = 0;
        hasMerged = false;
        shared = false;
        return this;
    }

    /** It stays as it is from now on. */
    UnionList share() {
        shared = true;
        return this;
    }

    boolean isShared() {
        return shared;
    }

    /** Gives the same content another number for its state. */
    void renumber(int newState, BitSet newStates) {
        state = newState;
        states = newStates;
    }

    int state() {
        return state;
    }

    /** The automaton's states: what {@link #state} is short for. */
    BitSet states() {
        return states;
    }

    int size() {
        return size;
    }

    int node(int i) {
        return nodes[i];
    }

    long max(int i) {
        return maxes[i];
    }

    void replaceNode(int i, int node) {
        nodes[i] = node;
        hasMerged = false;
    }

    /** Adds behind the others, as a snapshot had it. */
    void restore(int node, long max) {
        put(size, node, max);
    }

    /** Drops what lies at or below the floor; true if nothing is left. */
    boolean prune(long floor) {
        while (size > 0 && maxes[size - 1] <= floor) {
            size--;
        }
        return size == 0;
    }

    /** One safe node for all. The list stays as it is. */
    int merge(Arena arena, long position) {
        if (!hasMerged) {
            int tail = nodes[size - 1];
            for (int i = size - 2; i >= 0; i--) {
                tail = arena.union(position, nodes[i], maxes[i], tail, maxes[i + 1]);
            }
            merged = tail;
            hasMerged = true;
        }
        return merged;
    }

    /** Takes in a node that is no union. */
    void addOutput(Arena arena, long position, int node, long max, long floor) {
        prune(floor);
        if (size == 0) {
            put(0, node, max);
        } else if (max >= maxes[0]) {
            long oldMax = maxes[0];
            int old = merge(arena, position);
            size = 0;
            put(0, node, max);
            put(1, old, oldMax);
        } else {
            insert(arena, position, node, max, floor);
        }
    }

    /** Takes in a safe node that is not younger than the head. The list is not empty. */
    void insert(Arena arena, long position, int node, long max, long floor) {
        int i = 1;
        while (i < size && maxes[i] > max) {
            i++;
        }
        if (i < size && maxes[i] == max) {
            nodes[i] = arena.unite(position, nodes[i], node, max, floor);
            hasMerged = false;
        } else {
            put(i, node, max);
        }
    }

    void copyFrom(UnionList other) {
        state = other.state;
        states = other.states;
        size = 0;
        for (int i = 0; i < other.size; i++) {
            put(i, other.nodes[i], other.maxes[i]);
        }
        merged = other.merged;
        hasMerged = other.hasMerged;
    }

    private void put(int at, int node, long max) {
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, size * 2);
            maxes = Arrays.copyOf(maxes, size * 2);
        }
        System.arraycopy(nodes, at, nodes, at + 1, size - at);
        System.arraycopy(maxes, at, maxes, at + 1, size - at);
        nodes[at] = node;
        maxes[at] = max;
        size++;
        hasMerged = false;
    }
}
