package io.wellspring.cep;

/**
 * Counts the matches beneath nodes without listing them: one pass from parents down to their older children, which adds up along how many
 * ways each node is reached. So it costs at most what the live nodes are, also where the matches are exponentially many.
 *
 * <p>A count kept in each node would be wrong as soon as the floor passes some of the starts beneath it, so there is none.
 */
final class MatchCount {
    private final Arena arena;
    private final long floor;
    private final long firstNumber;
    private final long[][] ways;
    private int pending;

    MatchCount(Arena arena, long floor) {
        this.arena = arena;
        this.floor = floor;
        this.firstNumber = arena.firstNumber();
        this.ways = new long[(int) (arena.endNumber() - firstNumber)][];
    }

    /** How many matches begin above the floor; Long.MAX_VALUE stands for that many or more. */
    long count(int[] roots, int size) {
        for (int i = 0; i < size; i++) {
            reach(roots[i], 1);
        }
        long total = 0;
        for (int index = ways.length - 1; index >= 0 && pending > 0; index--) {
            Segment segment = arena.segmentAt(firstNumber + index);
            for (int offset = segment.used - 1; offset >= 0 && ways[index] != null && pending > 0; offset--) {
                long found = ways[index][offset];
                if (found > 0) {
                    pending--;
                    total = follow(segment, offset, found, total);
                }
            }
        }
        return total;
    }

    private long follow(Segment segment, int offset, long found, long total) {
        if (segment.kind(offset) == Segment.FIRST) {
            return plus(total, found);
        }
        reach(segment.left(offset), found);
        if (segment.kind(offset) == Segment.UNION && segment.other(offset) > floor) {
            reach(segment.right(offset), found);
        }
        return total;
    }

    private void reach(int id, long more) {
        int index = (int) (arena.numberOf(id) - firstNumber);
        if (ways[index] == null) {
            ways[index] = new long[arena.segmentAt(firstNumber + index).used];
        }
        long before = ways[index][Arena.offsetOf(id)];
        pending += before == 0 ? 1 : 0;
        ways[index][Arena.offsetOf(id)] = plus(before, more);
    }

    private static long plus(long left, long right) {
        long sum = left + right;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
