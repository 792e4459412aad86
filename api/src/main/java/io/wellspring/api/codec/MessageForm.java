package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** A value that is a protobuf message: within another one its length stands before it, at the root it does not. */
abstract class MessageForm extends Form {
    MessageForm() {
        super(WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    abstract int bodySize(Object value, Layout layout);

    abstract void writeBody(Object value, CodedOutputStream out, Layout layout) throws IOException;

    abstract Object readBody(Source source) throws IOException;

    @Override
    final int size(Object value, Layout layout) {
        int place = layout.enter();
        int length = bodySize(value, layout);
        layout.leave(place, length);
        return CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    }

    @Override
    final void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        out.writeUInt32NoTag(layout.nextLength());
        writeBody(value, out, layout);
    }

    @Override
    final Object read(Source source) throws IOException {
        int outerLimit = source.enter();
        Object value = readBody(source);
        source.leave(outerLimit);
        return value;
    }
}
