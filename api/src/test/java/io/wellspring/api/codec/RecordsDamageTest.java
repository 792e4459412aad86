package io.wellspring.api.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wellspring.api.codec.Samples.Sample;
import io.wellspring.api.error.CodecException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Bytes that nobody wrote give a value or a CodecException, nothing else. */
class RecordsDamageTest {
    private static final RecordsCodec<Sample> SAMPLES = Codecs.records(Sample.class);

    private static boolean decodes(byte[] bytes) {
        try {
            assertThat(SAMPLES.decode(bytes)).isNotNull();
            return true;
        } catch (CodecException e) {
            assertThat(e).hasMessageStartingWith("io.wellspring.api.codec.Samples$Sample");
            return false;
        }
    }

    @Provide
    Arbitrary<Sample> samples() {
        return Samples.samples();
    }

    @Property(tries = 5_000)
    void randomBytes(@ForAll @Size(max = 200) byte[] bytes) {
        decodes(bytes);
    }

    /** Random bytes rarely get far; behind the tag and length of a variant they do. */
    @Property(tries = 5_000)
    void randomBytesInAVariant(@ForAll @IntRange(min = 1, max = 7) int tag, @ForAll @Size(max = 100) byte[] bytes) {
        byte[] framed = new byte[bytes.length + 2];
        framed[0] = (byte) (tag << 3 | 2);
        framed[1] = (byte) bytes.length;
        System.arraycopy(bytes, 0, framed, 2, bytes.length);

        decodes(framed);
    }

    @Property(tries = 300)
    void everyTruncation(@ForAll("samples") Sample sample) {
        byte[] bytes = SAMPLES.encode(sample);

        for (int length = 0; length < bytes.length; length++) {
            // The only field of the root is cut, so no part of it is a value.
            assertThat(decodes(Arrays.copyOf(bytes, length))).isFalse();
        }
    }

    @Property(tries = 2_000)
    void changedBytes(@ForAll("samples") Sample sample, @ForAll int position, @ForAll byte change) {
        byte[] bytes = SAMPLES.encode(sample);
        bytes[Math.floorMod(position, bytes.length)] ^= change;

        decodes(bytes);
    }

    @Test
    void groupsOfAnOlderProtobufAreSkippedOrRefused() {
        record Small(@Tag(1) int a) {}
        RecordsCodec<Small> codec = Codecs.records(Small.class);
        byte[] endless = new byte[100_000];
        Arrays.fill(endless, (byte) 0x2b); // field 5, a group begins

        assertThat(codec.decode(new byte[] {0x2b, 8, 9, 0x2c, 8, 4})).isEqualTo(new Small(2));
        for (byte[] bytes : List.of(endless, new byte[] {0x2c}, new byte[] {0x2b}, new byte[] {0x0b})) {
            assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(CodecException.class);
        }
    }
}
