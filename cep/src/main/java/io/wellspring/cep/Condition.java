package io.wellspring.cep;

import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** When an event is a step: a formula over the user's predicates, its atoms. */
sealed interface Condition {
    static Condition always() {
        return new Always();
    }

    /** Evaluates with the least number of questions; the order of the questions depends on the answers alone. */
    boolean holds(Answers answers, Partial soFar);

    /** The same formula with each atom known by its place in the list, which grows by the atoms it does not hold yet. */
    Condition numbered(List<Atom> atoms);

    default Condition and(Condition other) {
        return this instanceof Always ? other : new Both(this, other);
    }

    default Condition or(Condition other) {
        return this instanceof Always ? other : new Either(this, other);
    }

    static <T> Condition onEvent(Predicate<? super T> predicate) {
        Objects.requireNonNull(predicate, "predicate");
        return new Test(new Atom(erased(predicate), null), -1);
    }

    static <T> Condition acrossSteps(BiPredicate<? super T, ? super Match> predicate) {
        Objects.requireNonNull(predicate, "predicate");
        return new Test(new Atom(null, erased(predicate)), -1);
    }

    @SuppressWarnings("unchecked") // asked only about events of the step's class
    private static Predicate<Object> erased(Predicate<?> predicate) {
        return (Predicate<Object>) predicate;
    }

    @SuppressWarnings("unchecked") // asked only about events of the step's class
    private static BiPredicate<Object, Match> erased(BiPredicate<?, ? super Match> predicate) {
        return (BiPredicate<Object, Match>) predicate;
    }

    /** One of the user's predicates, on the event alone or also on what was matched before it; equal to itself only. */
    final class Atom {
        private final Predicate<Object> onEvent;
        private final BiPredicate<Object, Match> acrossSteps;

        private Atom(Predicate<Object> onEvent, BiPredicate<Object, Match> acrossSteps) {
            this.onEvent = onEvent;
            this.acrossSteps = acrossSteps;
        }

        boolean isAcrossSteps() {
            return onEvent == null;
        }

        boolean test(Object event, Match soFar) {
            return onEvent == null ? acrossSteps.test(event, soFar) : onEvent.test(event);
        }
    }

    /** No condition. */
    record Always() implements Condition {
        @Override
        public boolean holds(Answers answers, Partial soFar) {
            return true;
        }

        @Override
        public Condition numbered(List<Atom> atoms) {
            return this;
        }

        @Override
        public String toString() {
            return "any";
        }
    }

    /** An atom. */
    record Test(Atom atom, int number) implements Condition {
        @Override
        public boolean holds(Answers answers, Partial soFar) {
            return answers.ask(atom, number, soFar);
        }

        @Override
        public Condition numbered(List<Atom> atoms) {
            int known = atoms.indexOf(atom);
            if (known < 0) {
                atoms.add(atom);
                known = atoms.size() - 1;
            }
            return new Test(atom, known);
        }

        @Override
        public String toString() {
            return (atom.isAcrossSteps() ? "across" : "p") + number;
        }
    }

    /** Both hold. */
    record Both(Condition left, Condition right) implements Condition {
        @Override
        public boolean holds(Answers answers, Partial soFar) {
            return left.holds(answers, soFar) && right.holds(answers, soFar);
        }

        @Override
        public Condition numbered(List<Atom> atoms) {
            return new Both(left.numbered(atoms), right.numbered(atoms));
        }

        @Override
        public String toString() {
            return "(" + left + " & " + right + ")";
        }
    }

    /** At least one holds. */
    record Either(Condition left, Condition right) implements Condition {
        @Override
        public boolean holds(Answers answers, Partial soFar) {
            return left.holds(answers, soFar) || right.holds(answers, soFar);
        }

        @Override
        public Condition numbered(List<Atom> atoms) {
            return new Either(left.numbered(atoms), right.numbered(atoms));
        }

        @Override
        public String toString() {
            return "(" + left + " | " + right + ")";
        }
    }
}
