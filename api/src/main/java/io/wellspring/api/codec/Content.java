package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/**
 * What stands in one field of a message: one value, perhaps one, or many. Reading may meet the field several times, so it
 * goes from what was found so far (null at first) to a finished value at the message's end.
 */
abstract class Content {
    final int tag;

    Content(int tag) {
        this.tag = tag;
    }

    abstract int size(Object value, Layout layout);

    abstract void write(Object value, CodedOutputStream out, Layout layout) throws IOException;

    abstract Object read(Source source, int wireTag, Object soFar) throws IOException;

    /** Turns what was found, null for nothing, into the value. */
    abstract Object finish(Object soFar);

    /** The field as a schema declares it, without tag: {@code optional string name}. */
    abstract String declare(SchemaNames names, String fieldName);

    /** Says what absence means, for a schema. */
    abstract String comment();

    static Refusal isNull() {
        return new Refusal("is null; declare what may be missing as an Optional, and leave it out of lists and maps");
    }
}
