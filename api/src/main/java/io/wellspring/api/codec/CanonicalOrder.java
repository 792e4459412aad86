package io.wellspring.api.codec;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;

/**
 * The one order in which the elements of a set, or the entries of a map, are written, whatever order the collection has:
 * numbers, dates and times by value, texts by UTF-16 code unit (as protobuf-java's deterministic mode), enums by tag,
 * everything else by its encoding as unsigned bytes.
 */
final class CanonicalOrder {
    private record Ranked(Comparable<Object> rank, Object item) implements Comparable<Ranked> {
        @Override
        public int compareTo(Ranked other) {
            return rank.compareTo(other.rank);
        }
    }

    private CanonicalOrder() {}

    static Object[] ofSet(Collection<?> items, Form form) {
        Object[] order = items.toArray();
        for (Object item : order) {
            if (item == null) {
                throw Content.isNull().at("[a set element]");
            }
        }
        return sort(order, order, form);
    }

    /** Gives the map's entries. */
    static Object[] ofMap(Map<?, ?> map, Form form) {
        Object[] entries = map.entrySet().toArray();
        Object[] keys = new Object[entries.length];
        for (int i = 0; i < entries.length; i++) {
            Map.Entry<?, ?> entry = (Map.Entry<?, ?>) entries[i];
            keys[i] = entry.getKey();
            if (keys[i] == null) {
                throw Content.isNull().at("[a key]");
            }
            if (entry.getValue() == null) {
                throw Content.isNull().at("[" + Refusal.shown(keys[i]) + "]");
            }
        }
        return sort(entries, keys, form);
    }

    private static Object[] sort(Object[] items, Object[] keys, Form form) {
        if (items.length < 2) {
            return items;
        }
        Ranked[] ranked = new Ranked[items.length];
        for (int i = 0; i < items.length; i++) {
            ranked[i] = new Ranked(comparable(form.rank(keys[i])), items[i]);
        }
        Arrays.sort(ranked);
        Object[] order = new Object[items.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = ranked[i].item();
        }
        return order;
    }

    @SuppressWarnings("unchecked") // ranks of one form are of one class
    private static Comparable<Object> comparable(Comparable<?> rank) {
        return (Comparable<Object>) rank;
    }
}
