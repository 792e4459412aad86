package io.wellspring.cep;

import io.wellspring.api.codec.Codec;
import io.wellspring.api.error.CorruptException;
import java.util.List;

/** The codecs of the matched streams' values, by stream in order of declaration. */
final class ValueCodecs {
    private final List<Codec<Object>> bySource;

    ValueCodecs(List<? extends Codec<?>> bySource) {
        this.bySource = bySource.stream().map(ValueCodecs::erased).toList();
    }

    String contentName() {
        return String.join("+", bySource.stream().map(Codec::contentName).toList());
    }

    byte[] encode(int source, Object value) {
        return bySource.get(source).encode(value);
    }

    Object decode(int source, byte[] bytes) {
        if (source >= bySource.size()) {
            throw new CorruptException("A stored event of a pattern came from stream " + source
                    + " (counted from 0), and the pattern is matched over " + bySource.size()
                    + ". Add streams behind the others only, and give a pattern that loses one a new name");
        }
        return bySource.get(source).decode(bytes);
    }

    @SuppressWarnings("unchecked") // each value is encoded by the codec of the stream it came from
    private static Codec<Object> erased(Codec<?> codec) {
        return (Codec<Object>) codec;
    }
}
