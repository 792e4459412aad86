package io.wellspring.cep;

import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which events can make a difference to a pattern, as far as their classes tell: those that a step can take, and, where contiguity is strict, any
 * event in between.
 */
final class Interest {
    private final Map<String, Class<?>> types = new LinkedHashMap<>();
    private boolean strict;

    private Interest() {}

    static Interest of(Block root) {
        var interest = new Interest();
        interest.collect(root);
        return interest;
    }

    private void collect(Block block) {
        for (Block.Item item : block.items()) {
            strict |= item.link() == Link.NEXT
                    || item.link() == Link.NOT_NEXT
                    || item.quantifier().inner() == Link.NEXT;
            if (item.part() instanceof Step<?> step) {
                types.put(step.label(), step.type());
            } else {
                var group = (Group) item.part();
                if (group.until() != null) {
                    types.put("until of " + group.label(), group.untilType());
                }
                group.blocks().forEach(this::collect);
            }
        }
    }

    /** Whether an event that no step takes can break a match, by coming in between. */
    boolean strict() {
        return strict;
    }

    /** Whether a step can take values of a class; also where that is not known. */
    boolean canTake(Optional<Class<?>> values) {
        return values.isEmpty() || types.values().stream().anyMatch(type -> overlap(values.get(), type));
    }

    /** What takes which class. */
    String describe() {
        return types.entrySet().stream()
                .map(each -> each.getKey() + " takes " + each.getValue().getName())
                .collect(Collectors.joining(", "));
    }

    /** Whether an object may be an instance of both; false only where the language rules it out. */
    private static boolean overlap(Class<?> a, Class<?> b) {
        if (a.isAssignableFrom(b) || b.isAssignableFrom(a)) {
            return true;
        }
        if (isFinal(a) || isFinal(b) || (!a.isInterface() && !b.isInterface())) {
            return false;
        }
        if (a.isSealed()) {
            return permittedOverlap(a, b);
        }
        return !b.isSealed() || permittedOverlap(b, a);
    }

    /** What is an instance of a sealed interface is one of a permitted type. */
    private static boolean permittedOverlap(Class<?> sealed, Class<?> other) {
        if (!sealed.isInterface() && !Modifier.isAbstract(sealed.getModifiers())) {
            return true; // in doubt: a direct instance of the class could not be of the other, but a subclass might
        }
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            if (overlap(permitted, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFinal(Class<?> type) {
        return Modifier.isFinal(type.getModifiers());
    }
}
