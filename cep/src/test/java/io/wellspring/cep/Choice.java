package io.wellspring.cep;

import io.wellspring.cep.Derivations.Frame;
import io.wellspring.cep.Derivations.Mark;
import io.wellspring.cep.Derivations.Take;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Some events of a stream under the takes of a sentence: a match, or the beginning of one.
 *
 * @param node where the sentence stands
 * @param takes in order
 * @param events the places of their events in the stream
 * @param soFar the same for conditions that look at it
 */
record Choice(Derivations.Node node, List<Take> takes, List<Integer> events, Partial soFar) {
    static Choice nothing(Derivations.Node begin) {
        return new Choice(begin, List.of(), List.of(), null);
    }

    Choice with(Take take, Occurrence event, int step) {
        List<Take> longer = new ArrayList<>(takes);
        longer.add(take);
        List<Integer> places = new ArrayList<>(events);
        places.add((int) event.position());
        return new Choice(node.next().get(take), longer, places, new Partial(soFar, step, event));
    }

    boolean isEmpty() {
        return takes.isEmpty();
    }

    int start() {
        return events.get(0);
    }

    int last() {
        return isEmpty() ? -1 : events.get(events.size() - 1);
    }

    Take lastTake() {
        return takes.get(takes.size() - 1);
    }

    /** Whether the copy at a level of the next take is begun by it. */
    boolean isBegunBy(Take next, int level) {
        return isEmpty()
                || !hasAround(lastTake(), next, level)
                || !lastTake().frames().get(level).sameCopy(next.frames().get(level));
    }

    /** Whether the last take and the next one belong to the same loop at a level of the next. */
    boolean isInLoopOf(Take next, int level) {
        Frame frame = next.frames().get(level);
        return !isEmpty()
                && hasAround(lastTake(), next, level)
                && lastTake().frames().get(level).item().equals(frame.item())
                && lastTake().frames().get(level).before().equals(frame.before());
    }

    /** What else could begin where the next take begins: another way of a group, another missing part of one in any order. */
    List<Take> insteadOf(Take next) {
        List<Take> others = new ArrayList<>();
        for (int level = 0; level < next.frames().size() - 1; level++) {
            Group group = (Group) next.frames().get(level).item().part();
            for (Take other : node.next().keySet()) {
                if (!hasAround(other, next, level)
                        || !other.frames().get(level).sameCopy(next.frames().get(level))) {
                    continue;
                }
                if (group.blocks().get(0).anyOrder()
                        ? isAnotherPart(next, other, level + 1)
                        : isBegunBy(next, level)
                                && other.frames().get(level).way()
                                        != next.frames().get(level).way()) {
                    others.add(other);
                }
            }
        }
        return others;
    }

    private boolean isAnotherPart(Take next, Take other, int level) {
        Frame ofNext = next.frames().get(level);
        Frame ofOther = other.frames().get(level);
        return !isInLoopOf(next, level)
                && hasAround(other, next, level)
                && !ofOther.item().equals(ofNext.item())
                && ofOther.before().equals(ofNext.before());
    }

    /** What could come next if the part at a level of the next take were left instead. */
    List<Take> leaving(Take next, int level) {
        var left = new Derivations.Left(
                next.frames().subList(0, level), next.frames().get(level).item());
        List<Take> all = new ArrayList<>();
        for (Map.Entry<Take, Set<List<Mark>>> way : ways()) {
            if (way.getValue().stream().anyMatch(marks -> marks.contains(left))) {
                all.add(way.getKey());
            }
        }
        return all;
    }

    private List<Map.Entry<Take, Set<List<Mark>>>> ways() {
        List<Map.Entry<Take, Set<List<Mark>>>> all = new ArrayList<>();
        node.next().keySet().forEach(take -> all.add(Map.entry(take, node.marksBefore(take))));
        return all;
    }

    private static boolean hasAround(Take one, Take other, int level) {
        return one.frames().size() > level
                && one.frames().subList(0, level).equals(other.frames().subList(0, level));
    }
}
