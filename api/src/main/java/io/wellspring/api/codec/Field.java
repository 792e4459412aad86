package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;

/** A component of a record: where it comes from, where it goes, and what stands in it. */
abstract class Field {
    final String name;
    final int tag;
    final int index;

    Field(String name, int tag, int index) {
        this.name = name;
        this.tag = tag;
        this.index = index;
    }

    abstract int size(Object owner, Layout layout);

    abstract void write(Object owner, CodedOutputStream out, Layout layout) throws IOException;

    /** Reads into the component's place in one of the two arrays that the constructor takes. */
    abstract void read(Source source, int wireTag, long[] numbers, Object[] values) throws IOException;

    abstract void finish(Object[] values);

    abstract Content content();

    /** A primitive: read from the record as a long, and written, without a box. */
    static final class OfNumber extends Field {
        private final Scalar scalar;
        private final MethodHandle accessor;
        private final int tagSize;
        private final String presetText;

        /** The accessor is of type (Object)long. */
        OfNumber(String name, int tag, int index, Scalar scalar, MethodHandle accessor, String presetText) {
            super(name, tag, index);
            this.scalar = scalar;
            this.accessor = accessor;
            this.tagSize = CodedOutputStream.computeTagSize(tag);
            this.presetText = presetText;
        }

        private long get(Object owner) {
            try {
                return (long) accessor.invokeExact(owner);
            } catch (Throwable e) {
                throw accessorFailed(e);
            }
        }

        @Override
        int size(Object owner, Layout layout) {
            return tagSize + scalar.size(get(owner));
        }

        @Override
        void write(Object owner, CodedOutputStream out, Layout layout) throws IOException {
            out.writeTag(tag, scalar.wireType);
            scalar.write(get(owner), out);
        }

        @Override
        void read(Source source, int wireTag, long[] numbers, Object[] values) throws IOException {
            Source.expect(wireTag, scalar.wireType);
            numbers[index] = scalar.read(source.in);
        }

        @Override
        void finish(Object[] values) {}

        @Override
        Content content() {
            return new Single(tag, new ScalarForm(scalar), presetText, presetText);
        }
    }

    /** Anything else. */
    static final class OfObject extends Field {
        private final Content content;
        private final MethodHandle accessor;

        /** The accessor is of type (Object)Object. */
        OfObject(String name, int index, Content content, MethodHandle accessor) {
            super(name, content.tag, index);
            this.content = content;
            this.accessor = accessor;
        }

        private Object get(Object owner) {
            Object value;
            try {
                value = (Object) accessor.invokeExact(owner);
            } catch (Throwable e) {
                throw accessorFailed(e);
            }
            if (value == null) {
                throw Content.isNull();
            }
            return value;
        }

        @Override
        int size(Object owner, Layout layout) {
            return content.size(get(owner), layout);
        }

        @Override
        void write(Object owner, CodedOutputStream out, Layout layout) throws IOException {
            content.write(get(owner), out, layout);
        }

        @Override
        void read(Source source, int wireTag, long[] numbers, Object[] values) throws IOException {
            values[index] = content.read(source, wireTag, values[index]);
        }

        @Override
        void finish(Object[] values) {
            values[index] = content.finish(values[index]);
        }

        @Override
        Content content() {
            return content;
        }
    }

    private static Refusal accessorFailed(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new Refusal("cannot be read from the record: its accessor threw " + e, e);
    }
}
