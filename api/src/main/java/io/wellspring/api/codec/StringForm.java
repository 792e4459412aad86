package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** A text: {@code string}. */
final class StringForm extends Form {
    StringForm() {
        super(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    @Override
    int size(Object value, Layout layout) {
        int length = Utf8Length.of((String) value);
        return CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        out.writeStringNoTag((String) value);
    }

    @Override
    Object read(Source source) throws IOException {
        return source.in.readStringRequireUtf8();
    }

    @Override
    Object absent() {
        return "";
    }

    @Override
    Object parse(String text) {
        return text;
    }

    @Override
    String protoType(SchemaNames names) {
        return "string";
    }

    @Override
    Comparable<?> rank(Object key) {
        return (String) key;
    }
}
