package io.wellspring.cep;

import java.util.Objects;
import java.util.function.BiFunction;

/**
 * A value gathered over the events of a step, such as a sum, for conditions and results: {@code Fold<Long> spent = b.fold(0L, (sum, e) -> sum +
 * e.cents())}, read with {@link Match#value}. It is brought up to date with each event that the step takes and shared by partial matches
 * that began alike, so reading it in the condition of a loop costs the same however long the loop is. Immutable.
 *
 * @param <A> the type of the value
 */
public final class Fold<A> {
    private final Step<?> step;
    private final A initial;
    private final BiFunction<? super A, Object, ? extends A> combine;

    private Fold(Step<?> step, A initial, BiFunction<? super A, Object, ? extends A> combine) {
        this.step = step;
        this.initial = initial;
        this.combine = combine;
    }

    static <T, A> Fold<A> over(Step<T> step, A initial, BiFunction<? super A, ? super T, ? extends A> combine) {
        Objects.requireNonNull(combine, "combine");
        return new Fold<>(
                step,
                initial,
                (value, event) -> combine.apply(value, step.type().cast(event)));
    }

    Step<?> step() {
        return step;
    }

    A initial() {
        return initial;
    }

    A with(A value, Object event) {
        return combine.apply(value, event);
    }

    @SuppressWarnings("unchecked") // kept under the fold that made it
    A own(Object kept) {
        return (A) kept;
    }

    @Override
    public String toString() {
        return "Fold[" + step.name() + "]";
    }
}
