package io.wellspring.api;

import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** The one place where the types of users' functions are dropped: {@link KeyedStream} has matched them before. */
@SuppressWarnings("unchecked")
final class Erased {
    private Erased() {}

    static BiFunction<Object, Object, Object> function(BiFunction<?, ?, ?> function) {
        return (BiFunction<Object, Object, Object>) Objects.requireNonNull(function, "function");
    }

    static Function<Object, Object> function(Function<?, ?> function) {
        return (Function<Object, Object>) Objects.requireNonNull(function, "function");
    }

    static Function<Object, Iterable<?>> iterable(Function<?, ? extends Iterable<?>> function) {
        return (Function<Object, Iterable<?>>) Objects.requireNonNull(function, "function");
    }

    static Predicate<Object> predicate(Predicate<?> predicate) {
        return (Predicate<Object>) Objects.requireNonNull(predicate, "predicate");
    }

    static Consumer<Object> consumer(Consumer<?> consumer) {
        return (Consumer<Object>) Objects.requireNonNull(consumer, "consumer");
    }
}
