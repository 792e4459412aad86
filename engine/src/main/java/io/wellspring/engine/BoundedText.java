package io.wellspring.engine;

/**
 * Text of unknown origin, such as the message of an exception, made fit to be kept: no longer than a bound, and without halves of surrogate pairs,
 * which no UTF-8 has and codecs refuse.
 */
final class BoundedText {
    private static final int REPLACEMENT = 0xFFFD;

    private BoundedText() {}

    /** As much of the text as has room, cut between characters; lone halves are replaced. */
    static String of(String text, int maxChars) {
        var kept = new StringBuilder(Math.min(text.length(), maxChars));
        int at = 0;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            int chars = Character.charCount(codePoint);
            if (at + chars > maxChars) {
                break;
            }
            kept.appendCodePoint(Character.getType(codePoint) == Character.SURROGATE ? REPLACEMENT : codePoint);
            at += chars;
        }
        return kept.toString();
    }
}
