package io.wellspring.cep;

import io.wellspring.cep.Block.Item;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All ways to read a pattern, as a tree of takes: a pattern is a grammar, and each way to repeat, leave out, choose and order its parts
 * gives a sentence of takes with marks in between (an absence is passed, a part is left). Sentences that begin alike share their
 * beginning. Nothing here knows about events or guards.
 */
final class Derivations {
    private final int mostTakes;

    Derivations(int mostTakes) {
        this.mostTakes = mostTakes;
    }

    /**
     * A level of the place of a take.
     *
     * @param before in any order, the parts that came before
     * @param way which of the group's sequences is walked inside
     */
    record Frame(Item item, int copy, Set<Item> before, int way) {
        /** Whether both are in one copy of one part, whichever way is walked inside. */
        boolean sameCopy(Frame other) {
            return item.equals(other.item) && copy == other.copy && before.equals(other.before);
        }
    }

    /** An event under a step: the frames around it, outermost first, and how it follows what was taken before. */
    record Take(List<Frame> frames, Link link) {
        Frame leaf() {
            return frames.get(frames.size() - 1);
        }

        Step<?> step() {
            return (Step<?>) leaf().item().part();
        }
    }

    /** What lies between takes. */
    sealed interface Mark {}

    /** An absence is passed. */
    record Absence(Item item) implements Mark {}

    /** A part is behind: it was repeated as often as it will be, or left out. */
    record Left(List<Frame> around, Item item) implements Mark {}

    /** What was taken so far; where it can go on, and with which marks in between. */
    static final class Node {
        private final Map<Take, Node> next = new LinkedHashMap<>();
        private final Map<Take, Set<List<Mark>>> marks = new LinkedHashMap<>();
        private final Set<List<Mark>> ends = new LinkedHashSet<>();

        Map<Take, Node> next() {
            return next;
        }

        Set<List<Mark>> marksBefore(Take take) {
            return marks.get(take);
        }

        /** The marks between the last take and the end, where the pattern may end here. */
        Set<List<Mark>> ends() {
            return ends;
        }
    }

    /** The end of a sentence that is being built. */
    private record Tail(Node node, List<Mark> marks, int takes) {
        Tail with(Mark mark) {
            List<Mark> longer = new ArrayList<>(marks);
            longer.add(mark);
            return new Tail(node, List.copyOf(longer), takes);
        }

        Tail take(Take take) {
            node.marks.computeIfAbsent(take, any -> new LinkedHashSet<>()).add(marks);
            return new Tail(node.next.computeIfAbsent(take, any -> new Node()), List.of(), takes + 1);
        }
    }

    /** What to build behind a tail. */
    private interface Rest {
        void from(Tail tail);
    }

    Node of(Block root) {
        Node begin = new Node();
        block(
                root,
                List.of(),
                Link.BEGIN,
                new Tail(begin, List.of(), 0),
                tail -> tail.node().ends.add(tail.marks()));
        return begin;
    }

    private void block(Block block, List<Frame> around, Link link, Tail tail, Rest rest) {
        if (block.anyOrder()) {
            anyOrder(block, around, Set.of(), link, tail, rest);
        } else {
            inOrder(block, around, 0, link, tail, rest);
        }
    }

    private void inOrder(Block block, List<Frame> around, int index, Link link, Tail tail, Rest rest) {
        if (index == block.size()) {
            rest.from(tail);
            return;
        }
        Item item = block.item(index);
        Rest others = after -> inOrder(block, around, index + 1, null, after, rest);
        if (item.link().negated()) {
            others.from(tail.with(new Absence(item)));
        } else {
            part(item, around, Set.of(), link == null ? item.link() : link, tail, others);
        }
    }

    private void anyOrder(Block block, List<Frame> around, Set<Item> before, Link link, Tail tail, Rest rest) {
        if (block.items().stream()
                .allMatch(item -> before.contains(item) || item.quantifier().optional())) {
            Tail left = tail;
            for (Item item : block.items()) {
                left = before.contains(item) ? left : left.with(new Left(around, item));
            }
            rest.from(left);
        }
        for (Item item : block.items()) {
            if (!before.contains(item)) {
                Set<Item> with = new HashSet<>(before);
                with.add(item);
                Rest others = after -> anyOrder(block, around, with, Link.FOLLOWED_BY, after, rest);
                copies(item, around, before, 1, link, tail, after -> {
                    if (after.takes() > tail.takes()) {
                        others.from(after);
                    }
                });
            }
        }
    }

    private void part(Item item, List<Frame> around, Set<Item> before, Link link, Tail tail, Rest rest) {
        if (item.quantifier().optional()) {
            rest.from(tail.with(new Left(around, item)));
        }
        copies(item, around, before, 1, link, tail, rest);
    }

    /** From a copy on. A copy without events stands for all that are still missing and is the last. */
    private void copies(Item item, List<Frame> around, Set<Item> before, int copy, Link link, Tail tail, Rest rest) {
        Quantifier quantifier = item.quantifier();
        Rest behind = after -> rest.from(after.with(new Left(around, item)));
        once(item, around, before, copy, link, tail, after -> {
            boolean empty = after.takes() == tail.takes();
            if (empty || copy >= quantifier.from()) {
                behind.from(after);
            }
            if (!empty && copy < quantifier.to()) {
                copies(item, around, before, copy + 1, quantifier.copies(), after, rest);
            }
        });
    }

    private void once(Item item, List<Frame> around, Set<Item> before, int copy, Link link, Tail tail, Rest rest) {
        if (item.part() instanceof Group group) {
            for (int way = 0; way < group.blocks().size(); way++) {
                block(group.blocks().get(way), inside(around, new Frame(item, copy, before, way)), link, tail, rest);
            }
        } else if (tail.takes() < mostTakes) {
            rest.from(tail.take(new Take(inside(around, new Frame(item, copy, before, 0)), link)));
        }
    }

    private static List<Frame> inside(List<Frame> around, Frame frame) {
        List<Frame> longer = new ArrayList<>(around);
        longer.add(frame);
        return List.copyOf(longer);
    }
}
