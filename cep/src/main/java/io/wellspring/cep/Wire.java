package io.wellspring.cep;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.wellspring.api.error.CodecException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Protobuf messages written and read by hand; what is unknown is skipped. */
final class Wire {
    private Wire() {}

    /** Writes fields. */
    interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    /** Reads one field. */
    interface Field {
        /** Returns false where the number is unknown, having read nothing. */
        boolean read(int number, CodedInputStream in) throws IOException;
    }

    static byte[] message(Fields fields) {
        var bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new IllegalStateException("nothing is written outside of memory", e);
        }
        return bytes.toByteArray();
    }

    static void read(String what, byte[] bytes, Field field) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (!field.read(tag >>> 3, in)) {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw new CodecException(
                    what + " cannot be read (" + e.getMessage()
                            + "): the bytes were not written by a pattern's stage, or are cut off",
                    e);
        }
    }
}
