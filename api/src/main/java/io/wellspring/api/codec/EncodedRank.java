package io.wellspring.api.codec;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Canonical order for keys without a natural one that agrees with equals: their encoding, compared as unsigned bytes. */
final class EncodedRank implements Comparable<EncodedRank> {
    private final byte[] encoded;

    private EncodedRank(byte[] encoded) {
        this.encoded = encoded;
    }

    static EncodedRank of(Form form, Object key) {
        Layout layout = new Layout();
        byte[] encoded = new byte[form.size(key, layout)];
        try {
            form.write(key, CodedOutputStream.newInstance(encoded), layout);
        } catch (IOException e) {
            throw new Refusal("changed while it was encoded; hand in values that do not change", e);
        }
        return new EncodedRank(encoded);
    }

    @Override
    public int compareTo(EncodedRank other) {
        return Arrays.compareUnsigned(encoded, other.encoded);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedRank rank && Arrays.equals(encoded, rank.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }
}
