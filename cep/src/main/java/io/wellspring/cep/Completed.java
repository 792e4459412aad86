package io.wellspring.cep;

import java.util.Arrays;

/**
 * What an event completed: good until the kernel takes the next event or its key is released or restored. Matches come in no promised
 * order, each once.
 */
final class Completed {
    private static final int LISTED_WHEN_COUNTED = 64;

    private final MatchWalk walk = new MatchWalk();
    private Arena arena;
    private long floor;
    private int[] roots = new int[8];
    private int size;
    private long listed;

    void reset(Arena newArena) {
        arena = newArena;
        size = 0;
    }

    /** Where starts die, once it is known for this event. */
    void floor(long newFloor) {
        floor = newFloor;
    }

    void add(int node) {
        if (size == roots.length) {
            roots = Arrays.copyOf(roots, size * 2);
        }
        roots[size++] = node;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Hands out at most so many matches; returns how many. */
    long forEach(long limit, MatchWalk.Sink sink) {
        listed = 0;
        MatchWalk.Sink bounded = match -> {
            listed++;
            return sink.take(match) && listed < limit;
        };
        for (int i = 0; i < size && limit > 0; i++) {
            if (!walk.walk(arena, roots[i], floor, bounded)) {
                break;
            }
        }
        return listed;
    }

    /** How many matches there are, Long.MAX_VALUE if that many or more: by listing if they are few, else in one pass over the live nodes. */
    long count() {
        long few = forEach(LISTED_WHEN_COUNTED, match -> true);
        return few < LISTED_WHEN_COUNTED ? few : new MatchCount(arena, floor).count(roots, size);
    }
}
