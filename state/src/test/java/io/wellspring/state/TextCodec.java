package io.wellspring.state;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CodecException;
import java.nio.charset.StandardCharsets;

/** Text as UTF-8; refuses the text {@code poison}, in both directions. */
final class TextCodec implements Codec<String> {
    static final String POISON = "poison";

    @Override
    public String contentName() {
        return "text";
    }

    @Override
    public byte[] encode(String value) {
        return checked(value).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(byte[] bytes) {
        return checked(new String(bytes, StandardCharsets.UTF_8));
    }

    private static String checked(String text) {
        if (text.equals(POISON)) {
            throw new CodecException("it is poison");
        }
        return text;
    }
}
