package io.wellspring.engine;

import java.util.List;

/**
 * A record that came in to a {@link Timeline}.
 *
 * @param input the number of its topic
 * @param offset its offset there
 * @param timeMillis its event time
 * @param readable whether its value can be decoded
 */
record Came(int input, long offset, long timeMillis, String key, long value, boolean readable) {
    /** What a pattern looks at: the last digit of a value. */
    enum Kind {
        A(0),
        B(1),
        C(2),
        OTHER(3),
        /** The handler throws. */
        FAILS(4);

        private static final List<Kind> BY_DIGIT = List.of(values());
        private final int digit;

        Kind(int digit) {
            this.digit = digit;
        }
    }

    static Kind kind(long value) {
        return Kind.BY_DIGIT.get((int) (value % 10));
    }

    static long value(long number, Kind kind) {
        return number * 10 + kind.digit;
    }
}
