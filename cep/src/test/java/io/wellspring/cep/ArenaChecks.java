package io.wellspring.cep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The invariants that {@link Arena} and {@link UnionList} state, looked up in what is alive of a key. */
final class ArenaChecks {
    private final KeyPartials key;
    private final Arena arena;
    private final Set<Integer> seen = new HashSet<>();

    ArenaChecks(KeyPartials key) {
        this.key = key;
        this.arena = key.arena();
    }

    /** Checks all lists and what they reach; matches beneath them are listed too if there are not many. */
    void check(boolean listed) {
        int live = key.liveCount();
        int count = 0;
        for (int state = key.next(0); state >= 0; state = key.next(state + 1)) {
            count++;
            UnionList list = key.list(state);
            assertThat(list.state()).isEqualTo(state);
            assertThat(list.states()).isNotEqualTo(new BitSet());
            checkList(list);
            if (listed) {
                checkNothingTwice(list);
            }
        }
        assertThat(count).isEqualTo(live);
    }

    private void checkList(UnionList list) {
        assertThat(list.size()).isPositive();
        // Lists are pruned when they are visited: only what is above the floor may be looked at.
        for (int i = 0; i < list.size() && list.max(i) > key.floor(); i++) {
            assertThat(arena.max(list.node(i))).isEqualTo(list.max(i));
            if (i == 0) {
                assertThat(arena.kind(list.node(0))).isNotEqualTo(Segment.UNION);
            } else {
                assertThat(list.max(i)).isLessThanOrEqualTo(list.max(0));
                assertThat(i == 1 || list.max(i) < list.max(i - 1)).isTrue();
                assertThat(isSafe(list.node(i))).isTrue();
            }
            checkNode(list.node(i));
        }
    }

    private void checkNode(int root) {
        var left = new ArrayList<>(List.of(root));
        while (!left.isEmpty()) {
            int node = left.remove(left.size() - 1);
            if (!seen.add(node) || arena.kind(node) == Segment.FIRST) {
                continue;
            }
            int child = arena.left(node);
            assertThat(order(child)).isLessThan(order(node));
            assertThat(arena.max(child)).isEqualTo(arena.max(node));
            assertThat(arena.max(node)).isGreaterThan(key.floor());
            left.add(child);
            if (arena.kind(node) == Segment.UNION) {
                assertThat(leftDepth(node)).isLessThanOrEqualTo(3);
                assertThat(arena.other(node)).isLessThanOrEqualTo(arena.max(node));
                if (arena.other(node) > key.floor()) {
                    assertThat(order(arena.right(node))).isLessThan(order(node));
                    assertThat(arena.max(arena.right(node))).isEqualTo(arena.other(node));
                    left.add(arena.right(node));
                }
            }
        }
    }

    private boolean isSafe(int node) {
        return arena.kind(node) != Segment.UNION
                || (leftDepth(node) == 1 && (arena.other(node) <= key.floor() || leftDepth(arena.right(node)) <= 2));
    }

    private int leftDepth(int node) {
        return arena.kind(node) != Segment.UNION ? 0 : 1 + leftDepth(arena.left(node));
    }

    private long order(int node) {
        return arena.numberOf(node) * SegmentPool.LARGEST + Arena.offsetOf(node);
    }

    private void checkNothingTwice(UnionList list) {
        var found = new ArrayList<List<NaiveRuns.Taken>>();
        for (int i = 0; i < list.size() && list.max(i) > key.floor(); i++) {
            new MatchWalk().walk(arena, list.node(i), key.floor(), match -> {
                found.add(taken(match));
                return true;
            });
        }
        assertThat(found).doesNotHaveDuplicates();
    }

    static List<NaiveRuns.Taken> taken(MatchWalk.Found match) {
        var taken = new ArrayList<NaiveRuns.Taken>();
        for (int i = 0; i < match.length(); i++) {
            taken.add(new NaiveRuns.Taken(match.position(i), match.mark(i)));
        }
        return taken;
    }
}
