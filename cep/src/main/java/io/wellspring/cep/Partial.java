package io.wellspring.cep;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a run has taken: a step and an event on top of what was taken before. Immutable and shared: runs that began alike share their
 * beginning; but for what folds remember, which is derived. Within one event a parent has at most one child for each step, so equal content is the same object.
 */
final class Partial {
    private final Partial parent;
    private final int step;
    private final Occurrence event;
    private final Occurrence first;
    private final int length;
    private Folded folded;

    Partial(Partial parent, int step, Occurrence event) {
        this.parent = parent;
        this.step = step;
        this.event = event;
        this.first = parent == null ? event : parent.first;
        this.length = parent == null ? 1 : parent.length + 1;
    }

    /** The value of a fold up to here, kept so that the next event adds to it: a list, since folds are few. */
    private record Folded(Fold<?> fold, Object value, Folded next) {}

    /**
     * The value of a fold over all that was taken: from the nearest one known on, so each event is added once.
     *
     * @param taken null where nothing was
     * @param number the number of the fold's step
     */
    static <A> A folded(Partial taken, Fold<A> fold, int number) {
        var missing = new ArrayDeque<Partial>();
        A value = fold.initial();
        for (Partial at = taken; at != null; at = at.parent) {
            Folded known = at.known(fold);
            if (known != null) {
                value = fold.own(known.value());
                break;
            }
            if (at.step == number) {
                missing.push(at);
            }
        }
        for (Partial one : missing) {
            value = fold.with(value, one.event.value());
            one.folded = new Folded(fold, value, one.folded);
        }
        if (taken != null && taken.known(fold) == null) {
            taken.folded = new Folded(fold, value, taken.folded);
        }
        return value;
    }

    private Folded known(Fold<?> fold) {
        Folded at = folded;
        while (at != null && at.fold() != fold) {
            at = at.next();
        }
        return at;
    }

    Partial parent() {
        return parent;
    }

    int step() {
        return step;
    }

    Occurrence event() {
        return event;
    }

    Occurrence first() {
        return first;
    }

    int length() {
        return length;
    }

    /** Compares the starts alone: time, then position. */
    static int compareStarts(Partial left, Partial right) {
        int byTime = Long.compare(left.first.timeMillis(), right.first.timeMillis());
        return byTime != 0 ? byTime : Long.compare(left.first.position(), right.first.position());
    }

    /** The order in which matches wait: start, then the positions of their events, earliest first; then steps, so that it is total. */
    static int compareMatches(Partial left, Partial right) {
        int byStart = compareStarts(left, right);
        if (byStart != 0 || left == right) {
            return byStart;
        }
        Partial[] ofLeft = left.inOrder();
        Partial[] ofRight = right.inOrder();
        int bySteps = 0;
        for (int i = 0; i < Math.min(ofLeft.length, ofRight.length); i++) {
            int byPosition = Long.compare(ofLeft[i].event.position(), ofRight[i].event.position());
            if (byPosition != 0) {
                return byPosition;
            }
            bySteps = bySteps != 0 ? bySteps : Integer.compare(ofLeft[i].step, ofRight[i].step);
        }
        int byLength = Integer.compare(ofLeft.length, ofRight.length);
        return byLength != 0 ? byLength : bySteps;
    }

    /** Steps and events, for comparisons of states by content. */
    List<?> content() {
        return Stream.of(inOrder()).map(one -> Map.entry(one.step, one.event)).toList();
    }

    @Override
    public String toString() {
        return content().toString();
    }

    /** From the first event to the last. */
    Partial[] inOrder() {
        var all = new Partial[length];
        Partial at = this;
        for (int i = length - 1; i >= 0; i--) {
            all[i] = at;
            at = at.parent;
        }
        return all;
    }
}
