package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * A message around something that protobuf cannot put where it is wanted: a list in a list, an Optional in a map, an enum
 * at the root. Its only field has tag 1.
 */
final class WrapperForm extends MessageForm implements Definition {
    static final int TAG = 1;

    private final ClosedType type;
    private final Content content;

    WrapperForm(ClosedType type, Content content) {
        this.type = type;
        this.content = content;
    }

    @Override
    int bodySize(Object value, Layout layout) {
        return content.size(value, layout);
    }

    @Override
    void writeBody(Object value, CodedOutputStream out, Layout layout) throws IOException {
        content.write(value, out, layout);
    }

    @Override
    Object readBody(Source source) throws IOException {
        Object value = null;
        for (int wireTag = source.in.readTag(); wireTag != 0; wireTag = source.in.readTag()) {
            if (WireFormat.getTagFieldNumber(wireTag) == TAG) {
                value = content.read(source, wireTag, value);
            } else {
                source.skip(wireTag);
            }
        }
        return content.finish(value);
    }

    @Override
    Object absent() {
        return content.finish(null);
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
        // Around a single value, only at the root, the value's own type has the name already.
        return (content instanceof Single ? "Root_" : "") + type.schemaName();
    }

    @Override
    public void print(SchemaPrinter.Block block, SchemaNames names) {
        block.open("message " + names.of(this), type.toString());
        block.field(content, "value", names);
        block.close();
    }
}
