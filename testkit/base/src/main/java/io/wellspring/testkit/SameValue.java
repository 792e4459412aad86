package io.wellspring.testkit;

import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Says whether two values are the same: equal, or records, lists, maps, optionals or arrays of same values. A record with an
 * array component is never equal to its copy, although nobody would call them different.
 */
final class SameValue {
    private SameValue() {}

    static boolean test(Object one, Object other) {
        if (Objects.deepEquals(one, other)) {
            return true;
        }
        if (one instanceof Record left && other instanceof Record right) {
            return sameComponents(left, right);
        }
        if (one instanceof List<?> left && other instanceof List<?> right) {
            return sameElements(left, right);
        }
        if (one instanceof Map<?, ?> left && other instanceof Map<?, ?> right) {
            return left.keySet().equals(right.keySet())
                    && left.keySet().stream().allMatch(key -> test(left.get(key), right.get(key)));
        }
        return one instanceof Optional<?> left
                && other instanceof Optional<?> right
                && left.isPresent()
                && right.isPresent()
                && test(left.get(), right.get());
    }

    private static boolean sameElements(List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        Iterator<?> others = right.iterator();
        return left.stream().allMatch(element -> test(element, others.next()));
    }

    private static boolean sameComponents(Record left, Record right) {
        if (left.getClass() != right.getClass()) {
            return false;
        }
        for (RecordComponent component : left.getClass().getRecordComponents()) {
            if (!test(read(component, left), read(component, right))) {
                return false;
            }
        }
        return true;
    }

    private static Object read(RecordComponent component, Record value) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "cannot read " + component.getName() + " of " + value
                            + "; open its package to io.wellspring.testkit",
                    e);
        }
    }
}
