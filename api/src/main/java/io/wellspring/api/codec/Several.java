package io.wellspring.api.codec;

import java.util.List;

/** What an upcast made of one old value, on its way to a place that takes any number. */
record Several(List<?> values) {
    Object only(String sealedName) {
        if (values.size() != 1) {
            throw new Refusal("was upcast from a removed type of " + sealedName + " to " + values.size()
                    + " values, where exactly one must stand; use decodeAll at the root, or upcast to one value here");
        }
        return values.get(0);
    }
}
