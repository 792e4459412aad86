package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.wellspring.api.error.ConfigException;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Set;

/**
 * A record: a message with one field per component, in rising order of tags.
 *
 * <p>Reading collects primitives in a {@code long[]} and the rest in an {@code Object[]}, each at its component's index, and
 * calls the canonical constructor through one method handle that takes both. Hot: it runs for every record that is read or
 * written; so no reflection, no streams, and fields are expected in the order in which they are written.
 */
final class RecordForm extends MessageForm implements Definition {
    private static final long[] NO_NUMBERS = {};
    private static final Object[] NO_VALUES = {};

    private final ClosedType type;
    private final int[] reserved;
    // Set once by complete(), before the codec is handed out: a record may contain itself.
    private Field[] fields = {};
    private int[] tags = {};
    private MethodHandle constructor;
    private long[] presetNumbers = NO_NUMBERS;
    private boolean hasObjects;

    RecordForm(ClosedType type, int[] reserved) {
        this.type = type;
        this.reserved = reserved;
    }

    /** Takes fields by rising tag, a constructor of type (long[], Object[])Object, and the primitives' defaults. */
    void complete(Field[] fieldsByTag, MethodHandle canonicalConstructor, long[] numbers) {
        fields = fieldsByTag;
        tags = Arrays.stream(fieldsByTag).mapToInt(field -> field.tag).toArray();
        constructor = canonicalConstructor;
        presetNumbers = Arrays.stream(fieldsByTag).anyMatch(Field.OfNumber.class::isInstance) ? numbers : NO_NUMBERS;
        hasObjects = Arrays.stream(fieldsByTag).anyMatch(Field.OfObject.class::isInstance);
    }

    @Override
    int bodySize(Object value, Layout layout) {
        int sum = 0;
        int i = 0;
        try {
            for (; i < fields.length; i++) {
                sum += fields[i].size(value, layout);
            }
        } catch (Refusal e) {
            throw e.at('.' + fields[i].name);
        }
        return sum;
    }

    @Override
    void writeBody(Object value, CodedOutputStream out, Layout layout) throws IOException {
        for (Field field : fields) {
            field.write(value, out, layout);
        }
    }

    @Override
    Object readBody(Source source) throws IOException {
        long[] numbers = presetNumbers.length == 0 ? NO_NUMBERS : presetNumbers.clone();
        Object[] values = hasObjects ? new Object[fields.length] : NO_VALUES;
        int i = 0;
        for (int wireTag = source.in.readTag(); wireTag != 0; wireTag = source.in.readTag()) {
            int found = indexOf(WireFormat.getTagFieldNumber(wireTag), i);
            if (found < 0) {
                source.skip(wireTag);
                continue;
            }
            i = found;
            try {
                fields[i].read(source, wireTag, numbers, values);
            } catch (Refusal e) {
                throw e.at('.' + fields[i].name);
            } catch (IOException e) {
                throw Refusal.broken(e).at('.' + fields[i].name);
            }
        }
        return build(numbers, values);
    }

    private int indexOf(int tag, int last) {
        if (last < tags.length && tags[last] == tag) {
            return last;
        }
        if (last + 1 < tags.length && tags[last + 1] == tag) {
            return last + 1;
        }
        return Arrays.binarySearch(tags, tag);
    }

    private Object build(long[] numbers, Object[] values) {
        int i = 0;
        try {
            for (; i < fields.length; i++) {
                fields[i].finish(values);
            }
        } catch (Refusal e) {
            throw e.at('.' + fields[i].name);
        }
        try {
            return (Object) constructor.invokeExact(numbers, values);
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new Refusal("was refused by the constructor of " + type + ": " + e, e);
        }
    }

    // As in protobuf, an absent message is an empty one.
    @Override
    Object absent() {
        return build(presetNumbers.clone(), hasObjects ? new Object[fields.length] : NO_VALUES);
    }

    /** Refuses a record that always contains itself: no value of it ends, and neither would building an absent one. */
    void requireEnd(Set<RecordForm> above, Set<RecordForm> ending) {
        if (ending.contains(this)) {
            return;
        }
        if (!above.add(this)) {
            throw new ConfigException(type + " always contains another " + type
                    + ", so no value of it ever ends; make the component an Optional or a List [Codecs.records]");
        }
        for (Field field : fields) {
            if (field.content() instanceof Single single && single.form() instanceof RecordForm inner) {
                inner.requireEnd(above, ending);
            }
        }
        above.remove(this);
        ending.add(this);
    }

    @Override
    Object parse(String text) {
        throw takesNoDefault(type.toString());
    }

    @Override
    String protoType(SchemaNames names) {
        return names.of(this);
    }

    @Override
    public String shortName(SchemaNames names) {
        return type.schemaName();
    }

    @Override
    public void print(SchemaPrinter.Block block, SchemaNames names) {
        block.open("message " + names.of(this), type.toString());
        block.reserved(reserved);
        for (Field field : fields) {
            block.field(field.content(), field.name, names);
        }
        block.close();
    }
}
