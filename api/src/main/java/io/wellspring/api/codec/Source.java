package io.wellspring.api.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** Bytes being decoded, and how deep in them we are. */
final class Source {
    /** Messages within messages, as in protobuf's own readers, so that all that is written can be read anywhere. */
    static final int MAX_DEPTH = 100;

    final CodedInputStream in;
    private int depth;

    Source(byte[] bytes) {
        in = CodedInputStream.newInstance(bytes);
    }

    /** Begins a nested message. Returns what {@link #leave} needs. */
    int enter() throws IOException {
        if (++depth > MAX_DEPTH) {
            throw Refusal.tooDeep();
        }
        return in.pushLimit(in.readRawVarint32());
    }

    void leave(int outerLimit) {
        in.popLimit(outerLimit);
        depth--;
    }

    void skip(int wireTag) throws IOException {
        if (!in.skipField(wireTag)) {
            throw new Refusal(
                    "cannot be read (a group ends that never began); the bytes are damaged or of another type");
        }
    }

    static void expect(int wireTag, int wireType) {
        int found = WireFormat.getTagWireType(wireTag);
        if (found != wireType) {
            throw new Refusal("has wire type " + found + " where " + wireType
                    + " belongs; a tag must keep its type, so give the new type a new tag");
        }
    }
}
