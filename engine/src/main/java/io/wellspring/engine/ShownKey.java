package io.wellspring.engine;

import java.util.HexFormat;

/** Shows a key in a message: short, printable, and without trusting its {@code toString}. */
final class ShownKey {
    private static final int MAX_CHARS = 64;
    private static final int MAX_BYTES = 32;

    private ShownKey() {}

    /** As the program knows it: text in quotation marks, anything else as it calls itself. */
    static String of(Object key) {
        if (key == null) {
            return "none";
        }
        if (key instanceof byte[] bytes) {
            return ofBytes(bytes);
        }
        return key instanceof CharSequence text ? '"' + printable(text) + '"' : printable(name(key));
    }

    /** Of a record whose key may not have been decoded. */
    static String of(Object key, byte[] bytes) {
        return key == null && bytes != null ? ofBytes(bytes) : of(key);
    }

    private static String ofBytes(byte[] bytes) {
        String hex = "0x" + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_BYTES));
        return bytes.length <= MAX_BYTES ? hex : hex + "... (" + bytes.length + " bytes)";
    }

    private static String name(Object key) {
        try {
            return String.valueOf(key);
        } catch (RuntimeException failure) {
            return "a " + key.getClass().getName() + " whose toString throws";
        }
    }

    private static String printable(CharSequence text) {
        int shown = Math.min(text.length(), MAX_CHARS);
        if (shown < text.length() && Character.isHighSurrogate(text.charAt(shown - 1))) {
            shown--;
        }
        var printable = new StringBuilder();
        for (int i = 0; i < shown; i++) {
            char c = text.charAt(i);
            int type = Character.getType(c);
            boolean hidden = type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR;
            printable.append(hidden ? String.format("\\u%04x", (int) c) : c);
        }
        return shown == text.length()
                ? printable.toString()
                : printable
                        .append("... (")
                        .append(text.length())
                        .append(" characters)")
                        .toString();
    }
}
