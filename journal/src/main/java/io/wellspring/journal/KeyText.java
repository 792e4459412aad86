package io.wellspring.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.HexFormat;

/** Shows an encoded key in a message: as text where it looks like text, else in hexadecimal digits, cut where it is long. */
final class KeyText {
    private static final int MAX_BYTES = 64;

    private KeyText() {}

    static String of(byte[] key) {
        if (key == null) {
            return "none";
        }
        int shown = Math.min(key.length, MAX_BYTES);
        String text = isText(key, shown)
                ? '"' + new String(key, 0, shown, US_ASCII) + '"'
                : "0x" + HexFormat.of().formatHex(key, 0, shown);
        return shown == key.length ? text : text + "... (" + key.length + " bytes)";
    }

    private static boolean isText(byte[] key, int length) {
        for (int i = 0; i < length; i++) {
            if (key[i] < ' ' || key[i] > '~') {
                return false;
            }
        }
        return true;
    }
}
