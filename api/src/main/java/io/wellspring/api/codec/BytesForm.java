package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** A byte array: {@code bytes}. */
final class BytesForm extends Form {
    BytesForm() {
        super(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    @Override
    int size(Object value, Layout layout) {
        return CodedOutputStream.computeByteArraySizeNoTag((byte[]) value);
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        out.writeByteArrayNoTag((byte[]) value);
    }

    @Override
    Object read(Source source) throws IOException {
        return source.in.readByteArray();
    }

    @Override
    Object absent() {
        return new byte[0];
    }

    @Override
    Object parse(String text) {
        throw takesNoDefault("byte[]");
    }

    @Override
    String protoType(SchemaNames names) {
        return "bytes";
    }

    @Override
    String refusedAsKey() {
        return "byte[] is equal only to itself, so it would never be found; use a String or a record";
    }
}
