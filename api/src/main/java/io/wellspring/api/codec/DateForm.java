package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDate;

/** A {@link LocalDate}: {@code sint64}, the days since 1970-01-01. */
final class DateForm extends Form {
    DateForm() {
        super(WireFormat.WIRETYPE_VARINT);
    }

    @Override
    int size(Object value, Layout layout) {
        return CodedOutputStream.computeSInt64SizeNoTag(((LocalDate) value).toEpochDay());
    }

    @Override
    void write(Object value, CodedOutputStream out, Layout layout) throws IOException {
        out.writeSInt64NoTag(((LocalDate) value).toEpochDay());
    }

    @Override
    Object read(Source source) throws IOException {
        long day = source.in.readSInt64();
        try {
            return LocalDate.ofEpochDay(day);
        } catch (DateTimeException e) {
            throw new Refusal("is day " + day + ", which is outside the range of java.time.LocalDate", e);
        }
    }

    @Override
    Object absent() {
        return LocalDate.EPOCH;
    }

    @Override
    Object parse(String text) {
        return LocalDate.parse(text);
    }

    @Override
    String protoType(SchemaNames names) {
        return "sint64";
    }

    @Override
    Comparable<?> rank(Object key) {
        return ((LocalDate) key).toEpochDay();
    }
}
