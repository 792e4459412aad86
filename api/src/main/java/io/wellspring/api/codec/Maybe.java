package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Optional;

/** An {@link Optional}: written when present. */
final class Maybe extends Content {
    private final Form form;
    private final int tagSize;

    Maybe(int tag, Form form) {
        super(tag);
        this.form = form;
        this.tagSize = CodedOutputStream.computeTagSize(tag);
    }

    @Override
    int size(Object value, Layout layout) {
        Optional<?> optional = (Optional<?>) value;
        return optional.isPresent() ? tagSize + form.size(optional.get(), layout) : 0;
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        Optional<?> optional = (Optional<?>) value;
        if (optional.isPresent()) {
            out.writeTag(tag, form.wireType);
            form.write(optional.get(), out, layout);
        }
    }

    @Override
    Object read(Source source, int wireTag, Object soFar) throws IOException {
        Source.expect(wireTag, form.wireType);
        return Optional.of(form.readOne(source));
    }

    @Override
    Object finish(Object soFar) {
        return soFar != null ? soFar : Optional.empty();
    }

    @Override
    String declare(SchemaNames names, String fieldName) {
        return (form instanceof MessageForm ? "" : "optional ") + form.protoType(names) + ' ' + fieldName;
    }

    @Override
    String comment() {
        return "absent means empty";
    }
}
