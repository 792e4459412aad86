package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;

/** A list, in its order, or a set, in canonical order: {@code repeated}; numbers, booleans and enums packed. */
final class Many extends Content {
    private final Form form;
    private final boolean set;
    private final int tagSize;

    Many(int tag, Form form, boolean set) {
        super(tag);
        this.form = form;
        this.set = set;
        this.tagSize = CodedOutputStream.computeTagSize(tag);
    }

    @Override
    int size(Object value, Layout layout) {
        Collection<?> items = (Collection<?>) value;
        if (items.isEmpty()) {
            return 0;
        }
        if (set) {
            Object[] order = CanonicalOrder.ofSet(items, form);
            layout.addOrder(order);
            items = Arrays.asList(order);
        }
        int place = form.packable() ? layout.reserve() : 0;
        int sum = 0;
        int index = 0;
        try {
            for (Object item : items) {
                if (item == null) {
                    throw isNull();
                }
                sum += form.size(item, layout);
                index++;
            }
        } catch (Refusal e) {
            throw e.at("[" + index + "]");
        }
        if (form.packable()) {
            layout.set(place, sum);
            return tagSize + CodedOutputStream.computeUInt32SizeNoTag(sum) + sum;
        }
        return sum + index * tagSize;
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        Collection<?> items = (Collection<?>) value;
        if (items.isEmpty()) {
            return;
        }
        if (set) {
            items = Arrays.asList(layout.nextOrder());
        }
        if (form.packable()) {
            out.writeTag(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(layout.nextLength());
            for (Object item : items) {
                form.write(item, out, layout);
            }
        } else {
            for (Object item : items) {
                out.writeTag(tag, form.wireType);
                form.write(item, out, layout);
            }
        }
    }

    @Override
    Object read(Source source, int wireTag, Object soFar) throws IOException {
        Collection<Object> items = soFar == null ? empty() : itemsOf(soFar);
        int found = WireFormat.getTagWireType(wireTag);
        try {
            if (form.packable() && found == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                int outerLimit = source.in.pushLimit(source.in.readRawVarint32());
                while (source.in.getBytesUntilLimit() > 0) {
                    items.add(form.read(source));
                }
                source.in.popLimit(outerLimit);
            } else {
                Source.expect(wireTag, form.wireType);
                Object item = form.read(source);
                if (item instanceof Several several) {
                    items.addAll(several.values());
                } else {
                    items.add(item);
                }
            }
        } catch (Refusal e) {
            throw e.at("[" + items.size() + "]");
        }
        return items;
    }

    private Collection<Object> empty() {
        return set ? new LinkedHashSet<>() : new ArrayList<>();
    }

    @SuppressWarnings("unchecked") // made by empty()
    private static Collection<Object> itemsOf(Object soFar) {
        return (Collection<Object>) soFar;
    }

    @Override
    Object finish(Object soFar) {
        if (set) {
            // Not Set.copyOf: its iteration order differs from one JVM to the next, and evolve may iterate.
            return soFar == null ? Collections.emptySet() : Collections.unmodifiableSet((LinkedHashSet<?>) soFar);
        }
        return soFar == null ? List.of() : List.copyOf((Collection<?>) soFar);
    }

    @Override
    String declare(SchemaNames names, String fieldName) {
        return "repeated " + form.protoType(names) + ' ' + fieldName;
    }

    @Override
    String comment() {
        return set ? "a set" : "";
    }
}
