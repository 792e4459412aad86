package io.wellspring.cep;

import io.wellspring.cep.Automaton.Tested;
import io.wellspring.cep.Condition.Atom;
import io.wellspring.cep.Condition.Both;
import io.wellspring.cep.Condition.Either;
import io.wellspring.cep.Condition.Test;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of a pattern's conditions an event fulfils, a bit each: what the kernel's guards look at. Only conditions that are wanted and whose
 * class check the event passes are asked, and each of the user's predicates at most once for an event. For conditions on the event alone.
 * Allocates nothing but for classes it has not met. Not thread-safe.
 */
final class Predicates {
    static final int MOST = Long.SIZE;

    private final List<Tested> conditions;
    private final Condition[] formulas;
    private final Map<Class<?>, Long> ofClasses = new HashMap<>();
    private Class<?> lastClass;
    private long ofLastClass;
    private long asked;
    private long held;

    Predicates(Automaton automaton) {
        this.conditions = automaton.conditions();
        this.formulas = conditions.stream().map(Tested::condition).toArray(Condition[]::new);
    }

    /** The conditions that hold among those that are wanted; the other bits are 0. */
    long bits(Object event, long wanted) {
        long bits = 0;
        asked = 0;
        held = 0;
        for (long left = wanted & ofClass(event.getClass()); left != 0; left &= left - 1) {
            long bit = left & -left;
            if (holds(formulas[Long.numberOfTrailingZeros(left)], event)) {
                bits |= bit;
            }
        }
        return bits;
    }

    /** The conditions whose class check events of a class pass. */
    private long ofClass(Class<?> type) {
        if (type != lastClass) {
            ofLastClass = ofClasses.computeIfAbsent(type, this::passed);
            lastClass = type;
        }
        return ofLastClass;
    }

    private long passed(Class<?> type) {
        long passed = 0;
        for (int number = 0; number < formulas.length; number++) {
            passed |= conditions.get(number).type().isAssignableFrom(type) ? 1L << number : 0;
        }
        return passed;
    }

    private boolean holds(Condition formula, Object event) {
        if (formula instanceof Test test) {
            return holds(test.atom(), 1L << test.number(), event);
        }
        if (formula instanceof Both both) {
            return holds(both.left(), event) && holds(both.right(), event);
        }
        if (formula instanceof Either either) {
            return holds(either.left(), event) || holds(either.right(), event);
        }
        return true;
    }

    private boolean holds(Atom atom, long bit, Object event) {
        if ((asked & bit) == 0) {
            if (atom.test(event, null)) {
                held |= bit;
            }
            asked |= bit;
        }
        return (held & bit) != 0;
    }
}
