package io.wellspring.api.codec;

/**
 * How long a text is in UTF-8. Java's and protobuf's own encoders write {@code ?} for half of a surrogate pair, which would
 * make unequal values equal in bytes; here it is refused.
 */
final class Utf8Length {
    private Utf8Length() {}

    // Hot: runs over every character of every text.
    static int of(String text) {
        int count = text.length();
        int i = 0;
        while (i < count && text.charAt(i) < 0x80) {
            i++;
        }
        int length = i;
        for (; i < count; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                length++;
            } else if (c < 0x800) {
                length += 2;
            } else if (!Character.isSurrogate(c)) {
                length += 3;
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(text.charAt(i + 1))) {
                length += 4;
                i++;
            } else {
                throw new Refusal("holds half of a surrogate pair at character " + i
                        + ", which UTF-8 cannot write; use a byte[] for what is not text");
            }
        }
        return length;
    }
}
