package io.wellspring.api.codec;

import java.util.List;
import java.util.function.Function;

/** How a type that a sealed interface permitted once becomes what it permits now. */
record Upcast(Class<?> sealed, int tag, Class<?> old, Function<Object, List<?>> into) {
    Several apply(Object value) {
        List<?> values;
        try {
            values = into.apply(value instanceof Several several ? several.only(old.getName()) : value);
        } catch (Refusal e) {
            throw e;
        } catch (RuntimeException e) {
            throw new Refusal("could not be upcast: the function of tag " + tag + " threw " + e, e);
        }
        if (values == null || values.stream().anyMatch(each -> each == null)) {
            throw new Refusal("could not be upcast: the function of tag " + tag
                    + " gave null; for nothing it gives an empty list");
        }
        return new Several(List.copyOf(values));
    }
}
