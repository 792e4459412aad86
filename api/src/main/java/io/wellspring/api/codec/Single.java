package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/**
 * Exactly one value, always written, zero or not. So absence has one meaning, "older than the field", and a default can be
 * added, or an int become an Optional, without a change of what old bytes say.
 */
final class Single extends Content {
    private final Form form;
    private final Object preset;
    private final String presetText;
    private final int tagSize;

    /** With the value and text of {@link Default}, or nulls for the type's own. */
    Single(int tag, Form form, Object preset, String presetText) {
        super(tag);
        this.form = form;
        this.preset = preset;
        this.presetText = presetText;
        this.tagSize = CodedOutputStream.computeTagSize(tag);
    }

    Form form() {
        return form;
    }

    @Override
    int size(Object value, Layout layout) {
        return tagSize + form.size(value, layout);
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        out.writeTag(tag, form.wireType);
        form.write(value, out, layout);
    }

    @Override
    Object read(Source source, int wireTag, Object soFar) throws IOException {
        Source.expect(wireTag, form.wireType);
        return form.readOne(source);
    }

    @Override
    Object finish(Object soFar) {
        if (soFar != null) {
            return soFar;
        }
        return preset != null ? preset : form.absent();
    }

    @Override
    String declare(SchemaNames names, String fieldName) {
        return (form instanceof MessageForm ? "" : "optional ") + form.protoType(names) + ' ' + fieldName;
    }

    @Override
    String comment() {
        String unit = form instanceof DateForm ? "days since 1970-01-01" : "";
        if (preset == null) {
            return unit;
        }
        return unit + (unit.isEmpty() ? "" : "; ") + "absent means " + presetText;
    }
}
