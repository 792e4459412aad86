package io.wellspring.cep;

/**
 * Copies what the lists of a key still reach to new segments and drops the old ones: for keys without a window, whose segments no floor
 * ever drops. Shared nodes stay shared. Children are older than their parents, so one pass downwards finds all that is reached, and one
 * upwards copies it. Done when the arena has doubled since the last time: constant per node made.
 */
final class ForwardCopy {
    private final Arena arena;
    private final long position;
    private final long from;
    private final long end;
    private final boolean[][] reached;
    private final int[][] copies;

    ForwardCopy(Arena arena, long position) {
        this.arena = arena;
        this.position = position;
        this.from = arena.firstNumber();
        this.end = arena.endNumber();
        reached = new boolean[(int) (end - from)][];
        copies = new int[(int) (end - from)][];
        for (long number = from; number < end; number++) {
            reached[(int) (number - from)] = new boolean[arena.segmentAt(number).used];
            copies[(int) (number - from)] = new int[arena.segmentAt(number).used];
        }
    }

    /** Copies for lists by state, some of them null. */
    void copy(UnionList[] lists) {
        for (UnionList list : lists) {
            for (int i = 0; list != null && i < list.size(); i++) {
                reach(list.node(i));
            }
        }
        for (long number = end - 1; number >= from; number--) {
            reachChildren(number);
        }
        arena.seal();
        for (long number = from; number < end; number++) {
            copySegment(number);
        }
        for (UnionList list : lists) {
            for (int i = 0; list != null && i < list.size(); i++) {
                list.replaceNode(i, copyOf(list.node(i)));
            }
        }
        arena.dropBefore(end);
    }

    private void reachChildren(long number) {
        Segment segment = arena.segmentAt(number);
        boolean[] ofSegment = reached[(int) (number - from)];
        for (int offset = segment.used - 1; offset >= 0; offset--) {
            if (ofSegment[offset] && segment.kind(offset) != Segment.FIRST) {
                reach(segment.left(offset));
                if (segment.kind(offset) == Segment.UNION) {
                    reach(segment.right(offset));
                }
            }
        }
    }

    private void copySegment(long number) {
        Segment segment = arena.segmentAt(number);
        int index = (int) (number - from);
        for (int offset = 0; offset < segment.used; offset++) {
            if (reached[index][offset]) {
                int kind = segment.kind(offset);
                int left = kind == Segment.FIRST ? 0 : copyOf(segment.left(offset));
                int right = kind == Segment.UNION ? copyOf(segment.right(offset)) : segment.right(offset);
                copies[index][offset] =
                        arena.append(position, kind, segment.max(offset), segment.other(offset), left, right);
            }
        }
    }

    private void reach(int id) {
        reached[(int) (arena.numberOf(id) - from)][Arena.offsetOf(id)] = true;
    }

    private int copyOf(int id) {
        return copies[(int) (arena.numberOf(id) - from)][Arena.offsetOf(id)];
    }
}
