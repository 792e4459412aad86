package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * {@code google.protobuf.Timestamp} and {@code google.protobuf.Duration}: seconds in field 1, nanoseconds in field 2, zeros
 * left out, exactly as protobuf's own classes write them. A Timestamp's nanoseconds are never negative; a Duration's have
 * the sign of its seconds, unlike java.time's. (Java's range is wider than 0001 to 9999; other readers may refuse such.)
 */
abstract class SecondsForm extends MessageForm {
    private static final int SECONDS = 1;
    private static final int NANOS = 2;
    private static final int SECONDS_WIRE_TAG = SECONDS << 3;
    private static final int NANOS_WIRE_TAG = NANOS << 3;

    abstract long seconds(Object value);

    abstract int nanos(Object value);

    abstract Object of(long seconds, int nanos);

    @Override
    int bodySize(Object value, Layout layout) {
        long seconds = seconds(value);
        int nanos = nanos(value);
        return (seconds == 0 ? 0 : CodedOutputStream.computeInt64Size(SECONDS, seconds))
                + (nanos == 0 ? 0 : CodedOutputStream.computeInt32Size(NANOS, nanos));
    }

    @Override
    void writeBody(Object value, CodedOutputStream out, Layout layout) throws IOException {
        long seconds = seconds(value);
        int nanos = nanos(value);
        if (seconds != 0) {
            out.writeInt64(SECONDS, seconds);
        }
        if (nanos != 0) {
            out.writeInt32(NANOS, nanos);
        }
    }

    @Override
    Object readBody(Source source) throws IOException {
        long seconds = 0;
        int nanos = 0;
        for (int wireTag = source.in.readTag(); wireTag != 0; wireTag = source.in.readTag()) {
            switch (wireTag) {
                case SECONDS_WIRE_TAG -> seconds = source.in.readInt64();
                case NANOS_WIRE_TAG -> nanos = source.in.readInt32();
                default -> source.skip(wireTag);
            }
        }
        try {
            return of(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new Refusal("is " + seconds + " s and " + nanos + " ns, which is outside the range of java.time", e);
        }
    }

    @Override
    Object absent() {
        return of(0, 0);
    }

    @Override
    Comparable<?> rank(Object key) {
        return (Comparable<?>) key;
    }

    /** An {@link Instant}. */
    @SuppressWarnings("JavaInstantGetSecondsGetNano") // the seconds are beside it
    static final class OfInstant extends SecondsForm {
        @Override
        long seconds(Object value) {
            return ((Instant) value).getEpochSecond();
        }

        @Override
        int nanos(Object value) {
            return ((Instant) value).getNano();
        }

        @Override
        Object of(long seconds, int nanos) {
            return Instant.ofEpochSecond(seconds, nanos);
        }

        @Override
        Object parse(String text) {
            return Instant.parse(text);
        }

        @Override
        String protoType(SchemaNames names) {
            return names.imported("google.protobuf.Timestamp", "google/protobuf/timestamp.proto");
        }
    }

    /** A {@link Duration}. */
    @SuppressWarnings("JavaDurationGetSecondsGetNano") // the seconds are beside it
    static final class OfDuration extends SecondsForm {
        private static final int NANOS_PER_SECOND = 1_000_000_000;

        @Override
        long seconds(Object value) {
            Duration duration = (Duration) value;
            return duration.isNegative() && duration.getNano() > 0 ? duration.getSeconds() + 1 : duration.getSeconds();
        }

        @Override
        int nanos(Object value) {
            Duration duration = (Duration) value;
            return duration.isNegative() && duration.getNano() > 0
                    ? duration.getNano() - NANOS_PER_SECOND
                    : duration.getNano();
        }

        @Override
        Object of(long seconds, int nanos) {
            return Duration.ofSeconds(seconds, nanos);
        }

        @Override
        Object parse(String text) {
            return Duration.parse(text);
        }

        @Override
        String protoType(SchemaNames names) {
            return names.imported("google.protobuf.Duration", "google/protobuf/duration.proto");
        }
    }
}
