package io.wellspring.api.codec;

import io.wellspring.api.error.ConfigException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/**
 * Method handles into a record: accessors that give a {@code long} for primitives and an Object for the rest, and a
 * constructor that takes its arguments from two arrays. Built once; a call through them boxes and reflects nothing.
 */
final class RecordHandles {
    private static final MethodType TO_LONG = MethodType.methodType(long.class, Object.class);
    private static final MethodType TO_OBJECT = MethodType.methodType(Object.class, Object.class);
    private static final MethodType FROM_ARRAYS = MethodType.methodType(Object.class, long[].class, Object[].class);
    private static final MethodHandle FLOAT_BITS = statically(Float.class, "floatToIntBits", int.class, float.class);
    private static final MethodHandle FLOAT_OF = statically(Float.class, "intBitsToFloat", float.class, int.class);
    private static final MethodHandle DOUBLE_BITS =
            statically(Double.class, "doubleToLongBits", long.class, double.class);
    private static final MethodHandle DOUBLE_OF =
            statically(Double.class, "longBitsToDouble", double.class, long.class);

    private final Class<?> type;
    private final MethodHandles.Lookup lookup;

    RecordHandles(Class<?> type) {
        this.type = type;
        try {
            lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException e) {
            throw closed(e);
        }
    }

    private ConfigException closed(IllegalAccessException e) {
        return new ConfigException(
                type.getName() + " is closed to Wellspring: " + e.getMessage() + "; add `opens " + type.getPackageName()
                        + ";` to the module-info of " + type.getModule().getName() + " [Codecs.records]",
                e);
    }

    private static MethodHandle statically(Class<?> owner, String name, Class<?> result, Class<?> argument) {
        try {
            return MethodHandles.lookup().findStatic(owner, name, MethodType.methodType(result, argument));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    MethodHandle numberAccessor(RecordComponent component) {
        MethodHandle accessor = accessor(component);
        if (component.getType() == float.class) {
            accessor = MethodHandles.filterReturnValue(accessor, FLOAT_BITS);
        } else if (component.getType() == double.class) {
            accessor = MethodHandles.filterReturnValue(accessor, DOUBLE_BITS);
        }
        return MethodHandles.explicitCastArguments(accessor, TO_LONG);
    }

    MethodHandle objectAccessor(RecordComponent component) {
        return accessor(component).asType(TO_OBJECT);
    }

    private MethodHandle accessor(RecordComponent component) {
        try {
            return lookup.unreflect(component.getAccessor());
        } catch (IllegalAccessException e) {
            throw closed(e);
        }
    }

    /** The canonical constructor as (long[], Object[])Object; component i comes from index i of the array of its kind. */
    MethodHandle constructor(RecordComponent[] components) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        MethodHandle constructor;
        try {
            constructor = lookup.findConstructor(type, MethodType.methodType(void.class, types));
        } catch (IllegalAccessException e) {
            throw closed(e);
        } catch (NoSuchMethodException e) {
            throw new ConfigException(type.getName() + " has no canonical constructor [Codecs.records]", e);
        }
        MethodHandle[] fromArray = new MethodHandle[types.length];
        int[] arrayOf = new int[types.length];
        for (int i = 0; i < types.length; i++) {
            fromArray[i] = element(types[i], i);
            arrayOf[i] = types[i].isPrimitive() ? 0 : 1;
        }
        MethodHandle filtered = MethodHandles.filterArguments(constructor, 0, fromArray);
        MethodType result = FROM_ARRAYS.changeReturnType(type);
        return MethodHandles.permuteArguments(filtered, result, arrayOf).asType(FROM_ARRAYS);
    }

    private static MethodHandle element(Class<?> component, int index) {
        if (!component.isPrimitive()) {
            return at(Object[].class, index).asType(MethodType.methodType(component, Object[].class));
        }
        MethodHandle number = at(long[].class, index);
        if (component == float.class) {
            MethodType toInt = MethodType.methodType(int.class, long[].class);
            return MethodHandles.filterReturnValue(MethodHandles.explicitCastArguments(number, toInt), FLOAT_OF);
        }
        if (component == double.class) {
            return MethodHandles.filterReturnValue(number, DOUBLE_OF);
        }
        return MethodHandles.explicitCastArguments(number, MethodType.methodType(component, long[].class));
    }

    private static MethodHandle at(Class<?> array, int index) {
        return MethodHandles.insertArguments(MethodHandles.arrayElementGetter(array), 1, index);
    }
}
