package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A map: repeated entries of key (1) and value (2), both always written, in canonical order; a key met twice keeps the last. */
final class Entries extends Content implements Definition {
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int TAG_SIZES = 2;

    private final Form keyForm;
    private final Form valueForm;
    private final int tagSize;

    Entries(int tag, Form keyForm, Form valueForm) {
        super(tag);
        this.keyForm = keyForm;
        this.valueForm = valueForm;
        this.tagSize = CodedOutputStream.computeTagSize(tag);
    }

    @Override
    int size(Object value, Layout layout) {
        Map<?, ?> map = (Map<?, ?>) value;
        if (map.isEmpty()) {
            return 0;
        }
        Object[] order = CanonicalOrder.ofMap(map, keyForm);
        layout.addOrder(order);
        int sum = order.length * tagSize;
        for (Object item : order) {
            Map.Entry<?, ?> entry = (Map.Entry<?, ?>) item;
            try {
                int place = layout.enter();
                int length =
                        TAG_SIZES + keyForm.size(entry.getKey(), layout) + valueForm.size(entry.getValue(), layout);
                layout.leave(place, length);
                sum += CodedOutputStream.computeUInt32SizeNoTag(length) + length;
            } catch (Refusal e) {
                throw e.at("[" + Refusal.shown(entry.getKey()) + "]");
            }
        }
        return sum;
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        if (((Map<?, ?>) value).isEmpty()) {
            return;
        }
        for (Object item : layout.nextOrder()) {
            Map.Entry<?, ?> entry = (Map.Entry<?, ?>) item;
            out.writeTag(tag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(layout.nextLength());
            out.writeTag(KEY, keyForm.wireType);
            keyForm.write(entry.getKey(), out, layout);
            out.writeTag(VALUE, valueForm.wireType);
            valueForm.write(entry.getValue(), out, layout);
        }
    }

    @Override
    Object read(Source source, int wireTag, Object soFar) throws IOException {
        Source.expect(wireTag, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        Map<Object, Object> map = soFar == null ? new LinkedHashMap<>() : entriesOf(soFar);
        Object key = null;
        Object value = null;
        try {
            int outerLimit = source.enter();
            for (int inner = source.in.readTag(); inner != 0; inner = source.in.readTag()) {
                int field = WireFormat.getTagFieldNumber(inner);
                if (field == KEY) {
                    Source.expect(inner, keyForm.wireType);
                    key = keyForm.readOne(source);
                } else if (field == VALUE) {
                    Source.expect(inner, valueForm.wireType);
                    value = valueForm.readOne(source);
                } else {
                    source.skip(inner);
                }
            }
            source.leave(outerLimit);
            map.put(key == null ? keyForm.absent() : key, value == null ? valueForm.absent() : value);
        } catch (Refusal e) {
            throw e.at("[" + (key == null ? "a key" : Refusal.shown(key)) + "]");
        }
        return map;
    }

    @SuppressWarnings("unchecked") // made by read
    private static Map<Object, Object> entriesOf(Object soFar) {
        return (Map<Object, Object>) soFar;
    }

    @Override
    Object finish(Object soFar) {
        // Not Map.copyOf: its iteration order differs from one JVM to the next, and evolve may iterate.
        return soFar == null ? Collections.emptyMap() : Collections.unmodifiableMap((Map<?, ?>) soFar);
    }

    // Only some scalars may be keys of a proto3 map; the wire is the same for both ways of writing it.
    private boolean protoMap() {
        return (keyForm instanceof ScalarForm && keyForm.wireType == WireFormat.WIRETYPE_VARINT)
                || keyForm instanceof StringForm
                || keyForm instanceof TextForm
                || keyForm instanceof DateForm;
    }

    @Override
    String declare(SchemaNames names, String fieldName) {
        return protoMap()
                ? "map<" + keyForm.protoType(names) + ", " + valueForm.protoType(names) + "> " + fieldName
                : "repeated " + names.of(this) + ' ' + fieldName;
    }

    @Override
    String comment() {
        return protoMap() ? "" : "a map";
    }

    @Override
    public String shortName(SchemaNames names) {
        return "Entry_" + SchemaNames.part(keyForm.protoType(names)) + '_'
                + SchemaNames.part(valueForm.protoType(names));
    }

    @Override
    public void print(SchemaPrinter.Block block, SchemaNames names) {
        block.open("message " + names.of(this), "an entry of a map");
        block.field(new Single(KEY, keyForm, null, null), "key", names);
        block.field(new Single(VALUE, valueForm, null, null), "value", names);
        block.close();
    }
}
