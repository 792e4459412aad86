package io.wellspring.cep;

import io.wellspring.cep.Block.Item;
import io.wellspring.cep.Derivations.Absence;
import io.wellspring.cep.Derivations.Frame;
import io.wellspring.cep.Derivations.Left;
import io.wellspring.cep.Derivations.Mark;
import io.wellspring.cep.Derivations.Take;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the operators say about one event between two takes, or under the second. */
final class Definitions {
    private final Block root;
    private final List<Occurrence> events;
    private final StepTable steps;
    private final Terms terms;
    private final Object key;

    Definitions(Block root, List<Occurrence> events, StepTable steps, Terms terms, Object key) {
        this.root = root;
        this.events = events;
        this.steps = steps;
        this.terms = terms;
        this.key = key;
    }

    /** Whether an event may be the next take. */
    boolean mayTake(Choice choice, Take next, List<Mark> marks, int event) {
        Item item = next.leaf().item();
        boolean endsHere = next.leaf().copy() == 1 && isEndOf(item, choice, event);
        return fits(next.step(), choice, event)
                && !endsHere
                && isInTime(choice, next, event)
                && isAllowed(choice, next, marks, event);
    }

    /** Whether all events from the last take on, up to one, may be passed over while the next take is waited for. */
    boolean passes(Choice choice, Take next, List<Mark> marks, int before) {
        for (int event = choice.last() + 1; event < before && !choice.isEmpty(); event++) {
            if (!mayPass(choice, next, event) || !isAllowed(choice, next, marks, event)) {
                return false;
            }
        }
        return true;
    }

    private boolean mayPass(Choice choice, Take next, int event) {
        return switch (next.link()) {
            case FOLLOWED_BY -> !fits(next.step(), choice, event) && !fitsAny(choice.insteadOf(next), choice, event);
            case FOLLOWED_BY_ANY -> true;
            default -> false;
        };
    }

    /**
     * What neither a taken event nor one that is passed over may be.
     *
     * @param next null behind the last take
     */
    boolean isAllowed(Choice choice, Take next, List<Mark> marks, int event) {
        return !isAbsent(choice, next, marks, event)
                && !isWantedByGreedy(choice, marks, event)
                && (next == null || (!isEnd(choice, next, event) && !isExit(choice, next, event)));
    }

    private boolean isAbsent(Choice choice, Take next, List<Mark> marks, int event) {
        if (choice.isEmpty()) {
            return false;
        }
        Stream<Step<?>> passed = absences(marks, Link.NOT_FOLLOWED_BY);
        Stream<Step<?>> directly = event > choice.last() + 1 ? Stream.empty() : absencesDirectlyAfter(choice);
        Stream<Step<?>> ofLoops = next == null ? Stream.empty() : absencesBehindLoops(next);
        return Stream.of(passed, directly, ofLoops).flatMap(all -> all).anyMatch(step -> fits(step, choice, event));
    }

    private static Stream<Step<?>> absences(List<Mark> marks, Link link) {
        return marks.stream()
                .filter(mark ->
                        mark instanceof Absence absence && absence.item().link() == link)
                .map(mark -> ((Absence) mark).item().absentee());
    }

    /** A notNext counts whichever way is taken, as long as one way out passes it. */
    private static Stream<Step<?>> absencesDirectlyAfter(Choice choice) {
        var node = choice.node();
        Stream<Set<List<Mark>>> all =
                Stream.concat(node.next().keySet().stream().map(node::marksBefore), Stream.of(node.ends()));
        return all.flatMap(Set::stream).flatMap(marks -> absences(marks, Link.NOT_NEXT));
    }

    /** A notFollowedBy behind a loop is broken by its event also while the loop goes on. */
    private Stream<Step<?>> absencesBehindLoops(Take next) {
        Stream<Step<?>> all = Stream.empty();
        for (int level = 0; level < next.frames().size(); level++) {
            if (next.frames().get(level).copy() > 1) {
                all = Stream.concat(all, absencesBehind(next.frames(), level));
            }
        }
        return all;
    }

    private Stream<Step<?>> absencesBehind(List<Frame> frames, int level) {
        Frame around = level == 0 ? null : frames.get(level - 1);
        Block block =
                around == null ? root : ((Group) around.item().part()).blocks().get(around.way());
        int index = block.anyOrder()
                ? block.size()
                : block.items().indexOf(frames.get(level).item()) + 1;
        Stream<Step<?>> all = Stream.empty();
        for (; index < block.size() && block.item(index).link().negated(); index++) {
            if (block.item(index).link() == Link.NOT_FOLLOWED_BY) {
                all = Stream.concat(all, Stream.of(block.item(index).absentee()));
            }
        }
        return index == block.size() && level > 0 ? Stream.concat(all, absencesBehind(frames, level - 1)) : all;
    }

    /** The until of the parts around: of a step for its copies after the first, of a group for every step inside. */
    private boolean isEnd(Choice choice, Take next, int event) {
        for (Frame frame : next.frames()) {
            boolean firstOfStep = frame.item().part() instanceof Step<?> && frame.copy() == 1;
            if (!firstOfStep && isEndOf(frame.item(), choice, event)) {
                return true;
            }
        }
        return false;
    }

    /** An event that could leave a reluctant loop ends it where it need not go on. */
    private boolean isExit(Choice choice, Take next, int event) {
        for (int level = 0; level < next.frames().size(); level++) {
            Frame frame = next.frames().get(level);
            Quantifier quantifier = frame.item().quantifier();
            boolean needless = frame.copy() > quantifier.from() || (frame.copy() == 1 && quantifier.optional());
            if (quantifier.preference() == Quantifier.Preference.RELUCTANT
                    && needless
                    && choice.isBegunBy(next, level)
                    && fitsAny(choice.leaving(next, level), choice, event)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a greedy part that was left, or left out, could have gone on with the event. */
    private boolean isWantedByGreedy(Choice choice, List<Mark> marks, int event) {
        for (Mark mark : marks) {
            if (mark instanceof Left left && left.item().quantifier().greedy()) {
                if (fitsAny(beginnings(left.item()), choice, event) && !hasEnded(left.item(), choice, event)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Collection<Take> beginnings(Item item) {
        Item once = new Item(Link.BEGIN, item.part(), Time.NEVER);
        return new Derivations(1).of(new Block(List.of(once))).next().keySet();
    }

    private boolean hasEnded(Item loop, Choice choice, int event) {
        int first = choice.isEmpty() ? event : choice.last() + 1;
        for (int e = first; e <= event; e++) {
            if (isEndOf(loop, choice, e)) {
                return true;
            }
        }
        return false;
    }

    private boolean isInTime(Choice choice, Take next, int event) {
        return choice.isEmpty()
                || (events.get(event).timeMillis() < deadline(choice, next)
                        && event - choice.start() < terms.windowEvents());
    }

    /** The first time at which the next take comes too late. */
    long deadline(Choice choice, Take next) {
        long last = events.get(choice.last()).timeMillis();
        long deadline = windowEnd(choice);
        for (int level = 0; level < next.frames().size(); level++) {
            Frame frame = next.frames().get(level);
            if (frame.copy() == 1 && choice.isBegunBy(next, level)) {
                deadline = Math.min(deadline, Time.plus(last, frame.item().gapMillis()));
            }
            if (choice.isInLoopOf(next, level)) {
                deadline = Math.min(
                        deadline, Time.plus(last, frame.item().quantifier().windowMillis()));
            }
        }
        return deadline;
    }

    long windowEnd(Choice choice) {
        return Time.plus(events.get(choice.start()).timeMillis(), terms.windowMillis());
    }

    private boolean fitsAny(Collection<Take> takes, Choice choice, int event) {
        return takes.stream().map(Take::step).collect(Collectors.toSet()).stream()
                .anyMatch(step -> fits(step, choice, event));
    }

    private boolean fits(Step<?> step, Choice choice, int event) {
        return holds(step.type(), step.condition(), choice, event);
    }

    private boolean isEndOf(Item item, Choice choice, int event) {
        if (item.part() instanceof Step<?> step) {
            return step.until() != null && holds(step.type(), step.until(), choice, event);
        }
        Group group = (Group) item.part();
        return group.until() != null && holds(group.untilType(), group.until(), choice, event);
    }

    private boolean holds(Class<?> type, Condition condition, Choice choice, int event) {
        Object value = events.get(event).value();
        return type.isInstance(value) && holds(condition, value, new Match(steps, choice.soFar(), key));
    }

    private static boolean holds(Condition condition, Object value, Match soFar) {
        if (condition instanceof Condition.Test test) {
            return test.atom().test(value, soFar);
        }
        if (condition instanceof Condition.Both both) {
            return holds(both.left(), value, soFar) && holds(both.right(), value, soFar);
        }
        if (condition instanceof Condition.Either either) {
            return holds(either.left(), value, soFar) || holds(either.right(), value, soFar);
        }
        return true;
    }
}
