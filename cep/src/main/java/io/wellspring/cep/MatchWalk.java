package io.wellspring.cep;

import java.util.Arrays;

/**
 * Lists the matches beneath a node: depth first with a stack of its own and one buffer that all matches share. A live node has a live left
 * child, so no way ends in nothing: the delay from one match to the next is linear in its length. Not thread-safe.
 */
final class MatchWalk {
    private final Found match = new Found();
    private int[] stack = new int[64];
    private int[] lengths = new int[64];
    private int top;
    private long[] positions = new long[16];
    private int[] marks = new int[16];
    private int length;

    /** Takes matches; the view is good for the call only. */
    interface Sink {
        /** Returns false to see no more. */
        boolean take(Found match);
    }

    /** A match, event by event, earliest first. */
    final class Found {
        private Found() {}

        int length() {
            return length;
        }

        long position(int i) {
            return positions[length - 1 - i];
        }

        int mark(int i) {
            return marks[length - 1 - i];
        }
    }

    /** Lists the matches that begin above the floor; false if the sink wants no more. */
    boolean walk(Arena arena, int root, long floor, Sink sink) {
        top = 0;
        push(root, 0);
        while (top > 0) {
            int node = stack[--top];
            int taken = lengths[top];
            int kind = arena.kind(node);
            while (kind != Segment.FIRST) {
                if (kind == Segment.OUTPUT) {
                    note(taken++, arena.other(node), arena.right(node));
                } else if (arena.other(node) > floor) {
                    push(arena.right(node), taken);
                }
                node = arena.left(node);
                kind = arena.kind(node);
            }
            note(taken, arena.max(node), arena.right(node));
            length = taken + 1;
            if (!sink.take(match)) {
                return false;
            }
        }
        return true;
    }

    private void note(int at, long position, int mark) {
        if (at == positions.length) {
            positions = Arrays.copyOf(positions, at * 2);
            marks = Arrays.copyOf(marks, at * 2);
        }
        positions[at] = position;
        marks[at] = mark;
    }

    private void push(int node, int taken) {
        if (top == stack.length) {
            stack = Arrays.copyOf(stack, top * 2);
            lengths = Arrays.copyOf(lengths, top * 2);
        }
        stack[top] = node;
        lengths[top++] = taken;
    }
}
