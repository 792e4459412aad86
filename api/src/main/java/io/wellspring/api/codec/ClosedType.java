package io.wellspring.api.codec;

import io.wellspring.api.error.ConfigException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A type whose type parameters are all known. */
record ClosedType(Class<?> raw, List<ClosedType> arguments) {
    // A record that contains itself at an ever larger type argument would never be planned to its end.
    private static final int MAX_NESTING = 16;

    /** Closes a type; {@code place} says in an error where it stands. */
    static ClosedType of(Type type, Map<TypeVariable<?>, ClosedType> bindings, String place) {
        return of(type, bindings, place, 0);
    }

    private static ClosedType of(Type type, Map<TypeVariable<?>, ClosedType> bindings, String place, int nesting) {
        if (nesting > MAX_NESTING) {
            throw new ConfigException(place + ": type arguments are nested deeper than " + MAX_NESTING
                    + "; does a generic record contain itself with another type argument? [Codecs.records]");
        }
        if (type instanceof Class<?> raw) {
            if (raw.getTypeParameters().length > 0) {
                throw new ConfigException(place + ": " + raw.getName()
                        + " has type parameters and they are not given; use" + " records(new TypeToken<"
                        + raw.getSimpleName() + "<...>>() {}) or name them [Codecs.records]");
            }
            return new ClosedType(raw, List.of());
        }
        if (type instanceof ParameterizedType generic) {
            List<ClosedType> arguments = new ArrayList<>();
            for (Type argument : generic.getActualTypeArguments()) {
                arguments.add(of(argument, bindings, place, nesting + 1));
            }
            return new ClosedType((Class<?>) generic.getRawType(), List.copyOf(arguments));
        }
        if (type instanceof WildcardType wildcard) {
            return of(wildcard.getUpperBounds()[0], bindings, place, nesting + 1);
        }
        ClosedType bound = type instanceof TypeVariable<?> ? bindings.get(type) : null;
        if (bound == null) {
            throw new ConfigException(place + ": " + type.getTypeName()
                    + " is not a type that records carries [Codecs.records]; " + Planner.CARRIED);
        }
        if (nesting + bound.nesting() > MAX_NESTING) {
            return of(type, bindings, place, MAX_NESTING + 1);
        }
        return bound;
    }

    private int nesting() {
        int deepest = 0;
        for (ClosedType argument : arguments) {
            deepest = Math.max(deepest, 1 + argument.nesting());
        }
        return deepest;
    }

    /** What the type parameters stand for, within the type's own declaration. */
    Map<TypeVariable<?>, ClosedType> bindings() {
        Map<TypeVariable<?>, ClosedType> bindings = new HashMap<>();
        TypeVariable<?>[] parameters = raw.getTypeParameters();
        for (int i = 0; i < parameters.length; i++) {
            bindings.put(parameters[i], arguments.get(i));
        }
        return bindings;
    }

    /** Closes a permitted subtype: {@code Ok<T> implements Result<T>} under {@code Result<String>} is {@code Ok<String>}. */
    ClosedType permitted(Class<?> subtype) {
        Map<TypeVariable<?>, ClosedType> bindings = new HashMap<>();
        for (Type parent : subtype.getGenericInterfaces()) {
            if (parent instanceof ParameterizedType generic && generic.getRawType() == raw) {
                Type[] given = generic.getActualTypeArguments();
                for (int i = 0; i < given.length; i++) {
                    if (given[i] instanceof TypeVariable<?> variable) {
                        bindings.put(variable, arguments.get(i));
                    }
                }
            }
        }
        List<ClosedType> own = new ArrayList<>();
        for (TypeVariable<?> parameter : subtype.getTypeParameters()) {
            own.add(of(parameter, bindings, subtype.getName() + " under " + this));
        }
        return new ClosedType(subtype, List.copyOf(own));
    }

    /** A name for a schema: {@code Pair_String_Integer}. */
    String schemaName() {
        StringBuilder name = new StringBuilder(SchemaNames.part(raw.getSimpleName()));
        arguments.forEach(argument -> name.append('_').append(argument.schemaName()));
        return name.toString();
    }

    @Override
    public String toString() {
        return raw.getTypeName()
                + (arguments.isEmpty()
                        ? ""
                        : arguments.stream().map(ClosedType::toString).collect(Collectors.joining(", ", "<", ">")));
    }
}
