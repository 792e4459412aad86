package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/** A boxed primitive: an element of a list, a key of a map, the content of an Optional. */
final class ScalarForm extends Form {
    private final Scalar scalar;

    ScalarForm(Scalar scalar) {
        super(scalar.wireType);
        this.scalar = scalar;
    }

    @Override
    int size(Object value, Layout layout) {
        return scalar.size(scalar.unbox(value));
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        scalar.write(scalar.unbox(value), out);
    }

    @Override
    Object read(Source source) throws IOException {
        return scalar.box(scalar.read(source.in));
    }

    @Override
    Object absent() {
        return scalar.box(0);
    }

    @Override
    Object parse(String text) {
        return scalar.box(scalar.parse(text));
    }

    @Override
    String protoType(SchemaNames names) {
        return scalar.protoName;
    }

    @Override
    Comparable<?> rank(Object key) {
        return (Comparable<?>) key;
    }
}
