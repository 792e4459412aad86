package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;

/** An enum: its constants' tags. A tag without a constant is refused, since no constant may stand for it. */
@SuppressWarnings("EnumOrdinal") // indexes an array within one process; what is written is the tag
final class EnumForm extends Form implements Definition {
    private final Class<?> type;
    private final int[] reserved;
    private final Enum<?>[] constantsByTag;
    private final int[] tagsSorted;
    private final int[] tagByOrdinal;

    EnumForm(Class<?> type, Enum<?>[] constants, int[] tagByOrdinal, int[] reserved) {
        super(WireFormat.WIRETYPE_VARINT);
        this.type = type;
        this.tagByOrdinal = tagByOrdinal;
        this.reserved = reserved;
        tagsSorted = tagByOrdinal.clone();
        Arrays.sort(tagsSorted);
        constantsByTag = new Enum<?>[constants.length];
        for (Enum<?> constant : constants) {
            constantsByTag[Arrays.binarySearch(tagsSorted, tagByOrdinal[constant.ordinal()])] = constant;
        }
    }

    private int tagOf(Object value) {
        return tagByOrdinal[((Enum<?>) value).ordinal()];
    }

    @Override
    int size(Object value, Layout layout) {
        return CodedOutputStream.computeUInt32SizeNoTag(tagOf(value));
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        out.writeUInt32NoTag(tagOf(value));
    }

    @Override
    Object read(Source source) throws IOException {
        int tag = source.in.readEnum();
        int index = Arrays.binarySearch(tagsSorted, tag);
        if (index < 0) {
            throw new Refusal("has tag " + tag + ", but no constant of " + type.getName() + " has @Tag(" + tag
                    + "); written by newer code? Upgrade readers before writers, and never remove a constant in use");
        }
        return constantsByTag[index];
    }

    @Override
    Object absent() {
        if (tagsSorted.length > 0 && tagsSorted[0] == 0) {
            return constantsByTag[0];
        }
        throw new Refusal("is absent, and no constant of " + type.getName()
                + " has @Tag(0); add @Default to the component, or make it an Optional");
    }

    @Override
    Object parse(String text) {
        for (Enum<?> constant : constantsByTag) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("no constant of " + type.getName() + " has that name");
    }

    @Override
    String protoType(SchemaNames names) {
        return names.of(this);
    }

    @Override
    Comparable<?> rank(Object key) {
        return tagOf(key);
    }

    @Override
    public String shortName(SchemaNames names) {
        return SchemaNames.part(type.getSimpleName());
    }

    @Override
    public void print(SchemaPrinter.Block block, SchemaNames names) {
        String name = names.of(this);
        String prefix = SchemaNames.snake(name) + '_';
        block.open("enum " + name, type.getTypeName());
        block.reserved(Arrays.stream(reserved).filter(tag -> tag != 0).toArray());
        if (tagsSorted.length == 0 || tagsSorted[0] != 0) {
            block.constant(prefix + "unspecified", 0); // proto3 needs a zero; it is never written
        }
        for (int i = 0; i < tagsSorted.length; i++) {
            block.constant(prefix + SchemaNames.part(constantsByTag[i].name()), tagsSorted[i]);
        }
        block.close();
    }
}
