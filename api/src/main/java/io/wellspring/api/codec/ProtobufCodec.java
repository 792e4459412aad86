package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Parser;
import io.wellspring.api.error.CodecException;
import io.wellspring.api.error.ConfigException;
import java.io.IOException;

/** Messages of classes that protoc generated. Maps are written in protobuf's deterministic order. */
final class ProtobufCodec<T extends MessageLite> implements Codec<T> {
    private final Parser<T> parser;
    private final String contentName;

    ProtobufCodec(Parser<T> parser) {
        this.parser = parser;
        try {
            T empty = parser.parsePartialFrom(new byte[0]);
            String typeName = empty instanceof MessageOrBuilder described
                    ? described.getDescriptorForType().getFullName()
                    : empty.getClass().getName();
            this.contentName = "protobuf:" + typeName;
        } catch (InvalidProtocolBufferException e) {
            throw new ConfigException(
                    "the parser refuses an empty message; hand in the parser() of a generated class [Codecs.protobuf]",
                    e);
        }
    }

    @Override
    public String contentName() {
        return contentName;
    }

    @Override
    public byte[] encode(T value) {
        if (value == null) {
            throw new CodecException(contentName + " is null; null has no encoding");
        }
        try {
            byte[] bytes = new byte[value.getSerializedSize()];
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.useDeterministicSerialization();
            value.writeTo(out);
            out.checkNoSpaceLeft();
            return bytes;
        } catch (IOException | RuntimeException e) {
            throw new CodecException(contentName + " cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public T decode(byte[] bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new CodecException(
                    contentName + " cannot be read (" + e.getMessage()
                            + "); the bytes are cut, damaged or of another type",
                    e);
        }
    }

    @Override
    public String toString() {
        return contentName;
    }
}
