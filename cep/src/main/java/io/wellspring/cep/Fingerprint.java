package io.wellspring.cep;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What a root stands for, whatever its nodes are: times and positions, and for each live set of states how many partial matches wait there
 * and a sum over them of a polynomial over their events. One pass over the nodes, children first, although the partial matches may be
 * exponentially many. Different partial matches have the same sum with a probability of about 2 to the power of -64.
 */
record Fingerprint(long position, long timeMillis, long newestStart, Map<BitSet, Waiting> waiting) {
    private static final long BASE = 0x9E3779B97F4A7C15L;

    /** The partial matches of a set of states. */
    record Waiting(long count, long sum) {
        private Waiting plus(Waiting other) {
            return new Waiting(count + other.count, sum + other.sum);
        }
    }

    static Fingerprint of(KeyRoot root) {
        var nodes = new Nodes(root);
        var waiting = new HashMap<BitSet, Waiting>();
        for (UnionList list : root.lists()) {
            for (int i = 0; i < list.size(); i++) {
                if (list.max(i) > root.floor()) {
                    waiting.merge(list.states(), nodes.at(list.node(i)), Waiting::plus);
                }
            }
        }
        return new Fingerprint(root.position(), root.timeMillis(), root.newestStart(), Map.copyOf(waiting));
    }

    /** What live nodes stand for. */
    private static final class Nodes {
        private final long floor;
        private final Arena arena;
        private final Map<Integer, Waiting> byId = new HashMap<>();

        private Nodes(KeyRoot root) {
            floor = root.floor();
            arena = new Arena(new SegmentPool(0), root.arena());
            for (long number = arena.firstNumber(); number < arena.endNumber(); number++) {
                Segment segment = arena.segmentAt(number);
                for (int offset = 0; offset < segment.used; offset++) {
                    if (segment.max(offset) > floor) {
                        byId.put(Arena.id(number, offset), made(segment, offset));
                    }
                }
            }
        }

        private Waiting at(int id) {
            return byId.get(id);
        }

        private Waiting made(Segment segment, int offset) {
            if (segment.kind(offset) == Segment.UNION) {
                Waiting left = at(segment.left(offset));
                return segment.other(offset) > floor ? left.plus(at(segment.right(offset))) : left;
            }
            long mark = segment.right(offset);
            if (segment.kind(offset) == Segment.FIRST) {
                return new Waiting(1, mixed(segment.max(offset), mark));
            }
            Waiting child = at(segment.left(offset));
            return new Waiting(child.count, child.sum * BASE + child.count * mixed(segment.other(offset), mark));
        }

        private long mixed(long position, long mark) {
            Occurrence event = arena.event(position);
            long mixed = (position * BASE + mark) * BASE + (event == null ? 0 : event.hashCode());
            mixed = (mixed ^ mixed >>> 32) * BASE;
            return mixed ^ mixed >>> 29;
        }
    }
}
