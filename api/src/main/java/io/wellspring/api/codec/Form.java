package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * How one value of one type stands on the wire, behind its tag. Immutable once planned.
 *
 * <p>Encoding takes two passes in the same order: {@link #size} fills the {@link Layout}, {@link #write} uses it up.
 */
abstract class Form {
    final int wireType;

    Form(int wireType) {
        this.wireType = wireType;
    }

    /** The bytes that {@link #write} will write, with the length prefix if there is one. */
    abstract int size(Object value, Layout layout);

    abstract void write(Object value, CodedOutputStream out, Layout layout) throws IOException;

    abstract Object read(Source source) throws IOException;

    /** Reads where exactly one value must come out. */
    Object readOne(Source source) throws IOException {
        return read(source);
    }

    /** The value of an absent field. */
    abstract Object absent();

    /** The value of a {@link Default}; throws any RuntimeException when there is none. */
    abstract Object parse(String text);

    /** The name of the type in a schema; asks the names for one if the type must be defined there. */
    abstract String protoType(SchemaNames names);

    /** Something comparable, equal exactly for equal values, that puts keys into canonical order. */
    Comparable<?> rank(Object key) {
        return EncodedRank.of(this, key);
    }

    /** Why the type cannot be a map key or set element, or null when it can. */
    String refusedAsKey() {
        return null;
    }

    /** Whether lists of it are packed: one length, then the values without tags. */
    final boolean packable() {
        return wireType != WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    static Refusal noDefault(String typeName) {
        return new Refusal("is absent, and " + typeName
                + " has no default; add @Default if the type takes one, or make the component an Optional");
    }

    static UnsupportedOperationException takesNoDefault(String typeName) {
        return new UnsupportedOperationException(typeName + " takes no @Default");
    }
}
