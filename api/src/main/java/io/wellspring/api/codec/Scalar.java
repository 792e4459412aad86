package io.wellspring.api.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * The primitive types. All of them travel through the codec as a {@code long} (floating point as its bits), so that no
 * value is boxed between a record and the wire. NaN has one encoding, as it has one value to {@code equals}.
 */
enum Scalar {
    BYTE(byte.class, Byte.class, "sint32", WireFormat.WIRETYPE_VARINT, Byte.MIN_VALUE, Byte.MAX_VALUE),
    SHORT(short.class, Short.class, "sint32", WireFormat.WIRETYPE_VARINT, Short.MIN_VALUE, Short.MAX_VALUE),
    INT(int.class, Integer.class, "sint32", WireFormat.WIRETYPE_VARINT, Integer.MIN_VALUE, Integer.MAX_VALUE),
    LONG(long.class, Long.class, "sint64", WireFormat.WIRETYPE_VARINT, Long.MIN_VALUE, Long.MAX_VALUE),
    CHAR(char.class, Character.class, "uint32", WireFormat.WIRETYPE_VARINT, Character.MIN_VALUE, Character.MAX_VALUE),
    BOOLEAN(boolean.class, Boolean.class, "bool", WireFormat.WIRETYPE_VARINT, 0, 1),
    FLOAT(float.class, Float.class, "float", WireFormat.WIRETYPE_FIXED32, Long.MIN_VALUE, Long.MAX_VALUE),
    DOUBLE(double.class, Double.class, "double", WireFormat.WIRETYPE_FIXED64, Long.MIN_VALUE, Long.MAX_VALUE);

    final Class<?> primitive;
    final Class<?> boxed;
    final String protoName;
    final int wireType;
    private final long min;
    private final long max;

    Scalar(Class<?> primitive, Class<?> boxed, String protoName, int wireType, long min, long max) {
        this.primitive = primitive;
        this.boxed = boxed;
        this.protoName = protoName;
        this.wireType = wireType;
        this.min = min;
        this.max = max;
    }

    /** The scalar of a primitive or boxed type, or null. */
    static Scalar of(Class<?> type) {
        for (Scalar scalar : values()) {
            if (scalar.primitive == type || scalar.boxed == type) {
                return scalar;
            }
        }
        return null;
    }

    int size(long value) {
        return switch (this) {
            case BOOLEAN -> 1;
            case FLOAT -> 4;
            case DOUBLE -> 8;
            case CHAR -> CodedOutputStream.computeUInt32SizeNoTag((int) value);
            case BYTE, SHORT, INT, LONG -> CodedOutputStream.computeSInt64SizeNoTag(value);
        };
    }

    void write(long value, CodedOutputStream out) throws IOException {
        switch (this) {
            case FLOAT -> out.writeFixed32NoTag((int) value);
            case DOUBLE -> out.writeFixed64NoTag(value);
            case CHAR, BOOLEAN -> out.writeUInt32NoTag((int) value);
            case BYTE, SHORT, INT, LONG -> out.writeSInt64NoTag(value);
        }
    }

    long read(CodedInputStream in) throws IOException {
        return switch (this) {
            case FLOAT -> Float.floatToIntBits(in.readFloat());
            case DOUBLE -> Double.doubleToLongBits(in.readDouble());
            case BOOLEAN -> in.readBool() ? 1 : 0;
            case CHAR -> inRange(in.readUInt64());
            case BYTE, SHORT, INT, LONG -> inRange(in.readSInt64());
        };
    }

    // A type that became narrower must not cut old values silently.
    private long inRange(long value) {
        if (value < min || value > max) {
            throw new Refusal(
                    "is " + value + ", which " + primitive + " cannot hold; a wider type, such as long, reads it");
        }
        return value;
    }

    Object box(long value) {
        return switch (this) {
            case BYTE -> (byte) value;
            case SHORT -> (short) value;
            case INT -> (int) value;
            case LONG -> value;
            case CHAR -> (char) value;
            case BOOLEAN -> value != 0;
            case FLOAT -> Float.intBitsToFloat((int) value);
            case DOUBLE -> Double.longBitsToDouble(value);
        };
    }

    long unbox(Object value) {
        return switch (this) {
            case BYTE, SHORT, INT, LONG -> ((Number) value).longValue();
            case CHAR -> (Character) value;
            case BOOLEAN -> (Boolean) value ? 1 : 0;
            case FLOAT -> Float.floatToIntBits((Float) value);
            case DOUBLE -> Double.doubleToLongBits((Double) value);
        };
    }

    long parse(String text) {
        return switch (this) {
            case BYTE -> Byte.parseByte(text);
            case SHORT -> Short.parseShort(text);
            case INT -> Integer.parseInt(text);
            case LONG -> Long.parseLong(text);
            case FLOAT -> Float.floatToIntBits(Float.parseFloat(text));
            case DOUBLE -> Double.doubleToLongBits(Double.parseDouble(text));
            case CHAR -> {
                if (text.length() != 1) {
                    throw new IllegalArgumentException("one character is needed");
                }
                yield text.charAt(0);
            }
            case BOOLEAN -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw new IllegalArgumentException("true or false is needed");
                }
                yield text.equals("true") ? 1 : 0;
            }
        };
    }
}
